//! What every effect needs ([`Handles`], [`Context`]).

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use web_sys::HtmlVideoElement;
use yew::Callback;

use crate::adapter::relay::session::Session;
use crate::adapter::vision::VisionSource;
use crate::config::Config;
use crate::flow::Event;
use crate::text::Text;
use crate::widget::page_event::PageEvent;
use crate::widget::resources::Resources;

/// The receivers of the runner's answers.
#[derive(Clone)]
pub(crate) struct Callbacks {
    /// Passes an event to the flow.
    pub(crate) send: Callback<Event>,
    /// Passes an event to the page.
    pub(crate) tell: Callback<PageEvent>,
    /// Asks the page whether a photo may be taken.
    pub(crate) may_capture: Callback<(), bool>,
}

/// The settings for the effects of one step.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The widget's settings.
    pub(crate) config: &'a Config,
    /// The page's session.
    pub(crate) session: &'a Session,
    /// The source of the worker that analyses pictures.
    pub(crate) vision: &'a VisionSource,
    /// The texts for the person.
    pub(crate) text: Text,
    /// Why the settings are invalid, if they are.
    pub(crate) invalid_settings: Option<&'a str>,
}

/// What every effect needs. Cheap to clone, so that a future can hold it.
#[derive(Clone)]
pub(super) struct Handles {
    /// The receivers of the answers.
    pub(super) callbacks: Callbacks,
    /// The video that shows the camera.
    pub(super) video: Option<HtmlVideoElement>,
    /// The browser objects that are open.
    pub(super) resources: Rc<RefCell<Resources>>,
}

impl Handles {
    /// Passes an event to the flow.
    pub(super) fn send(&self, event: Event) {
        self.callbacks.send.emit(event);
    }

    /// Borrows the browser objects. Never hold this while the flow or the page is called.
    pub(super) fn resources(&self) -> RefMut<'_, Resources> {
        self.resources.borrow_mut()
    }
}
