//! The browser's information about page and network ([`PageWatch`], [`online`], [`hidden`], [`now`], [`url`]).

use std::fmt;

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget, window};

use crate::flow::Event;

pub mod focus;
pub mod leave;
pub mod stylesheet;

#[wasm_bindgen(module = "/src/adapter/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = focusHeading)]
    fn focus_heading(root: &Element, requested: bool);
    /// Keeps an element's height for a moment, so that what is below it does not move under the second of two taps.
    pub fn hold(root: &Element);
    fn adopt(element: &Element, css: &str);
    /// Dispatches an event that bubbles and crosses shadow roots. Returns false if the page refused it.
    pub(crate) fn dispatch(host: &EventTarget, name: &str, detail: &JsValue, cancelable: bool) -> bool;

    #[wasm_bindgen(js_name = LeaveGuard)]
    type JsLeaveGuard;
    #[wasm_bindgen(constructor, js_class = LeaveGuard)]
    fn new() -> JsLeaveGuard;
    #[wasm_bindgen(method)]
    fn stop(this: &JsLeaveGuard);

    #[wasm_bindgen(js_name = Watch)]
    type JsWatch;
    #[wasm_bindgen(constructor, js_class = Watch)]
    fn new(tell: &Closure<dyn Fn(String)>) -> JsWatch;
    #[wasm_bindgen(method)]
    fn stop(this: &JsWatch);
}

/// Listens for network changes and for the page being hidden or shown. Dropping it removes the listeners.
#[must_use = "dropping it removes the listeners"]
pub struct PageWatch {
    watch: JsWatch,
    _tell: Closure<dyn Fn(String)>,
}

impl fmt::Debug for PageWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageWatch").finish_non_exhaustive()
    }
}

impl PageWatch {
    /// Calls `on` with [`Event::Online`], [`Event::Offline`], [`Event::Hidden`], [`Event::Visible`] or
    /// [`Event::PageLeft`].
    pub fn start(on: impl Fn(Event) + 'static) -> Self {
        let tell = Closure::new(move |name: String| {
            on(match name.as_str() {
                "online" => Event::Online,
                "offline" => Event::Offline,
                "pagehide" => Event::PageLeft,
                _ if hidden() => Event::Hidden,
                _ => Event::Visible,
            });
        });
        Self { watch: JsWatch::new(&tell), _tell: tell }
    }
}

impl Drop for PageWatch {
    fn drop(&mut self) {
        self.watch.stop();
    }
}

/// Whether the browser reports a network. This is a hint: "online" may be wrong.
#[must_use]
pub fn online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether the page is hidden.
#[must_use]
pub fn hidden() -> bool {
    window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}

/// Returns the time in milliseconds of the page's clock, in which events have their times.
#[must_use]
pub fn now() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Returns the page's own URL; empty outside a page.
#[must_use]
pub fn url() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}
