//! The screens: one function for each, all of them pure functions of a [`View`].
//!
//! [`draw`] draws the screen, and [`STYLE`] is the style sheet. The person's actions come out as an [`Action`]. Shared
//! parts are in `scene` (text, headings, buttons), `icon`, `file` and `live`.

mod camera;
mod consent;
mod done;
mod failed;
mod file;
mod hint;
mod icon;
mod idle;
mod invalid_settings;
mod live;
mod press;
mod review;
mod scene;
mod shell;
mod submitting;
mod view;
mod viewfinder;

use yew::prelude::*;

use crate::text::Browser;

pub use press::Presses;
pub use view::{Action, View};

/// The style sheet. It works in a shadow root and in a document; every rule is below `.akiba-selfie`.
///
/// The comment at the head of `style.css` lists what a page can style. It is cut off here, because every byte is
/// downloaded.
pub const STYLE: &str = without_first_comment(include_str!("style.css"));

const fn without_first_comment(css: &'static str) -> &'static str {
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

/// Draws the widget. After a change of screen, the focus belongs on the element with `data-focus`.
pub fn draw(view: &View, action: &Callback<Action>) -> Html {
    html! { <shell::Shell view={view.clone()} action={action.clone()} /> }
}

/// Detects the current browser.
#[must_use]
pub fn this_browser() -> Browser {
    let Some(window) = web_sys::window() else { return Browser::default() };
    let navigator = window.navigator();
    Browser::of(&navigator.user_agent().unwrap_or_default(), navigator.max_touch_points())
}
