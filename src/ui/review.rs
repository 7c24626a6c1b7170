//! Shows the photo before it is sent. If the photo has a flaw, the screen names it, and another photo is the first
//! choice.

use wasm_bindgen::JsCast;
use web_sys::{Event as DomEvent, HtmlElement};
use yew::{Callback, Html};

use crate::flow::{Event, Photo};
use crate::guidance::Flaw;
use crate::text::Message;

use super::element::{Element, Kind, element};
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
    let said = match flaw {
        Some(flaw) => scene.note(Icon::Warning, scene.say(words(scene, flaw))),
        None => scene.points(if state.is_photo_measured() { &KNOWN } else { &QUESTIONS }),
    };
    let retake = |weight| scene.button(weight, Message::Retake, Event::Retake);
    let (first, second) = if flaw.is_none() {
        (retake(Weight::Secondary), scene.button(Weight::Primary, Message::UsePhoto, Event::Accept))
    } else {
        (scene.button(Weight::Secondary, Message::UseAnyway, Event::Accept), retake(Weight::Primary))
    };
    let beside = element("div", &[("class", "beside")])
        .child(element("div", &[]).set("id", scene.body_id()).child(said))
        .child(element("div", &[("class", "actions row")]).child(first).child(second));
    let section = scene.section("review").child(scene.title(scene.say(title)));
    section.child(enlargeable(scene, photo)).child(beside).into()
}

/// Returns the text of the photo's flaw.
fn words(scene: &Scene, flaw: Flaw) -> Message {
    if scene.view.state.is_photo_black() { Message::HintNoPicture } else { hint::flaw(flaw) }
}

/// Draws the photo with a button that shows it as large as the window. The browser itself opens and closes that.
fn enlargeable(scene: &Scene, photo: Photo) -> Element {
    let id = scene.id("-large");
    let button = |look: &'static str, label: Message, shape: Icon| {
        element("button", &[("type", "button"), ("part", "button")])
            .set("class", look)
            .set("aria-label", scene.say(label))
            .set("popovertarget", id.clone())
            .child(icon(shape))
    };
    let large = element("div", &[("class", "large"), ("popover", "auto")])
        .set("id", id.clone())
        .on(Kind::TOGGLE, Callback::from(follow))
        .child(scene.photo(photo, ""))
        .child(button("round", Message::Close, Icon::Close));
    element("div", &[("class", "framed")])
        .child(scene.photo(photo, "photo"))
        .child(button("round enlarge", Message::Enlarge, Icon::Larger))
        .child(large)
}

/// Moves the focus to the button that opens the large photo. From there the next one closes it, and without this the
/// focus would stay behind the photo.
fn follow(toggled: DomEvent) {
    let large = toggled.target().map(|large| large.unchecked_into::<web_sys::Element>());
    if let Some(button) = large.and_then(|large| large.previous_element_sibling()) {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}
