//! Asks before the person leaves the page ([`LeaveGuard`]).

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use web_sys::window;

/// As long as this exists, the browser asks before it closes the page.
#[derive(Debug)]
#[must_use = "the browser no longer asks when this is dropped"]
pub struct LeaveGuard {
    _listener: EventListener,
}

impl LeaveGuard {
    /// Makes the browser ask. Returns `None` outside a page.
    pub fn start() -> Option<Self> {
        let options = EventListenerOptions::enable_prevent_default();
        let window = window()?;
        let listener = EventListener::new_with_options(&window, "beforeunload", options, |event| {
            event.prevent_default();
            // Chromium before 119 asks only with a value. No browser shows it.
            let _ = Reflect::set(event, &"returnValue".into(), &"1".into());
        });
        Some(Self { _listener: listener })
    }
}
