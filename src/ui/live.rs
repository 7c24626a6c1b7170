//! The live regions, which announce changes within a screen to screen readers. Both regions stay mounted in every
//! screen: screen readers often skip a region that appears together with its text.

use yew::Html;

use crate::flow::Announcement;
use crate::flow::limits::MAX_ATTEMPTS;
use crate::guidance::Hint;
use crate::text::{Message, Text};

use super::element::{Element, element, text};
use super::hint;
use super::scene::Scene;

/// Draws the region for what may wait, or the one for what may not.
pub(super) fn region(scene: &Scene, urgent: bool) -> Element {
    let (role, live) = if urgent { ("alert", "assertive") } else { ("status", "polite") };
    let region = element("div", &[("class", "unseen"), ("aria-atomic", "false")]);
    region.set("role", role).set("aria-live", live).child(words(scene, urgent))
}

/// Each announcement is a node of its own: an addition is read whole, after the ones before it. Keyed by its number, so
/// that the same text again is read again.
fn words(scene: &Scene, urgent: bool) -> Html {
    let of_region = scene.view.announcements.iter().filter(|(_, announcement)| is_urgent(*announcement) == urgent);
    let node = |(number, said): &(u32, Announcement)| {
        let said = text(spoken(scene.text, *said));
        Html::from(element("p", &[]).key(&number.to_string()).child(said))
    };
    of_region.map(node).collect()
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
        Announcement::Press => Message::HintPress,
        Announcement::Skippable => Message::SaySkippable,
        Announcement::ChallengeAgain => Message::SayChallengeAgain,
        Announcement::ChallengeOver => Message::SayChallengeOver,
        Announcement::Hint(hint) => hint::words(hint),
        Announcement::Countdown(left) => return left.to_string(),
        Announcement::Quarter(quarters) => return text.fill(Message::SayPercent, u32::from(quarters) * 25, 0),
        Announcement::Verifying => Message::SayVerifying,
        Announcement::StillVerifying => Message::SayStillVerifying,
        Announcement::WaitingForNetwork => Message::SayNoNetwork,
        Announcement::Connected => Message::SayConnected,
        Announcement::Retrying(attempt) => return text.fill(Message::WaitPause, attempt.into(), MAX_ATTEMPTS.into()),
        Announcement::Verdict { verified: true } => Message::VerifiedTitle,
        Announcement::Verdict { verified: false } => Message::RejectedTitle,
        Announcement::Failed(error) => return text.error(error).title.to_owned(),
    };
    text.get(message).to_owned()
}
