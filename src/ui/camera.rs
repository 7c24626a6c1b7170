//! The screens from `Starting` to `Grabbing`: the live picture and its controls. The four screens are one section, so
//! that the video element stays in place. During the countdown the shutter has the focus instead of the heading, so
//! that a key takes the photo at once.

use yew::{Callback, Html};

use crate::flow::{CameraState, Event, Opening, Prompt, Screen};
use crate::text::Message;

use super::element::{Element, Kind, element, when};
use super::file::{FileLook, file_button};
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};
use super::view::Action;
use super::viewfinder::{hint_place, viewfinder};

pub(super) fn camera(scene: &Scene) -> Html {
    let state = &scene.view.state;
    let counting = matches!(state.screen, Screen::Countdown { .. });
    let title = match state.screen {
        Screen::Starting(Opening::Requested | Opening::Slow | Opening::Tap) => Message::StartingTitle,
        Screen::Countdown { .. } => Message::CountdownTitle,
        Screen::Grabbing if !state.framing.live => Message::ReadingTitle,
        Screen::Grabbing => Message::GrabbingTitle,
        _ => Message::FramingTitle,
    };
    let pressed = if scene.view.sound { "true" } else { "false" };
    let sound = if scene.view.sound { Icon::Sound } else { Icon::Silence };
    let action = scene.action.clone();
    let bar = element("div", &[("class", "bar")])
        .child(scene.keyed_title(state.screen.name().as_str(), scene.say(title), !counting))
        .child(
            round("button sound-button", scene.say(Message::Sound), sound)
                .set("aria-pressed", pressed)
                .on(Kind::CLICK, Callback::from(move |_| action.emit(Action::Sound))),
        )
        .child(round("button close-button", scene.say(Message::Cancel), Icon::Close).on(Kind::CLICK, close(scene)));
    let section = scene.section("camera").child(bar);
    section.child(viewfinder(scene)).child(hint_place(scene)).child(controls(scene)).into()
}

fn round(part: &'static str, label: &'static str, shape: Icon) -> Element {
    let button = element("button", &[("type", "button"), ("class", "round")]);
    button.set("part", part).set("aria-label", label).child(icon(shape))
}

/// The close button is in the same place on all four screens, so a change between them does not delay it.
fn close(scene: &Scene) -> Callback<web_sys::Event> {
    let (action, presses) = (scene.action.clone(), scene.view.presses.clone());
    Callback::from(move |press: web_sys::Event| {
        if presses.is_meant_for_section(&press) {
            action.emit(Action::Event(Event::Cancel));
        }
    })
}

fn controls(scene: &Scene) -> Html {
    let state = &scene.view.state;
    let live = matches!(state.screen, Screen::Framing { .. } | Screen::Countdown { .. });
    let counting = matches!(state.screen, Screen::Countdown { .. });
    let several = live && matches!(state.camera, CameraState::Open(_, info) if info.cameras > 1);
    let prompt = match state.screen {
        Screen::Framing { prompt } => prompt,
        Screen::Countdown { .. } => Prompt { shutter: true, ..Prompt::default() },
        _ => {
            let manual = scene.view.config.as_ref().is_ok_and(|config| !state.is_automatic(config));
            Prompt { shutter: manual, ..Prompt::default() }
        }
    };
    let shutter = if counting { Message::ShutterNow } else { Message::Shutter };
    let skip = |key: &'static str, content: Html| element("div", &[("class", "skip")]).key(key).child(content);
    let side = |content: Html| element("div", &[("class", "side")]).child(content);
    let camera_on = || skip("on", scene.button(Weight::Primary, Message::CameraOn, Event::Retry));
    let no_challenge = || skip("skip", scene.button(Weight::Quiet, Message::SkipChallenge, Event::SkipChallenge));
    let switch = || {
        element("button", &[("type", "button"), ("class", "tool"), ("part", "button tool")])
            .on(Kind::CLICK, scene.on(Event::SwitchCamera))
            .child(icon(Icon::Switch))
            .child(element("span", &[]).say(scene.say(Message::SwitchCamera)))
    };
    element("div", &[("class", "controls")])
        .child(when(state.screen == Screen::Starting(Opening::Away), camera_on))
        .child(when(prompt.skip, no_challenge))
        .child(side(when(state.screen != Screen::Grabbing && scene.takes_files(), || {
            file_button(scene, FileLook::Tool, Message::ChoosePhoto)
        })))
        .child(
            element("button", &[("type", "button"), ("part", "shutter")])
                .set("class", if prompt.shutter { "shutter" } else { "shutter later" })
                .set("aria-label", scene.say(shutter))
                .maybe("aria-disabled", (!live).then_some("true"))
                .maybe("data-focus", counting.then_some(""))
                .on(Kind::CLICK, scene.on(Event::Shutter))
                .child(element("span", &[("class", "disc")])),
        )
        .child(side(when(several, switch)))
        .child(skip("by-hand", scene.button(Weight::Quiet, Message::ByHand, Event::ByHand)))
        .child(skip("phone", scene.button(Weight::Quiet, Message::UsePhone, Event::UsePhone)))
        // Last, so that nothing moves under a thumb when it appears.
        .child(skip("other-way", scene.other_way(Weight::Quiet)))
        .into()
}
