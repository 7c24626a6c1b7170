//! What all transitions share ([`Transition`]): the one place where cameras, timers and requests begin and end, so that
//! none is ever left behind.

use std::time::Duration;

use crate::config::Config;

use super::camera::Camera;
use super::effect::{Announcement, Delay, Effect, Notice, Request};
use super::error::ErrorCode;
use super::event::Event;
use super::photo::{Generation, Photo};
use super::screen::{Screen, ScreenName};
use super::state::{Link, State, Tally, Timer, Trial};

/// A step under way: the state as it changes, and the effects so far.
pub(super) struct Transition<'a> {
    pub(super) state: State,
    pub(super) config: &'a Config,
    effects: Vec<Effect>,
}

impl<'a> Transition<'a> {
    pub(super) fn new(state: State, config: &'a Config) -> Self {
        Self { state, config, effects: Vec::new() }
    }

    pub(super) fn handle(&mut self, event: Event) {
        match event {
            Event::Start => self.start(),
            Event::Consented => self.consented(),
            Event::Shutter => self.shutter(),
            Event::Retake => self.retake(),
            Event::Accept => self.accept(),
            Event::Retry => self.retry(),
            Event::SwitchCamera => self.switch_camera(),
            Event::Choosing => self.choosing(),
            Event::ChoseNone => self.chose_none(),
            Event::FilePicked(file) => self.file_picked(file),
            Event::Cancel => self.cancel(),
            Event::Reset | Event::Disconnected => self.tear_down(),
            Event::CameraOpened { generation, info } => self.camera_opened(generation, info),
            Event::CameraFailed { generation, error } => self.camera_failed(generation, error),
            Event::CameraEnded { generation } => self.camera_ended(generation),
            Event::Frame { generation, quality } => self.frame(generation, quality),
            Event::Seen { generation, report, at, aspect } => self.seen(generation, &report, at, aspect),
            Event::Blind { generation } => self.blind(generation),
            Event::Drawn { generation, seed } => self.drawn(generation, seed),
            Event::SkipChallenge => self.skip_challenge(),
            Event::Tick { timer, generation } => self.tick(timer, generation),
            Event::PhotoReady { generation, photo, report } => self.photo_ready(generation, photo, report),
            Event::GrabFailed { generation, failure } => self.grab_failed(generation, failure),
            Event::LinkReady { generation, link, life } => self.link_ready(generation, link, life),
            Event::LinkFailed { generation, failure } => self.link_failed(generation, failure),
            Event::UploadProgress { generation, sent, total } => self.upload_progress(generation, sent, total),
            Event::Uploaded { generation } => self.uploaded(generation),
            Event::UploadFailed { generation, failure } => self.upload_failed(generation, failure),
            Event::VerifyDone { generation, judgement } => self.verify_done(generation, judgement),
            Event::VerifyFailed { generation, failure } => self.verify_failed(generation, failure),
            Event::Online => self.online(),
            Event::Offline => self.offline(),
            Event::Hidden => self.hidden(),
            Event::Visible => self.visible(),
            Event::ConfigChanged { customer } => self.config_changed(customer),
            Event::ConfigRefused => self.config_refused(),
        }
    }

    /// The step's outcome. A change of screen is told to the page before anything else that the step tells it.
    pub(super) fn finish(mut self, previous: ScreenName) -> (State, Vec<Effect>) {
        let state = self.state.screen.name();
        if state != previous {
            self.effects.insert(0, Effect::Emit(Notice::StateChange { state, previous }));
            if state != ScreenName::Idle {
                self.effects.push(Effect::Focus);
            }
        }
        (self.state, self.effects)
    }

    fn tick(&mut self, timer: Timer, generation: Generation) {
        if !self.state.timers.contains(&(timer, generation)) {
            return;
        }
        self.state.timers.retain(|(running, _)| *running != timer);
        match timer {
            Timer::CameraSlow | Timer::AutoCapture | Timer::Shutter | Timer::Challenge | Timer::Countdown => {
                self.capture_tick(timer);
            }
            Timer::LinkLife | Timer::Stall | Timer::Retry => self.submission_tick(timer),
        }
    }

