//! What the person sees: one function a screen, all of them pure functions of a [`View`].
//!
//! [`view`] draws it, [`STYLE`] dresses it. What the person does comes out as an [`Action`]. The parts that screens share
//! are in `scene` (text, headings, buttons), `icon`, `file` and `live`.

mod camera;
mod consent;
mod done;
mod failed;
mod file;
mod hint;
mod icon;
mod idle;
mod live;
mod refused;
mod review;
mod scene;
mod shell;
mod submitting;
mod view;
mod viewfinder;

use yew::prelude::*;

use crate::text::Browser;

pub use view::{Action, View};

/// The style sheet. It works in a shadow root and in the document; every rule is under `.akiba-selfie`.
///
/// The comment at the head of `style.css` lists what a page can style; it is left out here, where every byte is
/// downloaded.
pub const STYLE: &str = after_head(include_str!("style.css"));

const fn after_head(css: &'static str) -> &'static str {
    let bytes = css.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at - 1] == b'*' && bytes[at] == b'/' {
            return css.split_at(at + 1).1;
        }
        at += 1;
    }
    css
}

/// Draws the widget. The element with `data-focus` is where the keyboard's focus belongs after a change of screen.
pub fn view(view: &View, action: &Callback<Action>) -> Html {
    html! { <shell::Shell view={view.clone()} action={action.clone()} /> }
}

/// The browser that this runs in.
#[must_use]
pub fn this_browser() -> Browser {
    let Some(window) = web_sys::window() else { return Browser::default() };
    let navigator = window.navigator();
    Browser::of(&navigator.user_agent().unwrap_or_default(), navigator.max_touch_points())
}
