//! The button that chooses a photo from the device, or takes one with the device's camera app.

use web_sys::HtmlInputElement;
use yew::{Callback, Html, TargetCast};

use crate::flow::Event;
use crate::text::Message;

use super::element::{Kind, element, when};
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};
use super::view::Action;

/// The appearance of a file button.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileLook {
    /// An icon with a label below it, beside the shutter.
    Tool,
    /// A button among others.
    Button(Weight),
    /// A button among others that opens the device's camera app.
    CameraApp(Weight),
}

/// Draws the button: a real file input, which the keyboard can reach, over the look of a button.
pub(super) fn file_button(scene: &Scene, look: FileLook, label: Message) -> Html {
    let action = scene.action.clone();
    let onchange = Callback::from(move |event: web_sys::Event| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
        let file = input.files().and_then(|files| files.get(0));
        // Otherwise choosing the same file again would cause no change event.
        input.set_value("");
        if let Some(file) = file {
            action.emit(Action::Pick(file));
        }
    });
    let (choosing, chose_none) = (scene.action.clone(), scene.action.clone());
    let presses = scene.view.presses.clone();
    let onclick = Callback::from(move |press: web_sys::Event| {
        if presses.is_meant(&press) {
            choosing.emit(Action::Event(Event::Choosing));
        } else {
            // No dialog opens.
            press.prevent_default();
        }
    });
    let oncancel = Callback::from(move |_: web_sys::Event| chose_none.emit(Action::Event(Event::ChoseNone)));
    let (class, part, capture) = match look {
        FileLook::Tool => ("tool", "button tool", None),
        FileLook::Button(weight) => (weight.class(), weight.part(), None),
        FileLook::CameraApp(weight) => (weight.class(), weight.part(), Some("user")),
    };
    let accept = "image/jpeg,image/png,image/webp,image/heic,image/heif";
    let input = element("input", &[("type", "file")])
        .set("accept", accept)
        .maybe("capture", capture)
        .on(Kind::CHANGE, onchange)
        .on(Kind::CLICK, onclick)
        .on(Kind::CANCEL, oncancel);
    let face = element("span", &[])
        .set("class", class)
        .set("part", part)
        .child(when(look == FileLook::Tool, || icon(Icon::Picture)))
        .child(element("span", &[]).say(scene.say(label)));
    let key = if capture.is_some() { "camera-app" } else { "file" };
    element("label", &[("class", "file")]).key(key).child(input).child(face).into()
}
