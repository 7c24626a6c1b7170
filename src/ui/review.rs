//! The person looks at the photo before it is sent.

use yew::prelude::*;

use crate::flow::{Event, Photo};
use crate::text::Message;

use super::icon::Icon;
use super::scene::{Scene, Weight};

const QUESTIONS: [(Icon, Message); 3] =
    [(Icon::Face, Message::CheckFace), (Icon::Sun, Message::CheckSharp), (Icon::Eye, Message::CheckClear)];

pub(super) fn review(scene: &Scene, photo: Photo) -> Html {
    scene.section(
        "review",
        html! {
            <>
                { scene.title(scene.say(Message::ReviewTitle)) }
                { scene.photo(photo, "photo") }
                <div class="beside">
                    <div id={scene.body_id()}>{ scene.points(&QUESTIONS) }</div>
                    <div class="actions row">
                        { scene.button(Weight::Secondary, Message::Retake, Event::Retake) }
                        { scene.button(Weight::Primary, Message::UsePhoto, Event::Accept) }
                    </div>
                </div>
            </>
        },
    )
}
