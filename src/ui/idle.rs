//! The first screen: an introduction, three tips, one button.

use yew::prelude::*;

use crate::flow::Event;
use crate::text::Message;

use super::icon::Icon;
use super::scene::{Scene, Weight};

/// The tips for a good selfie, also shown after a rejection.
pub(super) const TIPS: [(Icon, Message); 3] =
    [(Icon::Sun, Message::TipLight), (Icon::Face, Message::TipFace), (Icon::Phone, Message::TipHold)];

pub(super) fn idle(scene: &Scene) -> Html {
    scene.section(
        "idle",
        html! {
            <>
                { hero() }
                { scene.title(scene.say(Message::IdleTitle)) }
                { scene.body(scene.say(Message::IdleBody)) }
                { scene.points(&TIPS) }
                <div class="actions">
                    { scene.button(Weight::Primary, Message::Start, Event::Start) }
                    <p class="small">{ scene.say(Message::IdleNeeds) }</p>
                    { scene.other_way(Weight::Quiet) }
                </div>
            </>
        },
    )
}

/// Draws a face within the corners of a viewfinder.
fn hero() -> Html {
    html! {
        <svg class="hero" part="hero" viewBox="0 0 120 120" aria-hidden="true" focusable="false">
            <circle class="halo" cx="60" cy="60" r="58" />
            <path class="body" d="M30 99c2-17 16-23 30-23s28 6 30 23a52 52 0 0 1-60 0z" />
            <ellipse class="head" cx="60" cy="52" rx="18" ry="22.5" />
            <path class="smile" d="M53.5 59.5c3 3.600 10 3.600 13 0M53 48v1M67 48v1" />
            <path class="corners" d="M26 40V31a5 5 0 0 1 5-5h9M80 26h9a5 5 0 0 1 5 5v9M94 76v9M26 76v9" />
        </svg>
    }
}
