//! Runs the flow's effects ([`Runner`]): one match from an [`Effect`] to an adapter.
//!
//! The adapter's answer goes back to the flow as an [`Event`]. The runner decides nothing. Effects only open things;
//! [`resources`](super::resources) explains how things are dropped.

mod camera;
mod handles;
mod notice;
mod photo;
mod requests;

use web_sys::{Blob, File, HtmlVideoElement};

use self::handles::Handles;
pub(super) use self::handles::{Callbacks, Context};
use crate::adapter::camera::{Device, preview};
use crate::adapter::page::leave::LeaveGuard;
use crate::adapter::page::{self, PageWatch};
use crate::adapter::random;
use crate::adapter::relay::JudgedReply;
use crate::adapter::timer::Timers;
use crate::flow::{Effect, Event, FileId, Generation, PhotoId, State};

/// The browser's side of one widget.
pub(super) struct Runner {
    handles: Handles,
    timers: Timers,
    leave_guard: Option<LeaveGuard>,
    _page: PageWatch,
}

impl Runner {
    /// Creates a runner, and reports the state of page and network to the flow.
    pub(super) fn new(callbacks: Callbacks) -> Self {
        if !page::online() {
            callbacks.send.emit(Event::Offline);
        }
        if page::hidden() {
            callbacks.send.emit(Event::Hidden);
        }
        let send = callbacks.send.clone();
        Self {
            handles: Handles { callbacks, video: preview::video(), resources: Default::default() },
            timers: Timers::default(),
            leave_guard: None,
            _page: PageWatch::start(move |event| send.emit(event)),
        }
    }

    /// Returns the video that shows the camera.
    pub(super) fn video(&self) -> Option<HtmlVideoElement> {
        self.handles.video.clone()
    }

    /// Returns the photo.
    pub(super) fn photo(&self, photo: PhotoId) -> Option<Blob> {
        self.handles.resources().photo(photo).cloned()
    }

    /// Returns the cameras, each with whether it is open.
    pub(super) fn devices(&self) -> Vec<(Device, bool)> {
        self.handles.resources().devices()
    }

    /// Returns the photo's object URL.
    pub(super) fn photo_url(&self, photo: PhotoId) -> Option<String> {
        self.handles.resources().photo_url(photo)
    }

    /// Stores a chosen file until its event has been handled.
    pub(super) fn keep_file(&self, file: File) -> FileId {
        self.handles.resources().keep_file(file)
    }

    /// Keeps a verdict, and returns the event that says so.
    pub(super) fn judged(&self, generation: Generation, verdict: JudgedReply) -> Event {
        requests::judged(&self.handles, generation, verdict)
    }

    /// Drops everything that the state no longer needs. Call it after the effects of each step.
    pub(super) fn retain(&mut self, state: &State) {
        self.timers.retain(|timer, generation| state.needs_timer(timer, generation));
        self.handles.resources().retain(state);
        if !state.needs_leave_guard() {
            self.leave_guard = None;
        } else if self.leave_guard.is_none() {
            self.leave_guard = Some(LeaveGuard::start());
        }
    }

    /// Runs one effect.
    pub(super) fn run(&mut self, effect: Effect, context: Context<'_>) {
        let handles = &self.handles;
        match effect {
            Effect::OpenCamera { generation, choice } => camera::open(handles, generation, choice, context),
            Effect::Measure { generation } => camera::measure(handles, generation),
            Effect::Analyse { generation } => camera::analyse(handles, generation, context),
            Effect::DrawSeed { generation } => handles.send(Event::SeedDrawn { generation, seed: random::draw() }),
            Effect::Grab { generation, source } => photo::grab(handles, generation, source, context),
            Effect::RequestLink { generation } => requests::link(handles, generation, context),
            Effect::Upload { generation, link, photo, omit_content_type, tried_before } => {
                requests::upload(handles, generation, link, photo, omit_content_type, tried_before);
            }
            Effect::Verify { generation, link, origin } => requests::verify(handles, generation, link, origin, context),
            Effect::StartTimer { timer, generation, delay } => {
                let send = handles.callbacks.send.clone();
                let tick = move || send.emit(Event::Tick { timer, generation });
                self.timers.start(timer, generation, delay, tick);
            }
            Effect::Emit(notice) => notice::emit(handles, notice, context),
            // The component itself announces and moves the focus, after drawing the screen.
            Effect::Announce(_) | Effect::Focus => {}
        }
    }
}
