//! From the start to an open camera: consent, opening, switching, and pages that are hidden. Or to a phone.

use crate::config::Handoff;

use super::camera::{CameraChoice, CameraInfo, CameraState};
use super::effect::{Announcement, Effect, Notice};
use super::error::ErrorCode;
use super::failure::RelayFailure;
use super::limits;
use super::photo::Generation;
use super::screen::{Opening, Screen};
use super::state::Sending;
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn start(&mut self) {
        if self.config.handoff == Handoff::Prefer { self.use_phone() } else { self.start_here() }
    }

    /// Waits for the verdict on a selfie that the person takes on a phone. The phone asks for the consent.
    pub(super) fn use_phone(&mut self) {
        self.tear_down();
        let generation = self.generation();
        self.state.sending = Some(Sending::Verify(generation));
        self.state.screen = Screen::Handoff;
    }

    /// Does so if the relay has refused this device because of a phone: the person follows the phone that has the session, or gets a
    /// code for one.
    pub(super) fn left_to_phone(&mut self, failure: RelayFailure) -> bool {
        let leaves = failure.is_for_phone() && self.config.handoff != Handoff::Off;
        if leaves {
            self.use_phone();
        }
        leaves
    }

    /// Starts on this device.
    pub(super) fn start_here(&mut self) {
        self.tear_down();
        if self.config.consent {
            self.state.screen = Screen::Consent;
        } else {
            self.open_own_camera();
        }
    }

    pub(super) fn consented(&mut self) {
        self.effect(Effect::Emit(Notice::Consented));
        self.open_own_camera();
    }

    /// Opens the camera that the person chose, or the one in the settings.
    pub(super) fn open_own_camera(&mut self) {
        self.open_camera(if self.state.switched {
            CameraChoice::Last
        } else if self.config.device.is_some() {
            CameraChoice::Named(self.config.camera)
        } else {
            CameraChoice::Facing(self.config.camera)
        });
    }

    /// Returns to where the photo comes from: the camera, or the screen that offers a file because the camera failed.
    pub(super) fn return_to_source(&mut self) {
        match self.state.camera_error {
            Some(error) => self.fail(error, None),
            None => self.open_own_camera(),
        }
    }

    fn open_camera(&mut self, choice: CameraChoice) {
        self.close_camera();
        let generation = self.generation();
        self.state.camera = CameraState::Opening(generation);
        self.state.screen = Screen::Starting(Opening::Requested);
        self.forget_challenge();
        self.effect(Effect::OpenCamera { generation, choice });
        self.start_timer_after(Timer::CameraSlow, limits::CAMERA_SLOW);
    }

    pub(super) fn camera_opened(&mut self, generation: Generation, info: CameraInfo) {
        if self.state.camera != CameraState::Opening(generation) {
            return;
        }
        if self.state.hidden {
            self.pause_camera();
            return;
        }
        self.cancel_timer(Timer::CameraSlow);
        self.state.camera = CameraState::Open(generation, info);
        self.state.camera_error = None;
        self.effect(Effect::Measure { generation });
        self.effect(Effect::Analyse { generation });
        self.frame_person();
        let shutter = matches!(self.state.screen, Screen::Framing { prompt } if prompt.shutter);
        self.announce(Announcement::CameraReady { shutter });
        self.start_timer_after(Timer::Away, limits::AWAY);
        self.prefetch_link();
    }

    /// The browser has listed its cameras, whether one is open or not.
    pub(super) fn cameras_listed(&mut self, generation: Generation, cameras: u8) {
        if self.state.camera.generation() == Some(generation) {
            self.state.cameras = cameras;
            self.effect(Effect::Emit(Notice::Devices));
        }
    }

    /// The page chose another camera, which counts more than an earlier choice of the person.
    pub(super) fn camera_setting_changed(&mut self) {
        self.state.switched = false;
        if self.is_live() {
            self.open_own_camera();
        }
    }

    pub(super) fn camera_slow_tick(&mut self) {
        match self.state.screen {
            Screen::Starting(Opening::Requested) => self.wait_for_person(Opening::Slow),
            Screen::Starting(Opening::Slow | Opening::Tap) => {
                self.state.camera_error = Some(ErrorCode::CameraFailed);
                self.fail(ErrorCode::CameraFailed, None);
            }
            _ => {}
        }
    }

    /// The browser plays the camera's picture only after a tap. The tap itself needs no event: the picture then plays.
    pub(super) fn camera_needs_tap(&mut self, generation: Generation) {
        if self.state.camera == CameraState::Opening(generation) && !self.state.hidden {
            self.wait_for_person(Opening::Tap);
        }
    }

    fn wait_for_person(&mut self, opening: Opening) {
        self.state.screen = Screen::Starting(opening);
        self.announce(Announcement::Opening(opening));
        self.start_timer_after(Timer::CameraSlow, limits::CAMERA_ANSWER);
    }

    pub(super) fn camera_failed(&mut self, generation: Generation, error: ErrorCode) {
        if self.state.camera != CameraState::Opening(generation) {
            return;
        }
        // In a hidden page every camera fails, so this says nothing about the camera.
        if self.state.hidden {
            self.pause_camera();
        } else {
            self.state.camera_error = Some(error);
            self.fail(error, None);
        }
    }

    pub(super) fn camera_ended(&mut self, generation: Generation) {
        if !self.is_open(generation) {
            return;
        }
        // Frames that are drawn may still become a photo.
        if self.state.grab.is_some() { self.close_camera() } else { self.fail(ErrorCode::CameraEnded, None) }
    }

    fn is_open(&self, generation: Generation) -> bool {
        matches!(self.state.camera, CameraState::Open(open, _) if open == generation)
    }

    /// The picture is old, so no photo may be taken of it.
    pub(super) fn camera_froze(&mut self, generation: Generation) {
        if self.is_open(generation) && self.is_live() {
            self.stop_auto_capture();
            self.cancel_timer(Timer::Shutter);
            self.interrupt_challenge();
            self.state.screen = Screen::Starting(Opening::Frozen);
            self.announce(Announcement::Opening(Opening::Frozen));
        }
    }

    /// Opens the camera again: with some phones, the old stream stays black after a call.
    pub(super) fn camera_thawed(&mut self, generation: Generation) {
        if self.is_open(generation) && self.state.screen == Screen::Starting(Opening::Frozen) {
            self.open_own_camera();
        }
    }

    /// Turns the camera off if nobody was in front of it since the last tick.
    pub(super) fn away_tick(&mut self) {
        let idle = matches!(self.state.screen, Screen::Framing { .. } | Screen::Starting(Opening::Frozen));
        if std::mem::take(&mut self.state.framing.seen) || !idle {
            self.start_timer_after(Timer::Away, limits::AWAY);
        } else {
            self.close_camera();
            self.state.screen = Screen::Starting(Opening::Away);
            self.announce(Announcement::Opening(Opening::Away));
        }
    }

    pub(super) fn switch_camera(&mut self) {
        self.state.switched = true;
        self.state.prefetched = 0;
        self.open_camera(CameraChoice::Next);
    }

    /// Phones mute the camera of a hidden page, and some never unmute it. The camera is therefore closed, and opened
    /// again later.
    pub(super) fn hidden(&mut self) {
        self.state.hidden = true;
        if self.is_live() || self.state.screen == Screen::Starting(Opening::Frozen) {
            self.pause_camera();
        } else if self.state.grab.is_some() {
            self.close_camera();
        }
    }

    pub(super) fn pause_camera(&mut self) {
        self.close_camera();
        self.state.screen = Screen::Starting(Opening::Paused);
    }

    pub(super) fn visible(&mut self) {
        self.state.hidden = false;
        if self.state.screen == Screen::Starting(Opening::Paused) {
            self.open_own_camera();
        }
    }
}
