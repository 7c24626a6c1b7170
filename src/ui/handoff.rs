//! The place where the element shows the code for a phone, and how far the phone is: `www/handoff.js`.

use yew::Html;

use crate::text::Message;

use super::element::element;
use super::scene::Scene;

pub(super) fn handoff(scene: &Scene) -> Html {
    let title = scene.title(scene.say(Message::UsePhone));
    scene.section("handoff").child(title).child(element("div", &[("class", "place")])).into()
}
