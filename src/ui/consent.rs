//! Asks for consent: what is taken, why, where it goes, and how to stop.
//!
//! Words that no person has reviewed stand beside the English ones, which count.

use yew::Html;

use crate::flow::Event;
use crate::text::Message;

use super::element::{Element, element, text, when};
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};

const TERMS: [(Icon, Message, Message); 3] = [
    (Icon::Camera, Message::ConsentWhat, Message::ConsentWhatBody),
    (Icon::Compare, Message::ConsentWhy, Message::ConsentWhyBody),
    (Icon::Lock, Message::ConsentWhere, Message::ConsentWhereBody),
];

pub(super) fn consent(shown: &Scene) -> Html {
    let scene = &Scene { text: shown.text.of_consent(), ..*shown };
    let beside = !shown.text.reviewed();
    let button = |weight, message, event| {
        let also = || in_language(shown, "span").child(text(shown.say(message)));
        let label = [text(scene.say(message)), when(beside, also)].into_iter().collect();
        scene.button_of(weight, label, event)
    };
    let actions = element("div", &[("class", "actions")])
        .child(button(Weight::Primary, Message::Agree, Event::Consented))
        .child(button(Weight::Quiet, Message::NotNow, Event::Cancel));
    scene
        .section("consent")
        .set("lang", scene.text.lang())
        .set("dir", scene.text.dir())
        .child(scene.title(scene.say(Message::ConsentTitle)))
        .child(element("slot", &[("name", "consent")]).child(terms(scene).set("id", scene.body_id())))
        .child(note(scene))
        .child(when(beside, || translation(shown)))
        .child(actions)
        .into()
}

fn terms(scene: &Scene) -> Element {
    let mut terms = element("dl", &[("class", "terms"), ("part", "list")]);
    for (shape, term, body) in TERMS {
        let mut said = element("dd", &[]).say(scene.say(body));
        if body == Message::ConsentWhatBody {
            said = said.say(" ").say(scene.say(Message::ConsentDeviceBody));
        }
        let term = element("dt", &[]).child(icon(shape)).say(scene.say(term));
        terms = terms.child(element("div", &[]).child(term).child(said));
    }
    terms
}

/// Draws what the person can still do.
fn note(scene: &Scene) -> Html {
    let review = scene.view.config.as_ref().is_ok_and(|config| config.review);
    let review = if review { [scene.say(Message::ConsentReview), " "] } else { [""; 2] };
    scene.note(Icon::Eye, [review[0], review[1], scene.say(Message::ConsentWithdrawBody)].concat())
}

/// Draws the same words in the person's language.
fn translation(scene: &Scene) -> Element {
    in_language(scene, "div")
        .set("class", "beside")
        .child(scene.note(Icon::Warning, scene.say(Message::UnreviewedNote)))
        .child(scene.paragraph(Message::ConsentTitle))
        .child(terms(scene))
        .child(note(scene))
}

fn in_language(scene: &Scene, tag: &'static str) -> Element {
    element(tag, &[]).set("lang", scene.text.lang()).set("dir", scene.text.dir())
}
