//! The camera's picture with the oval guide, the hint and the countdown over it.

use yew::prelude::*;
use yew::virtual_dom::VNode;

use crate::flow::limits::COUNTDOWN_FROM;
use crate::flow::{Camera, Hint, Screen};
use crate::text::Message;

use super::icon::{Icon, icon, spinner};
use super::scene::{Scene, class};

/// The guide's outline on a grid of 300 by 400: a face is about as wide as three quarters of its height, and sits a little
/// above the middle.
const OVAL: &str = "M150 44A99 134 0 0 1 150 312A99 134 0 0 1 150 44Z";

pub(super) fn viewfinder(scene: &Scene) -> Html {
    let state = &scene.view.state;
    let mirrored = matches!(state.camera, Camera::Open(_, info) if info.mirrored);
    let picture = scene.view.video.clone().map(|video| VNode::VRef(video.into()));
    html! {
        <div class={class("viewfinder", state.screen.name().as_str())} part="viewfinder">
            <div
                key="picture"
                class={if mirrored { "picture mirrored" } else { "picture" }}
                role="img"
                aria-label={scene.say(Message::PreviewLabel)}
            >
                { picture.unwrap_or_default() }
            </div>
            <div key="overlay" class="overlay">{ overlay(scene) }</div>
            <div key="hint" class="hint-place" id={scene.body_id()}>{ hint(scene) }</div>
        </div>
    }
}

fn overlay(scene: &Scene) -> Html {
    match scene.view.state.screen {
        Screen::Starting { paused, .. } => {
            html! { <div class="veil">{ if paused { icon(Icon::Camera) } else { spinner() } }</div> }
        }
        Screen::Grabbing if scene.view.state.camera == Camera::Closed => {
            html! { <div class="veil">{ spinner() }</div> }
        }
        Screen::Grabbing => html! { <>{ guide(None) }<div class="flash"></div></> },
        Screen::Countdown { left } => html! {
            <>
                { guide(Some(left)) }
                <span key={left} class="count" part="count" aria-hidden="true">{ left }</span>
            </>
        },
        _ => guide(None),
    }
}

/// The oval. While the countdown runs, a line goes around it.
fn guide(left: Option<u8>) -> Html {
    let shade = format!("M-2000-2000H2300V2400H-2000Z{OVAL}");
    html! {
        <svg class="guide" viewBox="15 22 270 360" aria-hidden="true" focusable="false">
            <path class="shade" d={shade} fill-rule="evenodd" />
            <path class="oval" part="oval" d={OVAL} />
            if let Some(left) = left {
                <path
                    class="ring"
                    d={OVAL}
                    pathLength={COUNTDOWN_FROM.to_string()}
                    stroke-dasharray={COUNTDOWN_FROM.to_string()}
                    stroke-dashoffset={left.saturating_sub(1).to_string()}
                />
            }
        </svg>
    }
}

fn hint(scene: &Scene) -> Html {
    let (message, alarm) = match scene.view.state.screen {
        Screen::Starting { paused: true, .. } => (Message::StartingPaused, false),
        Screen::Starting { slow: true, .. } => (Message::StartingSlow, false),
        Screen::Starting { .. } => (Message::StartingBody, false),
        Screen::Framing { hint: Hint::NoPicture } => (Message::HintNoPicture, true),
        Screen::Countdown { .. } => (Message::CountdownHint, false),
        Screen::Grabbing => return Html::default(),
        _ => (Message::HintPosition, false),
    };
    html! {
        <p class={if alarm { "hint alarm" } else { "hint" }} part="hint">
            if alarm {
                { icon(Icon::Warning) }
            }
            <span>{ scene.say(message) }</span>
        </p>
    }
}
