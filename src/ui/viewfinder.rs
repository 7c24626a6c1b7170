//! The camera's picture with the oval and the countdown over it, and the hint.

use yew::Html;
use yew::virtual_dom::VNode;

use crate::flow::limits::COUNTDOWN_FROM;
use crate::flow::{CameraState, Event, Opening, Prompt, Screen};
use crate::guidance::{Check, Hint};
use crate::text::Message;

use super::element::{Element, element, text};
use super::hint;
use super::icon::{Icon, icon, spinner};
use super::scene::{Scene, Weight, class};

/// The outline of the oval on a grid of 300 by 400. A face is about three quarters as wide as high, and sits slightly
/// above the middle. The guidance uses the same numbers (`guidance::oval`).
const OVAL: &str = "M150 44A99 134 0 0 1 150 312A99 134 0 0 1 150 44Z";

pub(super) fn viewfinder(scene: &Scene) -> Element {
    let state = &scene.view.state;
    let look = if state.framing.bright { "viewfinder bright" } else { "viewfinder" };
    let picture = scene.view.video.clone().map(|video| VNode::VRef(video.into()));
    let picture = element("div", &[("role", "img")])
        .key("picture")
        .set("class", if state.framing.mirrored { "picture mirrored" } else { "picture" })
        .set("aria-label", scene.say(Message::PreviewLabel))
        .child(picture.unwrap_or_default());
    element("div", &[("part", "viewfinder")])
        .set("class", class(look, state.screen.name().as_str()))
        .child(picture)
        .child(element("div", &[("class", "overlay")]).key("overlay").child(overlay(scene)))
}

/// Draws the hint: over the picture, or beside it where the window is low.
pub(super) fn hint_place(scene: &Scene) -> Element {
    element("div", &[("class", "hint-place")]).set("id", scene.body_id()).child(chip(scene))
}

fn overlay(scene: &Scene) -> Html {
    let veil = |content: Html| Html::from(element("div", &[("class", "veil")]).child(content));
    let flash = || element("div", &[("class", "flash")]).into();
    match scene.view.state.screen {
        // The camera's adapter plays the picture with the click itself, which counts as the person's tap.
        Screen::Starting(Opening::Tap) => veil(scene.button(Weight::Primary, Message::TapToStart, Event::Retry)),
        Screen::Starting(Opening::Requested | Opening::Slow) => veil(spinner()),
        Screen::Starting(_) => veil(icon(Icon::Camera)),
        Screen::Grabbing if scene.view.state.framing.drawn => [veil(Html::default()), flash()].into_iter().collect(),
        Screen::Grabbing if scene.view.state.camera == CameraState::Closed => veil(spinner()),
        Screen::Grabbing => [guide(None), flash()].into_iter().collect(),
        Screen::Framing { prompt: Prompt { passed: Some(passed), .. } } => guide(Some(Ring::Checks(passed))),
        Screen::Countdown { left } => {
            let number = left.to_string();
            let count = element("span", &[("class", "count"), ("part", "count"), ("aria-hidden", "true")]).key(&number);
            [guide(Some(Ring::Seconds(left))), count.child(text(number)).into()].into_iter().collect()
        }
        _ => guide(None),
    }
}

/// The meaning of the line around the oval.
#[derive(Clone, Copy)]
enum Ring {
    /// The number of checks that pass.
    Checks(u8),
    /// The number of seconds left.
    Seconds(u8),
}

impl Ring {
    /// Returns its class, its number of parts, and how many of them are missing.
    fn parts(self) -> (&'static str, u8, u8) {
        let all = Check::ALL.len() as u8;
        match self {
            Self::Checks(passed) if passed >= all => ("ring checks whole", all, 0),
            Self::Checks(passed) => ("ring checks", all, all - passed),
            Self::Seconds(left) => ("ring", COUNTDOWN_FROM, left.saturating_sub(1)),
        }
    }
}

/// Draws the oval, with a line around it. The dark line below both makes them visible on a white wall.
fn guide(ring: Option<Ring>) -> Html {
    let path = |class: &'static str| element("path", &[]).set("class", class);
    let shade = path("shade")
        .set("part", "veil")
        .set("d", ["M-2000-2000H2300V2400H-2000Z", OVAL].concat())
        .set("fill-rule", "evenodd");
    let attributes =
        &[("class", "guide"), ("viewBox", "15 22 270 360"), ("aria-hidden", "true"), ("focusable", "false")];
    let guide = element("svg", attributes)
        .child(shade)
        .child(path("casing").set("d", OVAL))
        .child(path("oval").set("part", "oval").set("d", OVAL));
    let Some((class, parts, missing)) = ring.map(Ring::parts) else { return guide.into() };
    let ring = path(class)
        .set("part", "ring")
        .set("d", OVAL)
        .set("pathLength", parts.to_string())
        .set("stroke-dasharray", parts.to_string())
        .set("stroke-dashoffset", missing.to_string());
    guide.child(ring).into()
}

fn chip(scene: &Scene) -> Html {
    let state = &scene.view.state;
    let (message, shape) = match state.screen {
        Screen::Starting(opening) => (hint::opening(opening), None),
        // Nothing is promised that only reports can keep.
        Screen::Framing { prompt: Prompt { hint: Hint::Position, passed: None, shutter: true, .. } } => {
            (Message::HintByHand, None)
        }
        Screen::Framing { prompt } => {
            let message = if prompt.press { Message::HintPress } else { hint::words(prompt.hint) };
            (message, hint::shape(prompt.hint, state.framing.mirrored))
        }
        Screen::Countdown { .. } => (Message::CountdownHint, None),
        _ => return Html::default(),
    };
    let look = match message {
        Message::HintNoPicture => "hint alarm",
        Message::HintHold | Message::HintPress => "hint good",
        _ => "hint",
    };
    element("p", &[("part", "hint")])
        .set("class", look)
        .child(shape.map(icon).unwrap_or_default())
        .child(element("span", &[]).say(scene.say(message)))
        .into()
}
