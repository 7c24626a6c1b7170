//! Asks for consent: what is taken, why, where it goes, and how to stop.
//!
//! Words that no person has reviewed stand beside the English ones, which count.

use yew::Html;

use crate::flow::Event;
use crate::text::{Fact, Message, Text};

use super::element::{Element, element, text, when};
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};

/// Each term with its text: the page's, or else the package's. A term with neither is not drawn.
const TERMS: [(Icon, Message, Option<Fact>, Option<Message>); 6] = [
    (Icon::Person, Message::ConsentWho, Some(Fact::Name), None),
    (Icon::Camera, Message::ConsentWhat, None, Some(Message::ConsentWhatBody)),
    (Icon::Compare, Message::ConsentWhy, Some(Fact::Purpose), Some(Message::ConsentWhyBody)),
    (Icon::Lock, Message::ConsentWhere, None, Some(Message::ConsentWhereBody)),
    (Icon::Again, Message::ConsentKept, Some(Fact::Retention), None),
    (Icon::Help, Message::ConsentController, Some(Fact::Controller), None),
];
const LINKS: [(Message, Fact); 2] = [(Message::ConsentPrivacy, Fact::Privacy), (Message::ConsentTerms, Fact::Terms)];

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
        .child(button(Weight::Secondary, Message::UsePhone, Event::UsePhone))
        .child(button(Weight::Quiet, Message::NotNow, Event::Cancel));
    scene
        .section("consent")
        .set("lang", scene.text.lang())
        .set("dir", scene.text.dir())
        .child(scene.title(scene.say(Message::ConsentTitle)))
        .child(element("slot", &[("name", "consent")]).child(terms(scene, shown.text).set("id", scene.body_id())))
        .child(links(scene, shown.text))
        .child(note(scene))
        .child(when(beside, || translation(shown)))
        .child(actions)
        .into()
}

/// Draws the terms. Only `page` has what the page says.
fn terms(scene: &Scene, page: Text) -> Element {
    let mut terms = element("dl", &[("class", "terms"), ("part", "list")]);
    for (shape, term, fact, body) in TERMS {
        let words = fact.map_or("", |fact| page.fact(fact));
        let words = body.filter(|_| words.is_empty()).map_or(words, |body| scene.say(body));
        if words.is_empty() {
            continue;
        }
        let mut said = element("dd", &[]).say(words);
        if term == Message::ConsentWhat {
            said = said.say(" ").say(scene.say(Message::ConsentDeviceBody));
        }
        let term = element("dt", &[]).child(icon(shape)).say(scene.say(term));
        terms = terms.child(element("div", &[]).child(term).child(said));
    }
    terms
}

/// Draws the links to the page's notices.
fn links(scene: &Scene, page: Text) -> Html {
    let mut links = element("p", &[("class", "small links")]);
    let mut any = false;
    for (message, fact) in LINKS {
        let url = page.fact(fact);
        if !url.is_empty() {
            any = true;
            let link = element("a", &[("target", "_blank"), ("rel", "noopener"), ("part", "link")]);
            links = links.child(link.set("href", url).say(scene.say(message)));
        }
    }
    when(any, || links)
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
        .child(terms(scene, scene.text))
        .child(note(scene))
}

fn in_language(scene: &Scene, tag: &'static str) -> Element {
    element(tag, &[]).set("lang", scene.text.lang()).set("dir", scene.text.dir())
}
