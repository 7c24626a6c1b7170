//! The live regions, which announce changes within a screen to screen readers. Both regions stay mounted in every
//! screen: screen readers often skip a region that appears together with its text.

use yew::prelude::*;

use crate::flow::Announcement;
use crate::guidance::Hint;
use crate::text::{Message, Text};

use super::hint;
use super::scene::Scene;

pub(super) fn regions(scene: &Scene) -> Html {
    let (polite, assertive) = match scene.view.announcement {
        None => (None, None),
        Some((number, announcement)) if is_urgent(announcement) => (None, Some((number, announcement))),
        Some(numbered) => (Some(numbered), None),
    };
    html! {
        <>
            <div class="unseen" role="status" aria-live="polite">{ words(scene.text, polite) }</div>
            <div class="unseen" role="alert" aria-live="assertive">{ words(scene.text, assertive) }</div>
        </>
    }
}

/// Keyed by its number: the same text again is a new node, so it is announced again.
fn words(text: Text, numbered: Option<(u32, Announcement)>) -> Html {
    let Some((number, announcement)) = numbered else { return Html::default() };
    html! { <span key={number}>{ spoken(text, announcement) }</span> }
}

/// Whether the announcement may interrupt the screen reader.
fn is_urgent(announcement: Announcement) -> bool {
    matches!(announcement, Announcement::Countdown(_) | Announcement::Hint(Hint::NoPicture))
}

fn spoken(text: Text, announcement: Announcement) -> String {
    let message = match announcement {
        Announcement::Opening(opening) => hint::opening(opening),
        Announcement::CameraReady { shutter: true } => Message::SayCameraReady,
        Announcement::CameraReady { shutter: false } => Message::SayCameraReadyAuto,
        Announcement::Automatic => Message::SayAutomatic,
        Announcement::Shutter => Message::SayShutter,
        Announcement::ChallengeAgain => Message::SayChallengeAgain,
        Announcement::Hint(hint) => hint::words(hint),
        Announcement::Countdown(left) => return left.to_string(),
        Announcement::Quarter(quarters) => return text.fill(Message::SayPercent, u32::from(quarters) * 25, 0),
        Announcement::Verifying => Message::SayVerifying,
        Announcement::WaitingForNetwork => Message::SayNoNetwork,
    };
    text.get(message).to_owned()
}
