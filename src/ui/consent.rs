//! Asks for consent: what is taken, why, and where it goes.

use yew::Html;

use crate::flow::Event;
use crate::text::Message;

use super::element::{element, when};
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};

const TERMS: [(Icon, Message, Message); 3] = [
    (Icon::Camera, Message::ConsentWhat, Message::ConsentWhatBody),
    (Icon::Compare, Message::ConsentWhy, Message::ConsentWhyBody),
    (Icon::Lock, Message::ConsentWhere, Message::ConsentWhereBody),
];

pub(super) fn consent(scene: &Scene) -> Html {
    let review = scene.view.config.as_ref().is_ok_and(|config| config.review);
    let mut terms = element("dl", &[("class", "terms"), ("part", "list")]).set("id", scene.body_id());
    for (shape, term, body) in TERMS {
        terms = terms.child(
            element("div", &[])
                .child(element("dt", &[]).child(icon(shape)).say(scene.say(term)))
                .child(element("dd", &[]).say(scene.say(body))),
        );
    }
    let actions = element("div", &[("class", "actions")])
        .child(scene.button(Weight::Primary, Message::Agree, Event::Consented))
        .child(scene.button(Weight::Quiet, Message::NotNow, Event::Cancel));
    scene
        .section("consent")
        .child(scene.title(scene.say(Message::ConsentTitle)))
        .child(terms)
        .child(when(review, || scene.note(Icon::Eye, scene.say(Message::ConsentReview))))
        .child(actions)
        .into()
}
