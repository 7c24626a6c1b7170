//! The frame around every screen ([`shell`]): language, card and live regions, which stay mounted.

use std::cell::Cell;
use std::rc::Rc;

use yew::prelude::*;

use crate::flow::Screen;
use crate::text::Text;

use super::scene::Scene;
use super::view::{Action, View};
use super::{camera, consent, done, failed, idle, invalid_settings, live, review, submitting};

thread_local! {
    static NEXT_ID: Cell<u32> = const { Cell::new(0) };
}

/// Returns the prefix of a widget's ids. Without a shadow root, several widgets share the ids of one document.
#[must_use]
pub fn next_id() -> Rc<str> {
    let id = NEXT_ID.get();
    NEXT_ID.set(id.wrapping_add(1));
    ["akiba-selfie-", &id.to_string()].concat().into()
}

/// Draws the frame: card and live regions around the current screen.
pub(super) fn shell(view: &View, action: &Callback<Action>) -> Html {
    let text = Text::for_lang(view.config.as_ref().ok().and_then(|config| config.lang.as_deref()));
    let scene = Scene { view, action, text };
    html! {
        <div class="akiba-selfie" lang={text.lang()} dir={text.dir()}>
            <div class="card" part="card">{ screen(&scene) }</div>
            { live::regions(&scene) }
        </div>
    }
}

fn screen(scene: &Scene) -> Html {
    if let Err(error) = scene.view.config {
        return invalid_settings::invalid_settings(scene, error);
    }
    match &scene.view.state.screen {
        Screen::Idle => idle::idle(scene),
        Screen::Consent => consent::consent(scene),
        Screen::Starting(_) | Screen::Framing { .. } | Screen::Countdown { .. } | Screen::Grabbing => {
            camera::camera(scene)
        }
        Screen::Review { photo } => review::review(scene, *photo),
        Screen::Submitting { photo, phase, attempt, wait } => {
            submitting::submitting(scene, *photo, *phase, *attempt, *wait)
        }
        Screen::Done { judgement, flaw } => done::done(scene, *judgement, *flaw),
        Screen::Failed { error, photo } => failed::failed(scene, *error, *photo),
    }
}
