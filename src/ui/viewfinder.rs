//! The camera's picture with the oval and the countdown over it, and the hint.

use yew::prelude::*;
use yew::virtual_dom::VNode;

use crate::flow::limits::COUNTDOWN_FROM;
use crate::flow::{CameraState, Event, Opening, Prompt, Screen};
use crate::guidance::{Check, Hint};
use crate::text::Message;

use super::hint;
use super::icon::{Icon, icon, spinner};
use super::scene::{Scene, Weight, class};

/// The outline of the oval on a grid of 300 by 400. A face is about three quarters as wide as high, and sits slightly
/// above the middle. The guidance uses the same numbers (`guidance::oval`).
const OVAL: &str = "M150 44A99 134 0 0 1 150 312A99 134 0 0 1 150 44Z";

pub(super) fn viewfinder(scene: &Scene) -> Html {
    let state = &scene.view.state;
    let look = if state.framing.bright { "viewfinder bright" } else { "viewfinder" };
    let picture = scene.view.video.clone().map(|video| VNode::VRef(video.into()));
    html! {
        <div class={class(look, state.screen.name().as_str())} part="viewfinder">
            <div
                key="picture"
                class={if state.framing.mirrored { "picture mirrored" } else { "picture" }}
                role="img"
                aria-label={scene.say(Message::PreviewLabel)}
            >
                { picture.unwrap_or_default() }
            </div>
            <div key="overlay" class="overlay">{ overlay(scene) }</div>
        </div>
    }
}

/// Draws the hint: over the picture, or beside it where the window is low.
pub(super) fn hint_place(scene: &Scene) -> Html {
    html! { <div class="hint-place" id={scene.body_id()}>{ chip(scene) }</div> }
}

fn overlay(scene: &Scene) -> Html {
    match scene.view.state.screen {
        // The camera's adapter plays the picture with the click itself, which counts as the person's tap.
        Screen::Starting(Opening::Tap) => html! {
            <div class="veil">{ scene.button(Weight::Primary, Message::TapToStart, Event::Retry) }</div>
        },
        Screen::Starting(Opening::Requested | Opening::Slow) => html! { <div class="veil">{ spinner() }</div> },
        Screen::Starting(_) => html! { <div class="veil">{ icon(Icon::Camera) }</div> },
        Screen::Grabbing if scene.view.state.framing.drawn => {
            html! { <><div class="veil"></div><div class="flash"></div></> }
        }
        Screen::Grabbing if scene.view.state.camera == CameraState::Closed => {
            html! { <div class="veil">{ spinner() }</div> }
        }
        Screen::Grabbing => html! { <>{ guide(None) }<div class="flash"></div></> },
        Screen::Framing { prompt: Prompt { passed: Some(passed), .. } } => guide(Some(Ring::Checks(passed))),
        Screen::Countdown { left } => html! {
            <>
                { guide(Some(Ring::Seconds(left))) }
                <span key={left} class="count" part="count" aria-hidden="true">{ left }</span>
            </>
        },
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
    let shade = format!("M-2000-2000H2300V2400H-2000Z{OVAL}");
    html! {
        <svg class="guide" viewBox="15 22 270 360" aria-hidden="true" focusable="false">
            <path class="shade" d={shade} fill-rule="evenodd" />
            <path class="casing" d={OVAL} />
            <path class="oval" part="oval" d={OVAL} />
            if let Some((class, parts, missing)) = ring.map(Ring::parts) {
                <path
                    {class}
                    d={OVAL}
                    pathLength={parts.to_string()}
                    stroke-dasharray={parts.to_string()}
                    stroke-dashoffset={missing.to_string()}
                />
            }
        </svg>
    }
}

fn chip(scene: &Scene) -> Html {
    let state = &scene.view.state;
    let (message, shape) = match state.screen {
        Screen::Starting(opening) => (hint::opening(opening), None),
        // Nothing is promised that only reports can keep.
        Screen::Framing { prompt: Prompt { hint: Hint::Position, passed: None, shutter: true, .. } } => {
            (Message::HintByHand, None)
        }
        Screen::Framing { prompt } => (hint::words(prompt.hint), hint::shape(prompt.hint, state.framing.mirrored)),
        Screen::Countdown { .. } => (Message::CountdownHint, None),
        _ => return Html::default(),
    };
    let look = match message {
        Message::HintNoPicture => "hint alarm",
        Message::HintHold => "hint good",
        _ => "hint",
    };
    html! {
        <p class={look} part="hint">
            if let Some(shape) = shape {
                { icon(shape) }
            }
            <span>{ scene.say(message) }</span>
        </p>
    }
}
