//! Asks for consent: what is taken, why, and where it goes.

use yew::prelude::*;

use crate::flow::Event;
use crate::text::Message;

use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};

const TERMS: [(Icon, Message, Message); 3] = [
    (Icon::Camera, Message::ConsentWhat, Message::ConsentWhatBody),
    (Icon::Compare, Message::ConsentWhy, Message::ConsentWhyBody),
    (Icon::Lock, Message::ConsentWhere, Message::ConsentWhereBody),
];

pub(super) fn consent(scene: &Scene) -> Html {
    let review = scene.view.config.as_ref().is_ok_and(|config| config.review);
    scene.section(
        "consent",
        html! {
            <>
                { scene.title(scene.say(Message::ConsentTitle)) }
                <dl class="terms" part="list" id={scene.body_id()}>
                    for (shape, term, body) in TERMS {
                        <div>
                            <dt>{ icon(shape) }{ scene.say(term) }</dt>
                            <dd>{ scene.say(body) }</dd>
                        </div>
                    }
                </dl>
                if review {
                    { scene.note(Icon::Eye, scene.say(Message::ConsentReview)) }
                }
                <div class="actions">
                    { scene.button(Weight::Primary, Message::Agree, Event::Consented) }
                    { scene.button(Weight::Quiet, Message::NotNow, Event::Cancel) }
                </div>
            </>
        },
    )
}
