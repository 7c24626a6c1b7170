//! The frame around every screen ([`shell`]): language, card and live regions, which stay mounted.

use std::cell::Cell;
use std::rc::Rc;

use yew::{Callback, Html};

use crate::flow::Screen;

use super::element::element;
use super::scene::Scene;
use super::view::{Action, View};
use super::{camera, consent, done, failed, handoff, idle, invalid_settings, live, review, submitting};

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
    let text = view.text;
    let scene = Scene { view, action, text };
    element("div", &[("class", "akiba-selfie")])
        .set("lang", text.lang())
        .set("dir", text.dir())
        .child(
            element("div", &[("class", "card"), ("part", "card")])
                .child(element("slot", &[("name", "logo")]))
                .child(screen(&scene)),
        )
        .child(live::region(&scene, false))
        .child(live::region(&scene, true))
        .into()
}

fn screen(scene: &Scene) -> Html {
    match scene.view.state.screen {
        Screen::Idle if scene.view.config.is_ok() => idle::idle(scene),
        _ => later(scene),
    }
}

/// Draws a screen behind the first one (`scripts/shrink.mjs`).
#[inline(never)]
fn later(scene: &Scene) -> Html {
    if let Err(error) = scene.view.config {
        return invalid_settings::invalid_settings(scene, error);
    }
    match &scene.view.state.screen {
        Screen::Idle => idle::idle(scene),
        Screen::Consent => consent::consent(scene),
        Screen::Handoff => handoff::handoff(scene),
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
