//! The screens from `Starting` to `Grabbing`: the live picture and its controls. The four screens are one section, so
//! that the video element stays in place. During the countdown the shutter has the focus instead of the heading, so
//! that a key takes the photo at once.

use yew::prelude::*;

use crate::flow::{CameraState, Event, Opening, Prompt, Screen};
use crate::text::Message;

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
    scene.section(
        "camera",
        html! {
            <>
                <div class="bar">
                    { scene.keyed_title(state.screen.name().as_str(), scene.say(title), !counting) }
                    <button
                        type="button"
                        class="round"
                        part="button sound-button"
                        aria-label={scene.say(Message::Sound)}
                        aria-pressed={if scene.view.sound { "true" } else { "false" }}
                        onclick={scene.action.reform(|_| Action::Sound)}
                    >
                        { icon(if scene.view.sound { Icon::Sound } else { Icon::Silence }) }
                    </button>
                    <button
                        type="button"
                        class="round"
                        part="button close-button"
                        aria-label={scene.say(Message::Cancel)}
                        onclick={close(scene)}
                    >
                        { icon(Icon::Close) }
                    </button>
                </div>
                { viewfinder(scene) }
                { hint_place(scene) }
                { controls(scene) }
            </>
        },
    )
}

/// The close button is in the same place on all four screens, so a change between them does not delay it.
fn close(scene: &Scene) -> Callback<MouseEvent> {
    let (action, presses) = (scene.action.clone(), scene.view.presses.clone());
    Callback::from(move |press: MouseEvent| {
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
    html! {
        <div class="controls">
            if state.screen == Screen::Starting(Opening::Away) {
                <div key="on" class="skip">{ scene.button(Weight::Primary, Message::CameraOn, Event::Retry) }</div>
            }
            if prompt.skip {
                <div key="skip" class="skip">
                    { scene.button(Weight::Quiet, Message::SkipChallenge, Event::SkipChallenge) }
                </div>
            }
            <div class="side">
                if state.screen != Screen::Grabbing && scene.takes_files() {
                    { file_button(scene, FileLook::Tool, Message::ChoosePhoto) }
                }
            </div>
            <button
                type="button"
                class={if prompt.shutter { "shutter" } else { "shutter later" }}
                part="shutter"
                aria-label={scene.say(shutter)}
                aria-disabled={(!live).then_some("true")}
                data-focus={counting.then_some("")}
                onclick={scene.on(Event::Shutter)}
            >
                <span class="disc"></span>
            </button>
            <div class="side">
                if several {
                    <button type="button" class="tool" part="button tool" onclick={scene.on(Event::SwitchCamera)}>
                        { icon(Icon::Switch) }
                        <span>{ scene.say(Message::SwitchCamera) }</span>
                    </button>
                }
            </div>
            <div key="by-hand" class="skip">{ scene.button(Weight::Quiet, Message::ByHand, Event::ByHand) }</div>
            // Last, so that nothing moves under a thumb when it appears.
            <div key="other-way" class="skip">{ scene.other_way(Weight::Quiet) }</div>
        </div>
    }
}
