//! Shows the submission: three steps, the bytes sent, and the reason for a pause.

use yew::Html;

use crate::flow::limits::MAX_ATTEMPTS;
use crate::flow::{Event, Phase, Photo, Wait};
use crate::text::Message;

use super::element::{Element, element, text, when};
use super::icon::{Icon, icon, spinner};
use super::scene::{Scene, Weight};

/// The state of a step, relative to the phase.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Done,
    Now,
    Next,
}

pub(super) fn submitting(scene: &Scene, photo: Photo, phase: Phase, attempt: u8, wait: Option<Wait>) -> Html {
    let current = match phase {
        Phase::Linking => 0,
        Phase::Uploading { .. } => 1,
        Phase::Verifying => 2,
    };
    let (sent, total) = match phase {
        Phase::Linking => (0, photo.bytes),
        Phase::Uploading { sent, total } => (sent, total),
        Phase::Verifying => (photo.bytes, photo.bytes),
    };
    let steps = [Message::StepLink, Message::StepUpload, Message::StepVerify];
    let mut list = element("ol", &[("class", "steps"), ("part", "list")]);
    for (index, message) in steps.into_iter().enumerate() {
        list = list.child(step(scene, index, current, message, (sent, total)));
    }
    let try_now = || scene.button(Weight::Secondary, Message::TryNow, Event::Retry);
    let cancel = || scene.button(Weight::Quiet, Message::Cancel, Event::Cancel);
    let actions = element("div", &[("class", "actions")])
        .child(when(wait == Some(Wait::Network), try_now))
        .child(when(phase != Phase::Verifying || wait.is_some(), cancel));
    let look = if phase == Phase::Verifying { "thumb scanning" } else { "thumb" };
    scene
        .section("submitting")
        .child(element("div", &[]).set("class", look).child(scene.photo(photo, "face")))
        .child(scene.title(scene.say(Message::SubmittingTitle)))
        .child(scene.body(scene.say(Message::KeepOpen)))
        .child(list)
        .child(waiting(scene, attempt, wait))
        .child(actions)
        .into()
}

fn step(scene: &Scene, index: usize, current: usize, message: Message, (sent, total): (u32, u32)) -> Element {
    let step = match index.cmp(&current) {
        std::cmp::Ordering::Less => Step::Done,
        std::cmp::Ordering::Equal => Step::Now,
        std::cmp::Ordering::Greater => Step::Next,
    };
    let (class, mark, word) = match step {
        Step::Done => ("done", icon(Icon::Tick), Message::StepDone),
        Step::Now => ("now", spinner(), Message::StepNow),
        Step::Next => ("next", element("span", &[("class", "dot")]).into(), Message::StepNext),
    };
    let words = element("span", &[])
        .say(scene.say(message))
        .child(element("span", &[("class", "unseen")]).say(", ").say(scene.say(word)));
    let item = element("li", &[])
        .set("class", class)
        .maybe("aria-current", (step == Step::Now).then_some("step"))
        .child(element("span", &[("class", "mark")]).child(mark))
        .child(words);
    if index != 1 {
        return item;
    }
    let bytes = scene.text.fill(Message::Bytes, kilobytes(sent), kilobytes(total));
    let progress = element("progress", &[("part", "progress")])
        .set("max", total.max(1).to_string())
        .set("value", sent.to_string())
        .set("aria-label", scene.say(Message::ProgressLabel));
    item.child(element("span", &[("class", "bytes")]).child(text(bytes))).child(progress)
}

fn waiting(scene: &Scene, attempt: u8, wait: Option<Wait>) -> Html {
    match wait {
        None => Html::default(),
        Some(Wait::Network) => scene.note(Icon::Offline, scene.say(Message::WaitNetwork)),
        Some(Wait::Pause) => {
            let next = u32::from(attempt) + 1;
            scene.note(Icon::Again, scene.text.fill(Message::WaitPause, next, MAX_ATTEMPTS.into()))
        }
    }
}

fn kilobytes(bytes: u32) -> u32 {
    bytes.div_ceil(1000)
}
