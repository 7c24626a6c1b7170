//! The live regions, which announce changes within a screen to screen readers. Both regions stay mounted in every
//! screen: screen readers often skip a region that appears together with its text.

use yew::prelude::*;

use crate::flow::Announcement;
use crate::flow::limits::MAX_ATTEMPTS;
use crate::guidance::Hint;
use crate::text::{Message, Text};

use super::hint;
use super::scene::Scene;

pub(super) fn regions(scene: &Scene) -> Html {
    html! {
        <>
            <div class="unseen" role="status" aria-live="polite" aria-atomic="false">{ words(scene, false) }</div>
            <div class="unseen" role="alert" aria-live="assertive" aria-atomic="false">{ words(scene, true) }</div>
        </>
    }
}

/// Each announcement is a node of its own: an addition is read whole, after the ones before it. Keyed by its number, so
/// that the same text again is read again.
fn words(scene: &Scene, urgent: bool) -> Html {
    let of_region = scene.view.announcements.iter().filter(|(_, announcement)| is_urgent(*announcement) == urgent);
    of_region.map(|(number, said)| html! { <p key={*number}>{ spoken(scene.text, *said) }</p> }).collect()
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
        Announcement::OtherWay => Message::SayOtherWay,
        Announcement::ChallengeAgain => Message::SayChallengeAgain,
        Announcement::Hint(hint) => hint::words(hint),
        Announcement::Countdown(left) => return left.to_string(),
        Announcement::Quarter(quarters) => return text.fill(Message::SayPercent, u32::from(quarters) * 25, 0),
        Announcement::Verifying => Message::SayVerifying,
        Announcement::WaitingForNetwork => Message::SayNoNetwork,
        Announcement::Retrying(attempt) => return text.fill(Message::WaitPause, attempt.into(), MAX_ATTEMPTS.into()),
        Announcement::Verdict { verified: true } => Message::VerifiedTitle,
        Announcement::Verdict { verified: false } => Message::RejectedTitle,
        Announcement::Failed(error) => return text.error(error).title.to_owned(),
    };
    text.get(message).to_owned()
}
