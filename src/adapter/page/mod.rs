//! What the browser says of the page and of the network ([`PageWatch`], [`online`], [`hidden`], [`url`]).

use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::{EventTarget, window};

use crate::flow::Event;

pub mod focus;
pub mod stylesheet;

/// Listens for the network's comings and goings and for the page's being seen. Dropping it ends that.
#[derive(Debug)]
#[must_use = "dropping it removes the listeners"]
pub struct PageWatch {
    _listeners: [EventListener; 3],
}

impl PageWatch {
    /// Calls `on` with [`Event::Online`], [`Event::Offline`], [`Event::Hidden`] or [`Event::Visible`] as they happen;
    /// `None` where there is no document.
    pub fn start(on: impl Fn(Event) + 'static) -> Option<Self> {
        let window = window()?;
        let document = window.document()?;
        let on = Rc::new(on);
        let network = |name: &'static str, event: Event| {
            let on = Rc::clone(&on);
            EventListener::new(&window, name, move |_| on(event.clone()))
        };
        let listeners = [
            network("online", Event::Online),
            network("offline", Event::Offline),
            EventListener::new(&EventTarget::from(document), "visibilitychange", {
                let on = Rc::clone(&on);
                move |_| on(if hidden() { Event::Hidden } else { Event::Visible })
            }),
        ];
        Some(Self { _listeners: listeners })
    }
}

/// Whether the browser says that there is a network. A hint, not a fact: «yes» may be wrong.
#[must_use]
pub fn online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether the page is out of sight.
#[must_use]
pub fn hidden() -> bool {
    window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}

/// The page's own URL; empty where there is none.
#[must_use]
pub fn url() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}
