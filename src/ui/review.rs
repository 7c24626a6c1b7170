//! Shows the photo before it is sent. If the photo has a flaw, the screen names it, and another photo is the first
//! choice.

use yew::prelude::*;

use crate::flow::{Event, Photo};
use crate::text::Message;

use super::hint;
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};

const QUESTIONS: [(Icon, Message); 3] =
    [(Icon::Face, Message::CheckFace), (Icon::Sun, Message::CheckSharp), (Icon::Eye, Message::CheckClear)];
/// What is known is said. Nothing here recognises glasses or a mask, so that stays a question.
const KNOWN: [(Icon, Message); 3] =
    [(Icon::Tick, Message::CheckedFace), (Icon::Tick, Message::CheckedSharp), (Icon::Eye, Message::CheckClear)];

pub(super) fn review(scene: &Scene, photo: Photo) -> Html {
    let state = &scene.view.state;
    let flaw = state.flaw();
    let forbidden = scene.view.config.as_ref().is_ok_and(|config| state.forbids_photo(config));
    let title = match flaw {
        None => Message::ReviewTitle,
        Some(_) if forbidden => Message::ReviewRefusedTitle,
        Some(_) => Message::ReviewFlawTitle,
    };
    scene.section(
        "review",
        html! {
            <>
                { scene.title(scene.say(title)) }
                { enlargeable(scene, photo) }
                <div class="beside">
                    <div id={scene.body_id()}>
                        if let Some(flaw) = flaw {
                            { scene.note(Icon::Warning, scene.say(hint::flaw(flaw))) }
                        } else {
                            { scene.points(if state.is_photo_measured() { &KNOWN } else { &QUESTIONS }) }
                        }
                    </div>
                    <div class="actions row">
                        if flaw.is_none() {
                            { scene.button(Weight::Secondary, Message::Retake, Event::Retake) }
                            { scene.button(Weight::Primary, Message::UsePhoto, Event::Accept) }
                        } else {
                            { scene.button(Weight::Secondary, Message::UseAnyway, Event::Accept) }
                            { scene.button(Weight::Primary, Message::Retake, Event::Retake) }
                        }
                    </div>
                </div>
            </>
        },
    )
}

/// Draws the photo with a button that shows it as large as the window. The browser itself opens and closes that.
fn enlargeable(scene: &Scene, photo: Photo) -> Html {
    let id = [&scene.view.id, "-large"].concat();
    let button = |look: &'static str, label: Message, shape: Icon| {
        html! {
            <button type="button" class={look} part="button" aria-label={scene.say(label)} popovertarget={id.clone()}>
                { icon(shape) }
            </button>
        }
    };
    html! {
        <div class="framed">
            { scene.photo(photo, "photo") }
            { button("round enlarge", Message::Enlarge, Icon::Larger) }
            <div class="large" popover="auto" id={id.clone()}>
                { scene.photo(photo, "") }
                { button("round", Message::Close, Icon::Close) }
            </div>
        </div>
    }
}
