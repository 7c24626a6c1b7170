//! Shows the submission: three steps, the bytes sent, and the reason for a pause.

use yew::prelude::*;

use crate::flow::limits::MAX_ATTEMPTS;
use crate::flow::{Event, Phase, Photo, Wait};
use crate::text::Message;

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
    scene.section(
        "submitting",
        html! {
            <>
                <div class={if phase == Phase::Verifying { "thumb scanning" } else { "thumb" }}>
                    { scene.photo(photo, "face") }
                </div>
                { scene.title(scene.say(Message::SubmittingTitle)) }
                { scene.body(scene.say(Message::KeepOpen)) }
                <ol class="steps" part="list">
                    for (index, message) in steps.into_iter().enumerate() {
                        { step(scene, index, current, message, (sent, total)) }
                    }
                </ol>
                { waiting(scene, attempt, wait) }
                <div class="actions">
                    if wait == Some(Wait::Network) {
                        { scene.button(Weight::Secondary, Message::TryNow, Event::Retry) }
                    }
                    if phase != Phase::Verifying || wait.is_some() {
                        { scene.button(Weight::Quiet, Message::Cancel, Event::Cancel) }
                    }
                </div>
            </>
        },
    )
}

fn step(scene: &Scene, index: usize, current: usize, message: Message, (sent, total): (u32, u32)) -> Html {
    let step = match index.cmp(&current) {
        std::cmp::Ordering::Less => Step::Done,
        std::cmp::Ordering::Equal => Step::Now,
        std::cmp::Ordering::Greater => Step::Next,
    };
    let (class, mark, word) = match step {
        Step::Done => ("done", icon(Icon::Tick), Message::StepDone),
        Step::Now => ("now", spinner(), Message::StepNow),
        Step::Next => ("next", html! { <span class="dot"></span> }, Message::StepNext),
    };
    html! {
        <li class={class} aria-current={(step == Step::Now).then_some("step")}>
            <span class="mark">{ mark }</span>
            <span>{ scene.say(message) }<span class="unseen">{ ", " }{ scene.say(word) }</span></span>
            if index == 1 {
                <span class="bytes">{ scene.text.fill(Message::Bytes, kilobytes(sent), kilobytes(total)) }</span>
                <progress
                    part="progress"
                    max={total.max(1).to_string()}
                    value={sent.to_string()}
                    aria-label={scene.say(Message::ProgressLabel)}
                />
            }
        </li>
    }
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
