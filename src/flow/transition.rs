//! What all transitions share ([`Transition`]): the one place where cameras, timers and requests end, so that none is
//! left behind.

use std::time::Duration;

use crate::config::Config;

use super::camera::CameraState;
use super::effect::{Announcement, Delay, Effect, Notice};
use super::error::ErrorCode;
use super::photo::{Generation, Photo};
use super::screen::{Screen, ScreenName};
use super::state::{Attempts, ChallengeProgress, LinkState, State};
use super::timer::Timer;

/// A step in progress: the changing state, and the effects so far.
pub(super) struct Transition<'a> {
    pub(super) state: State,
    pub(super) config: &'a Config,
    effects: Vec<Effect>,
}

impl<'a> Transition<'a> {
    pub(super) fn new(state: State, config: &'a Config) -> Self {
        Self { state, config, effects: Vec::new() }
    }

    /// Ends the step. A change of screen is reported to the page before everything else. A control that disappears
    /// without one takes the focus with it, which therefore moves on.
    pub(super) fn finish(mut self, previous: ScreenName, control: bool) -> (State, Vec<Effect>) {
        let state = self.state.screen.name();
        if state != previous {
            self.effects.insert(0, Effect::Emit(Notice::StateChange { state, previous }));
            if state != ScreenName::Idle {
                self.effects.push(Effect::Focus);
            }
        } else if control && !self.state.screen.has_passing_control() {
            self.effects.push(Effect::Focus);
        }
        (self.state, self.effects)
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

    /// Whether the person sees the camera's picture and can take the photo.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. })
    }

    /// Whether the photo is taken automatically.
    pub(super) fn is_automatic(&self) -> bool {
        self.state.is_automatic(self.config)
    }

    pub(super) fn start_timer(&mut self, timer: Timer, delay: Delay) {
        let generation = self.generation();
        self.state.timers.set(timer, Some(generation));
        self.effect(Effect::StartTimer { timer, generation, delay });
    }

    pub(super) fn start_timer_after(&mut self, timer: Timer, after: Duration) {
        self.start_timer(timer, Delay::After(after));
    }

    pub(super) fn cancel_timer(&mut self, timer: Timer) {
        self.state.timers.set(timer, None);
    }

    pub(super) fn close_camera(&mut self) {
        for timer in [
            Timer::CameraSlow,
            Timer::AutoCapture,
            Timer::Shutter,
            Timer::OtherWay,
            Timer::Challenge,
            Timer::Away,
            Timer::Countdown,
        ] {
            self.cancel_timer(timer);
        }
        self.state.camera = CameraState::Closed;
    }

    /// Drops the link, or the request for one.
    pub(super) fn drop_link(&mut self) {
        self.cancel_timer(Timer::LinkLife);
        self.state.link = LinkState::Absent;
    }

    /// Ends the upload or verdict request in flight, and the pauses between attempts.
    pub(super) fn stop_sending(&mut self) {
        self.cancel_timer(Timer::Stall);
        self.cancel_timer(Timer::Retry);
        self.cancel_timer(Timer::Verdict);
        self.state.sending = None;
    }

    /// Drops the photo that is being made, and the analysis of the last one. The next screen has no photo.
    pub(super) fn drop_photo(&mut self) {
        self.state.grab = None;
        self.state.evidence = None;
    }

    /// Returns to the start: camera off, nothing in flight, nothing kept.
    pub(super) fn tear_down(&mut self) {
        self.close_camera();
        self.stop_sending();
        self.drop_link();
        self.drop_photo();
        self.state.screen = Screen::Idle;
        self.state.challenge = ChallengeProgress::default();
        self.state.refusals = 0;
        self.state.rejections = 0;
        self.state.attempts = Attempts::default();
        self.state.prefetched = 0;
        self.state.switched = false;
        self.state.other_way = false;
        self.state.by_hand = false;
        self.state.closed = false;
        self.state.camera_error = None;
    }

    /// Stops with an error. The photo, if there is one, is kept.
    pub(super) fn fail(&mut self, error: ErrorCode, photo: Option<Photo>) {
        self.close_camera();
        self.stop_sending();
        self.state.grab = None;
        self.state.screen = Screen::Failed { error, photo };
        self.effect(Effect::Emit(Notice::Error(error)));
        self.announce(Announcement::Failed(error));
    }
}
