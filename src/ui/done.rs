//! Shows the verdict: calm if it is good, honest and helpful if it is not.

use akiba_protocol::{Judgement, Reason};
use yew::Html;

use crate::flow::{Event, limits};
use crate::guidance::Flaw;
use crate::text::Message;

use super::element::{element, when};
use super::hint;
use super::icon::{Icon, icon};
use super::idle::TIPS;
use super::scene::{Scene, Weight};

pub(super) fn done(scene: &Scene, judgement: Judgement, flaw: Option<Flaw>) -> Html {
    if judgement.is_verified() { verified(scene) } else { rejected(scene, judgement.reason, flaw) }
}

fn verified(scene: &Scene) -> Html {
    let attributes =
        &[("class", "badge success"), ("part", "badge"), ("viewBox", "0 0 64 64"), ("aria-hidden", "true")];
    let tick = element("svg", attributes)
        .set("focusable", "false")
        .child(element("circle", &[("cx", "32"), ("cy", "32"), ("r", "30")]))
        .child(element("path", &[("d", "M19 33.5l9 9 17-19"), ("pathLength", "1")]));
    scene
        .section("verified")
        .child(tick)
        .child(scene.title(scene.say(Message::VerifiedTitle)))
        .child(scene.body(scene.say(Message::VerifiedBody)))
        .child(element("slot", &[("name", "done")]))
        .into()
}

fn rejected(scene: &Scene, reason: Option<Reason>, flaw: Option<Flaw>) -> Html {
    let why = match reason {
        Some(Reason::Fraud) => Message::RejectedFraud,
        Some(Reason::Unclear) => Message::RejectedUnclear,
        // What the vendor says about the photo helps more than what follows from it.
        _ => flaw.map_or(Message::RejectedNotMatched, hint::flaw),
    };
    let often = scene.view.state.rejections >= limits::MANY_REJECTIONS;
    let mut section = scene
        .section("rejected")
        .child(element("span", &[("class", "badge"), ("part", "badge")]).child(icon(Icon::Person)))
        .child(scene.title(scene.say(Message::RejectedTitle)))
        .child(scene.body(scene.say(why)));
    if often {
        section = section.child(scene.paragraph(Message::RejectedOften));
    } else if reason != Some(Reason::Fraud) {
        section = section.child(scene.paragraph(Message::RejectedTips)).child(scene.points(&TIPS));
    }
    let weight = if often { Weight::Secondary } else { Weight::Primary };
    let actions = element("div", &[("class", "actions")])
        .child(scene.button(weight, Message::TryAgain, Event::Retake))
        .child(when(!often, || element("p", &[("class", "small")]).say(scene.say(Message::RejectedAsk))))
        .child(scene.other_way(Weight::Secondary));
    section.child(actions).into()
}
