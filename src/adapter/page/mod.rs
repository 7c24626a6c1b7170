//! The browser's information about page and network ([`PageWatch`], [`online`], [`hidden`], [`now`], [`url`]).

use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::{EventTarget, window};

use crate::flow::Event;

pub mod focus;
pub mod leave;
pub mod stylesheet;

/// Listens for network changes and for the page being hidden or shown. Dropping it removes the listeners.
#[derive(Debug)]
#[must_use = "dropping it removes the listeners"]
pub struct PageWatch {
    _listeners: [EventListener; 4],
}

impl PageWatch {
    /// Calls `on` with [`Event::Online`], [`Event::Offline`], [`Event::Hidden`], [`Event::Visible`] or
    /// [`Event::PageLeft`]. Returns `None` without a document.
    pub fn start(on: impl Fn(Event) + 'static) -> Option<Self> {
        let window = window()?;
        let document = window.document()?;
        let on = Rc::new(on);
        let on_window = |name: &'static str, event: Event| {
            let on = Rc::clone(&on);
            EventListener::new(&window, name, move |_| on(event.clone()))
        };
        let listeners = [
            on_window("online", Event::Online),
            on_window("offline", Event::Offline),
            on_window("pagehide", Event::PageLeft),
            EventListener::new(&EventTarget::from(document), "visibilitychange", {
                let on = Rc::clone(&on);
                move |_| on(if hidden() { Event::Hidden } else { Event::Visible })
            }),
        ];
        Some(Self { _listeners: listeners })
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
