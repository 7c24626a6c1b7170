//! The screens: one function for each, all of them pure functions of a [`View`].
//!
//! [`draw`] draws the screen, and [`STYLE`] is the style sheet. The person's actions come out as an [`Action`]. Shared
//! parts are in `scene` (text, headings, buttons), `icon`, `file` and `live`.

mod camera;
mod consent;
mod done;
mod element;
mod failed;
mod file;
mod handoff;
mod hint;
mod icon;
mod idle;
mod invalid_settings;
mod live;
mod minify;
mod press;
mod review;
mod scene;
mod shell;
mod submitting;
mod view;
mod viewfinder;

use yew::{Callback, Html};

use crate::text::Browser;

pub use press::Presses;
pub use shell::next_id;
pub use view::{Action, View};

/// The style sheet. It works in a shadow root and in a document; every rule is below `.akiba-selfie`.
///
/// Without the comments and the white space of `style.css`, because every byte is downloaded.
pub const STYLE: &str = minify::text(&MINIFIED);

/// The same as the page downloads it: `page.js` writes it out.
pub(crate) const SHORT_STYLE: &str = minify::text(&SHORT);

static SHORT: [u8; minify::short::<LENGTH>(&MINIFIED).1] = minify::short(&MINIFIED).0;
static MINIFIED: [u8; LENGTH] = minify::css(SOURCE).0;
/// The same once more, because only its result says how long it is.
const LENGTH: usize = minify::css::<{ SOURCE.len() }>(SOURCE).1;
const SOURCE: &[u8] = include_bytes!("style.css");

/// Draws the widget. After a change of screen, the focus belongs on the element with `data-focus`.
pub fn draw(view: &View, action: &Callback<Action>) -> Html {
    shell::shell(view, action)
}

/// Detects the current browser.
#[must_use]
pub fn this_browser() -> Browser {
    let Some(window) = web_sys::window() else { return Browser::default() };
    let navigator = window.navigator();
    Browser::of(&navigator.user_agent().unwrap_or_default(), navigator.max_touch_points())
}
