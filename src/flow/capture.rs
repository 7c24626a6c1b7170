//! From the start to a photo: consent, camera, framing, countdown, and files in place of a camera.

use std::rc::Rc;

use akiba_vision::Report;

use crate::config::Capture;
use crate::guidance::{ChallengeOutcome, ChallengeRecord, Flaw, Guide, Hint, is_black};

use super::camera::{Camera, CameraChoice, CameraInfo};
use super::effect::{Announcement, Effect, Notice, Source};
use super::error::{ErrorCode, NextStep};
use super::failure::GrabFailure;
use super::limits;
use super::photo::{FileId, Generation, Photo, Quality};
use super::screen::{Aim, Screen};
use super::state::{Tally, Timer, Trial, TrialStage};
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn start(&mut self) {
        if !matches!(self.state.screen, Screen::Idle | Screen::Done { .. }) {
            return;
        }
        self.tear_down();
        if self.config.consent {
            self.state.screen = Screen::Consent;
        } else {
            self.open_camera(CameraChoice::Facing(self.config.camera));
        }
    }

    pub(super) fn consented(&mut self) {
        if self.state.screen == Screen::Consent {
            self.open_camera(CameraChoice::Facing(self.config.camera));
        }
    }

    /// Opens the camera that the person chose, or else the one that the settings name.
    fn open_own_camera(&mut self) {
        self.open_camera(if self.state.switched {
            CameraChoice::Last
        } else {
            CameraChoice::Facing(self.config.camera)
        });
    }

    /// A movement belongs to the photo that it was made for. Who left it out is not asked again.
    fn forget_challenge(&mut self) {
        let left_out = matches!(
            self.state.trial.stage,
            TrialStage::Over(ChallengeRecord { outcome: ChallengeOutcome::Skipped | ChallengeOutcome::TimedOut, .. })
        );
        if !left_out {
            self.state.trial = Trial::default();
        }
    }

    fn open_camera(&mut self, choice: CameraChoice) {
        self.close_camera();
        let generation = self.generation();
        self.state.camera = Camera::Opening(generation);
        self.state.screen = Screen::Starting { slow: false, paused: false };
        self.forget_challenge();
        self.effect(Effect::OpenCamera { generation, choice });
        self.start_timer_after(Timer::CameraSlow, limits::CAMERA_SLOW);
    }

    pub(super) fn camera_opened(&mut self, generation: Generation, info: CameraInfo) {
        if self.state.camera != Camera::Opening(generation) {
            return;
        }
        if self.state.hidden {
            self.pause_camera();
            return;
        }
        self.cancel_timer(Timer::CameraSlow);
        self.state.camera = Camera::Open(generation, info);
        self.effect(Effect::Measure { generation });
        self.effect(Effect::Look { generation });
        self.frame_person();
        let shutter = matches!(self.state.screen, Screen::Framing { aim } if aim.shutter);
        self.announce(Announcement::CameraReady { shutter });
        self.prefetch_link();
    }

    /// The page may change who presses the shutter while the person frames.
    pub(super) fn capture_setting_changed(&mut self) {
        match self.config.capture {
            Capture::Manual => {
                self.stop_auto_capture();
                self.show_shutter();
            }
            Capture::Auto => self.time_capture_again(),
        }
    }

    /// Sets the times where none is running.
    fn time_capture_again(&mut self) {
        let timed = |timer| self.state.timers.iter().any(|(running, _)| *running == timer);
        if !timed(Timer::AutoCapture) && !timed(Timer::Shutter) {
            self.time_capture();
        }
    }

    pub(super) fn stop_auto_capture(&mut self) {
        self.cancel_timer(Timer::AutoCapture);
        self.cancel_timer(Timer::Countdown);
        if matches!(self.state.screen, Screen::Countdown { .. }) {
            let aim = Aim { hint: Hint::Position, passed: None, shutter: true, skip: false };
            self.state.screen = Screen::Framing { aim };
        }
    }

    /// Back to framing, and later on again.
    fn stop_countdown(&mut self) {
        if matches!(self.state.screen, Screen::Countdown { .. }) {
            self.stop_auto_capture();
            self.time_capture_again();
        }
    }

    /// A file dialog hides no page: without this, a photo would be taken behind it. Not every browser says that it was
    /// closed, so the shutter appears.
    pub(super) fn choosing(&mut self) {
        self.state.choosing = true;
        self.stop_auto_capture();
        self.show_shutter();
    }

    pub(super) fn chose_none(&mut self) {
        self.state.choosing = false;
        self.state.guide = self.state.guide.again();
        self.time_capture_again();
    }

    pub(super) fn camera_failed(&mut self, generation: Generation, error: ErrorCode) {
        if self.state.camera != Camera::Opening(generation) {
            return;
        }
        // A page out of sight gets no picture from any camera: that says nothing of this one.
        if self.state.hidden { self.pause_camera() } else { self.fail(error, None) }
    }

    pub(super) fn camera_ended(&mut self, generation: Generation) {
        if matches!(self.state.camera, Camera::Open(open, _) if open == generation) {
            self.fail(ErrorCode::CameraEnded, None);
        }
    }

    /// What the simple sampler says counts as long as nobody looks at the frames.
    pub(super) fn frame(&mut self, generation: Generation, quality: Quality) {
        let hint = match self.state.screen {
            Screen::Framing { aim } => aim.hint,
            Screen::Countdown { .. } => Hint::Position,
            _ => return,
        };
        if self.state.camera.generation() != Some(generation) || self.state.guide.sees() {
            return;
        }
        let black = is_black(quality.luminance_mean, quality.luminance_variance);
        self.state.black_frames = if black { self.state.black_frames.saturating_add(1) } else { 0 };
        let next = if self.state.black_frames >= limits::BLACK_FRAMES { Hint::NoPicture } else { Hint::Position };
        if next != hint {
            self.stop_countdown();
            if let Screen::Framing { aim } = &mut self.state.screen {
                aim.hint = next;
            }
            self.effect(Effect::Emit(Notice::Guidance { hint: next, quality, evidence: None }));
            self.announce(Announcement::Hint(next));
        }
    }

    pub(super) fn shutter(&mut self) {
        if matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. }) && !self.begins_challenge() {
            self.grab(Source::Camera);
        }
    }

    pub(super) fn grab(&mut self, source: Source) {
        self.stop_auto_capture();
        self.close_challenge(source);
        self.cancel_timer(Timer::Shutter);
        let generation = self.generation();
        self.state.grab = Some(generation);
        self.state.screen = Screen::Grabbing;
        self.effect(Effect::Grab { generation, source });
    }

    pub(super) fn file_picked(&mut self, file: FileId) {
        let allowed = match &self.state.screen {
            Screen::Starting { .. } | Screen::Framing { .. } | Screen::Countdown { .. } => true,
            Screen::Failed { error, .. } => error.offers(NextStep::PickFile),
            _ => false,
        };
        if allowed {
            self.close_camera();
            self.prefetch_link();
            self.state.guide = Guide::default();
            self.grab(Source::File(file));
        }
    }

    pub(super) fn photo_ready(&mut self, generation: Generation, photo: Photo, report: Option<Box<Report>>) {
        if self.state.grab != Some(generation) {
            return;
        }
        self.state.grab = None;
        match self.state.screen {
            Screen::Grabbing => self.photo_taken(photo, report.map(|report| *report)),
            Screen::Submitting { photo: larger, .. } => {
                self.effect(Effect::DropPhoto(larger.id));
                self.send(photo);
            }
            _ => {}
        }
    }

    fn photo_taken(&mut self, photo: Photo, report: Option<Report>) {
        self.close_camera();
        let evidence = Rc::new(self.evidence(report));
        self.state.evidence = Some(Rc::clone(&evidence));
        self.effect(Effect::Emit(Notice::Captured { photo, evidence }));
        self.state.tally = Tally::default();
        self.state.refusals = if self.state.forbids_photo(self.config) { self.state.refusals + 1 } else { 0 };
        if self.state.refusals >= limits::REFUSALS {
            self.state.refusals = 0;
            self.state.evidence = None;
            self.effect(Effect::DropPhoto(photo.id));
            self.fail(ErrorCode::PhotoUnusable, None);
        } else if self.config.review || self.state.flaw().is_some_and(Flaw::is_hard) {
            self.state.screen = Screen::Review { photo };
        } else {
            self.submit(photo);
        }
    }

    pub(super) fn grab_failed(&mut self, generation: Generation, failure: GrabFailure) {
        if self.state.grab != Some(generation) {
            return;
        }
        self.state.grab = None;
        if let Screen::Submitting { photo, .. } = self.state.screen {
            self.fail(ErrorCode::UploadTooLarge, Some(photo));
            return;
        }
        match (failure.code(), self.state.camera) {
            (Some(error), _) => self.fail(error, None),
            (None, _) if self.state.hidden => self.pause_camera(),
            (None, Camera::Open(..)) => self.frame_person(),
            (None, _) => self.open_own_camera(),
        }
    }

    pub(super) fn retake(&mut self) {
        let allowed = match &self.state.screen {
            Screen::Review { .. } => true,
            Screen::Done { judgement } => !judgement.is_verified(),
            Screen::Failed { error, photo } => photo.is_some() && *error != ErrorCode::Config,
            _ => false,
        };
        if allowed {
            self.drop_photo();
            // The old photo may be at this link, and a link that allows no overwriting would keep it.
            if self.state.uploaded || self.state.may_have_landed {
                self.drop_link();
            }
            self.open_own_camera();
        }
    }

    pub(super) fn retry(&mut self) {
        match self.state.screen {
            Screen::Failed { error, photo: Some(photo) } if error.offers(NextStep::Resubmit) => self.submit(photo),
            Screen::Failed { error, photo: None } if error.offers(NextStep::RetryCamera) => self.open_own_camera(),
            Screen::Submitting { photo, wait: Some(_), .. } => self.send_now(photo),
            _ => {}
        }
    }

    pub(super) fn switch_camera(&mut self) {
        if matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. }) {
            self.state.switched = true;
            self.open_camera(CameraChoice::Next);
        }
    }

    pub(super) fn capture_tick(&mut self, timer: Timer) {
        match (timer, &self.state.screen) {
            (Timer::Shutter, _) => {
                self.show_shutter();
                self.announce(Announcement::Shutter);
            }
            (Timer::Challenge, _) => self.challenge_tick(),
            (Timer::CameraSlow, Screen::Starting { paused: false, .. }) => {
                self.state.screen = Screen::Starting { slow: true, paused: false };
            }
            (Timer::AutoCapture, Screen::Framing { aim: Aim { hint: Hint::NoPicture, .. } }) => {
                self.start_timer_after(Timer::AutoCapture, limits::AUTO_CAPTURE);
            }
            (Timer::AutoCapture, Screen::Framing { .. }) => self.count(limits::COUNTDOWN_FROM),
            (Timer::Countdown, Screen::Countdown { left }) => self.count(left - 1),
            _ => {}
        }
    }

    pub(super) fn count(&mut self, left: u8) {
        if left == 0 {
            self.grab(if self.state.guide.sees() { Source::Burst } else { Source::Camera });
        } else {
            self.state.screen = Screen::Countdown { left };
            self.cancel_timer(Timer::Shutter);
            self.announce(Announcement::Countdown(left));
            self.start_timer_after(Timer::Countdown, limits::SECOND);
        }
    }

    /// Phones mute the camera of a page that is out of sight, and some never unmute it: it is opened anew.
    pub(super) fn hidden(&mut self) {
        self.state.hidden = true;
        if matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. }) {
            self.pause_camera();
        }
    }

    fn pause_camera(&mut self) {
        self.close_camera();
        self.state.screen = Screen::Starting { slow: false, paused: true };
    }

    pub(super) fn visible(&mut self) {
        self.state.hidden = false;
        if matches!(self.state.screen, Screen::Starting { paused: true, .. }) {
            self.open_own_camera();
        }
    }

    pub(super) fn accept(&mut self) {
        match self.state.screen {
            Screen::Review { .. } if self.state.forbids_photo(self.config) => {}
            Screen::Review { photo } | Screen::Failed { photo: Some(photo), .. } => self.submit(photo),
            _ => {}
        }
    }
}
