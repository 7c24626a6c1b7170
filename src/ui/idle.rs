//! The first screen: an introduction, three tips, one button.

use yew::Html;

use crate::flow::Event;
use crate::text::Message;

use super::element::{Element, element};
use super::icon::Icon;
use super::scene::{Scene, Weight};

/// The tips for a good selfie, also shown after a rejection.
pub(super) const TIPS: [(Icon, Message); 3] =
    [(Icon::Sun, Message::TipLight), (Icon::Face, Message::TipFace), (Icon::Phone, Message::TipHold)];

pub(super) fn idle(scene: &Scene) -> Html {
    let actions = element("div", &[("class", "actions")])
        .maybe("aria-busy", scene.view.waiting.then_some("true"))
        .child(scene.button(Weight::Primary, Message::Start, Event::Start))
        .child(scene.button(Weight::Secondary, Message::UsePhone, Event::UsePhone))
        .child(element("p", &[("class", "small")]).say(scene.say(Message::IdleNeeds)))
        .child(scene.other_way(Weight::Quiet));
    scene
        .section("idle")
        .child(hero())
        .child(scene.title(scene.say(Message::IdleTitle)))
        .child(scene.body(scene.say(Message::IdleBody)))
        .child(scene.points(&TIPS))
        .child(actions)
        .into()
}

/// Draws a face within the corners of a viewfinder.
fn hero() -> Element {
    let path = |class: &'static str, path: &'static str| element("path", &[]).set("class", class).set("d", path);
    let attributes = &[("class", "hero"), ("part", "hero"), ("viewBox", "0 0 120 120"), ("aria-hidden", "true")];
    let head = &[("class", "head"), ("cx", "60"), ("cy", "52"), ("rx", "18"), ("ry", "22.5")];
    element("svg", attributes)
        .set("focusable", "false")
        .child(element("circle", &[("class", "halo"), ("cx", "60"), ("cy", "60"), ("r", "58")]))
        .child(path("body", "M30 99c2-17 16-23 30-23s28 6 30 23a52 52 0 0 1-60 0z"))
        .child(element("ellipse", head))
        .child(path("smile", "M53.5 59.5c3 3.600 10 3.600 13 0M53 48v1M67 48v1"))
        .child(path("corners", "M26 40V31a5 5 0 0 1 5-5h9M80 26h9a5 5 0 0 1 5 5v9M94 76v9M26 76v9"))
}