    fn cancel(&mut self) {
        if matches!(self.state.screen, Screen::Idle | Screen::Done { .. }) {
            return;
        }
        self.tear_down();
        self.effect(Effect::Emit(Notice::Cancelled));
        self.effect(Effect::Focus);
    }

    /// A photo taken for one customer is never sent for another.
    fn config_changed(&mut self, customer: bool) {
        let refused = matches!(self.state.screen, Screen::Failed { error: ErrorCode::Config, .. });
        if customer || refused {
            self.tear_down();
        } else {
            self.capture_setting_changed();
        }
    }

    fn config_refused(&mut self) {
        self.tear_down();
        self.fail(ErrorCode::Config, None);
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn announce(&mut self, announcement: Announcement) {
        self.effect(Effect::Announce(announcement));
    }

    pub(super) fn generation(&mut self) -> Generation {
        self.state.generation = Generation(self.state.generation.0.wrapping_add(1));
        self.state.generation
    }

    pub(super) fn start_timer(&mut self, timer: Timer, delay: Delay) {
        let generation = self.generation();
        self.state.timers.retain(|(running, _)| *running != timer);
        self.state.timers.push((timer, generation));
        self.effect(Effect::StartTimer { timer, generation, delay });
    }

    pub(super) fn start_timer_after(&mut self, timer: Timer, after: Duration) {
        self.start_timer(timer, Delay::After(after));
    }

    pub(super) fn cancel_timer(&mut self, timer: Timer) {
        let before = self.state.timers.len();
        self.state.timers.retain(|(running, _)| *running != timer);
        if self.state.timers.len() != before {
            self.effect(Effect::CancelTimer(timer));
        }
    }

    pub(super) fn close_camera(&mut self) {
        for timer in [Timer::CameraSlow, Timer::AutoCapture, Timer::Shutter, Timer::Challenge, Timer::Countdown] {
            self.cancel_timer(timer);
        }
        if self.state.camera != Camera::Closed {
            self.state.camera = Camera::Closed;
            self.effect(Effect::CloseCamera);
        }
    }

    /// Forgets the link, or the request for one.
    pub(super) fn drop_link(&mut self) {
        self.cancel_timer(Timer::LinkLife);
        match std::mem::take(&mut self.state.link) {
            Link::Absent => {}
            Link::Asked(_) => self.effect(Effect::Abort(Request::Link)),
            Link::Ready { id, .. } => self.effect(Effect::DropLink(id)),
        }
        self.state.uploaded = false;
        self.state.may_have_landed = false;
    }

    /// Ends the upload or verify call in flight, and the pauses between tries.
    pub(super) fn stop_sending(&mut self) {
        self.cancel_timer(Timer::Stall);
        self.cancel_timer(Timer::Retry);
        if self.state.upload.take().is_some() {
            self.effect(Effect::Abort(Request::Upload));
        }
        if self.state.verify.take().is_some() {
            self.effect(Effect::Abort(Request::Verify));
        }
    }

    pub(super) fn drop_photo(&mut self) {
        self.state.grab = None;
        self.state.evidence = None;
        if let Some(photo) = self.state.screen.photo() {
            self.effect(Effect::DropPhoto(photo.id));
        }
    }

    /// Back to the start: camera off, nothing in flight, nothing kept.
    pub(super) fn tear_down(&mut self) {
        self.close_camera();
        self.stop_sending();
        self.drop_link();
        self.drop_photo();
        self.state.screen = Screen::Idle;
        self.state.trial = Trial::default();
        self.state.refusals = 0;
        self.state.tally = Tally::default();
        self.state.prefetched = 0;
        self.state.switched = false;
    }

    /// Stops at an error. The photo, if there is one, stays.
    pub(super) fn fail(&mut self, error: ErrorCode, photo: Option<Photo>) {
        self.close_camera();
        self.stop_sending();
        self.state.grab = None;
        self.state.screen = Screen::Failed { error, photo };
        self.effect(Effect::Emit(Notice::Error(error)));
    }
}
