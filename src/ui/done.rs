//! Shows the verdict: calm if it is good, honest and helpful if it is not.

use akiba_protocol::{Judgement, Reason};
use yew::prelude::*;

use crate::flow::{Event, limits};
use crate::guidance::Flaw;
use crate::text::Message;

use super::hint;
use super::icon::{Icon, icon};
use super::idle::TIPS;
use super::scene::{Scene, Weight};

pub(super) fn done(scene: &Scene, judgement: Judgement, flaw: Option<Flaw>) -> Html {
    if judgement.is_verified() { verified(scene) } else { rejected(scene, judgement.reason, flaw) }
}

fn verified(scene: &Scene) -> Html {
    scene.section(
        "verified",
        html! {
            <>
                <svg class="badge success" part="badge" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
                    <circle cx="32" cy="32" r="30" />
                    <path d="M19 33.5l9 9 17-19" pathLength="1" />
                </svg>
                { scene.title(scene.say(Message::VerifiedTitle)) }
                { scene.body(scene.say(Message::VerifiedBody)) }
            </>
        },
    )
}

fn rejected(scene: &Scene, reason: Option<Reason>, flaw: Option<Flaw>) -> Html {
    let why = match reason {
        Some(Reason::Fraud) => Message::RejectedFraud,
        Some(Reason::Unclear) => Message::RejectedUnclear,
        // What the vendor says about the photo helps more than what follows from it.
        _ => flaw.map_or(Message::RejectedNotMatched, hint::flaw),
    };
    let often = scene.view.state.rejections >= limits::MANY_REJECTIONS;
    scene.section(
        "rejected",
        html! {
            <>
                <span class="badge" part="badge">{ icon(Icon::Person) }</span>
                { scene.title(scene.say(Message::RejectedTitle)) }
                { scene.body(scene.say(why)) }
                if often {
                    <p class="text">{ scene.say(Message::RejectedOften) }</p>
                } else if reason != Some(Reason::Fraud) {
                    <p class="text">{ scene.say(Message::RejectedTips) }</p>
                    { scene.points(&TIPS) }
                }
                <div class="actions">
                    if often {
                        { scene.button(Weight::Secondary, Message::TryAgain, Event::Retake) }
                    } else {
                        { scene.button(Weight::Primary, Message::TryAgain, Event::Retake) }
                        <p class="small">{ scene.say(Message::RejectedAsk) }</p>
                    }
                </div>
            </>
        },
    )
}
