//! What every effect is done with ([`Handles`], [`Context`]).

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

/// Whom the runner answers to.
#[derive(Clone)]
pub(crate) struct Callbacks {
    /// The flow.
    pub(crate) send: Callback<Event>,
    /// The page, told of what happened.
    pub(crate) tell: Callback<PageEvent>,
    /// The page, asked whether a photo may be taken.
    pub(crate) may_capture: Callback<(), bool>,
}

/// What the effects of one step are done by.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The settings.
    pub(crate) config: &'a Config,
    /// The page's session.
    pub(crate) session: &'a Session,
    /// Where the thread comes from that looks at pictures.
    pub(crate) vision: &'a VisionSource,
    /// What the person reads.
    pub(crate) text: Text,
    /// Why the settings can't be used, where they can't.
    pub(crate) refused: Option<&'a str>,
}

/// What every effect of a widget is done with. Cheap to clone, so that a future can hold it.
#[derive(Clone)]
pub(super) struct Handles {
    /// Whom to answer.
    pub(super) callbacks: Callbacks,
    /// The video that shows the camera.
    pub(super) video: Option<HtmlVideoElement>,
    /// What is open.
    pub(super) resources: Rc<RefCell<Resources>>,
}

impl Handles {
    /// Tells the flow.
    pub(super) fn send(&self, event: Event) {
        self.callbacks.send.emit(event);
    }

    /// What is open, to change it. Never held while the flow or the page is called.
    pub(super) fn resources(&self) -> RefMut<'_, Resources> {
        self.resources.borrow_mut()
    }
}
