//! While the person frames: hints, the shutter, and the reaction to each frame. `countdown` decides when a photo is taken
//! automatically.

use std::rc::Rc;

use akiba_vision::Report;

use crate::guidance::{Hint, Observation, is_black, times};

use super::camera::CameraState;
use super::effect::{Announcement, Effect, Notice};
use super::limits;
use super::photo::{Generation, Luminance};
use super::screen::{Prompt, Screen};
use super::state::{ChallengeStage, Framing};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn frame_person(&mut self) {
        let (mirrored, kind) = match self.state.camera {
            CameraState::Open(_, info) => (info.mirrored, info.kind),
            _ => Default::default(),
        };
        self.state.framing = Framing { live: true, mirrored, kind, ..Framing::default() };
        let shutter = !self.is_automatic() || self.state.vision_unavailable;
        self.state.screen = Screen::Framing { prompt: Prompt { shutter, ..Prompt::default() } };
        self.time_capture();
        if self.config.alternative && !self.state.other_way {
            self.start_timer_after(Timer::OtherWay, limits::OTHER_WAY);
        }
    }

    /// A veil, a tremor or a weak camera may stand in the way of a selfie. Once offered, the other way stays.
    pub(super) fn offer_other_way(&mut self) {
        self.state.other_way = true;
        self.announce(Announcement::OtherWay);
    }

    /// Starts the timers for a photo that is not taken automatically. Otherwise the photo is taken when the checks
    /// pass.
    fn time_capture(&mut self) {
        let Screen::Framing { prompt } = self.state.screen else { return };
        if !self.is_automatic() {
            return;
        }
        if self.state.vision_unavailable && self.config.countdown {
            self.start_timer_after(Timer::AutoCapture, limits::AUTO_CAPTURE);
        }
        if !prompt.shutter {
            self.start_timer_after(Timer::Shutter, limits::SHUTTER);
        }
    }

    /// Starts the timers unless one is running.
    fn time_capture_again(&mut self) {
        if [Timer::AutoCapture, Timer::Shutter].iter().all(|timer| self.state.timers.get(*timer).is_none()) {
            self.time_capture();
        }
    }

    /// The page may change `capture` and `challenge` while the person frames.
    pub(super) fn capture_setting_changed(&mut self) {
        self.challenge_setting_changed();
        if self.is_automatic() {
            self.time_capture_again();
        } else {
            self.stop_auto_capture();
            self.show_shutter();
        }
    }

    /// From now on the person presses the button, until the next start. The button for this wish disappears, so the focus
    /// moves on.
    pub(super) fn by_hand(&mut self) {
        self.state.by_hand = true;
        self.stop_auto_capture();
        self.show_shutter();
        self.effect(Effect::Focus);
    }

    /// Lets the person take the photo, but not during a challenge: the announcement would be read over the movement.
    pub(super) fn shutter_tick(&mut self) {
        if matches!(self.state.challenge.stage, ChallengeStage::Running(_)) {
            self.start_timer_after(Timer::Shutter, limits::SHUTTER_LATER);
        } else {
            self.show_shutter();
        }
    }

    /// Lets the person take the photo from now on, and says so.
    pub(super) fn show_shutter(&mut self) {
        self.cancel_timer(Timer::Shutter);
        if let Screen::Framing { prompt } = &mut self.state.screen
            && !prompt.shutter
        {
            prompt.shutter = true;
            // Without reports, it is the only way to a photo.
            self.announce(if self.state.vision_unavailable {
                Announcement::CameraReady { shutter: true }
            } else {
                Announcement::Shutter
            });
        }
    }

    /// A file dialog does not hide the page: without this, a photo would be taken behind it. Not every browser reports
    /// that it was closed, so the shutter appears.
    pub(super) fn choosing(&mut self) {
        self.state.framing.choosing = true;
        self.stop_auto_capture();
        self.show_shutter();
    }

    pub(super) fn chose_none(&mut self) {
        self.state.framing.choosing = false;
        self.state.framing.guide = self.state.framing.guide.restart_hold();
        self.time_capture_again();
    }

    /// Uses the measured luminance as long as no frame is analysed.
    pub(super) fn frame_measured(&mut self, generation: Generation, luminance: Luminance) {
        let hint = match self.state.screen {
            Screen::Framing { prompt } => prompt.hint,
            Screen::Countdown { .. } => Hint::Position,
            _ => return,
        };
        let framing = &mut self.state.framing;
        if self.state.camera.generation() != Some(generation) || framing.guide.is_active() {
            return;
        }
        let black = is_black(luminance.mean, luminance.variance);
        framing.black_frames = if black { framing.black_frames.saturating_add(1) } else { 0 };
        let next = if framing.black_frames >= limits::BLACK_FRAMES { Hint::NoPicture } else { Hint::Position };
        if next == hint {
            return;
        }
        if matches!(self.state.screen, Screen::Countdown { .. }) {
            self.stop_auto_capture();
            self.time_capture_again();
        }
        if let Screen::Framing { prompt } = &mut self.state.screen {
            prompt.hint = next;
        }
        self.effect(Effect::Emit(Notice::Guidance {
            hint: next,
            luminance: Some(luminance),
            evidence: None,
            cause: None,
        }));
        self.announce(Announcement::Hint(next));
    }

    /// Frames can't be analysed: lets the person take the photo by hand.
    pub(super) fn vision_unavailable(&mut self, generation: Generation, cause: Rc<str>) {
        if self.state.camera.generation() != Some(generation) || self.state.vision_unavailable {
            return;
        }
        self.state.vision_unavailable = true;
        if self.state.framing.guide.is_active() {
            // It ended with the first report.
            self.effect(Effect::Measure { generation });
        }
        self.state.framing.guide = Default::default();
        self.interrupt_challenge();
        if let Screen::Framing { prompt: Prompt { hint, shutter, .. } } = self.state.screen {
            let hint = if hint == Hint::NoPicture { hint } else { Hint::Position };
            self.state.screen = Screen::Framing { prompt: Prompt { hint, shutter, ..Prompt::default() } };
            self.show_shutter();
            self.time_capture();
            let (luminance, evidence, cause) = (None, None, Some(cause));
            self.effect(Effect::Emit(Notice::Guidance { hint, luminance, evidence, cause }));
        }
    }

    pub(super) fn frame_analysed(&mut self, generation: Generation, report: &Report, at: f64) {
        let CameraState::Open(open, info) = self.state.camera else { return };
        if open != generation || !self.is_live() {
            return;
        }
        self.state.vision_unavailable = false;
        self.cancel_timer(Timer::AutoCapture);
        let challenged = matches!(self.state.challenge.stage, ChallengeStage::Running(_));
        let automatic = self.is_automatic();
        let loosens = automatic && !self.state.framing.choosing && !challenged;
        let framing = &mut self.state.framing;
        framing.seen |= report.faces > 0;
        let seen = Observation { report, at, mirrored: info.mirrored, loosens };
        framing.guide = framing.guide.observe(seen, &self.config.thresholds);
        if framing.guide.frames == 1 {
            // The announcement of the camera's start is read out first.
            framing.said = (Hint::Position, framing.guide.now);
            if automatic {
                self.announce(Announcement::Automatic);
            }
        }
        if let Screen::Countdown { .. } = self.state.screen {
            if self.state.framing.guide.falters() {
                self.stop_auto_capture();
                self.show_prompt(report);
            }
            return;
        }
        self.challenge(report);
        self.show_prompt(report);
        self.capture_if_ready();
    }

    /// Shows the hint, sends a changed hint to the page, and announces it to a screen reader now and then.
    fn show_prompt(&mut self, report: &Report) {
        let Screen::Framing { prompt: before } = self.state.screen else { return };
        let guide = self.state.framing.guide;
        let (hint, asked) = match self.state.challenge.stage {
            ChallengeStage::Running(challenge) => (challenge.hint(), true),
            _ => (guide.hint, false),
        };
        let skip = !self.challenge_is_over() && self.state.challenge.attempts > 0;
        let press = hint == Hint::Hold && self.state.waits_for_press(self.config);
        let prompt = Prompt { hint, passed: Some(guide.checks.passed()), skip, press, ..before };
        self.state.screen = Screen::Framing { prompt };
        self.state.framing.bright |= hint == Hint::TooDark;
        if hint != before.hint {
            let luminance = Luminance { mean: report.frame_mean, variance: report.frame_variance };
            let mut evidence = self.evidence(Some(*report));
            evidence.checks = Some(guide.checks);
            let (luminance, evidence) = (Some(luminance), Some(Rc::new(evidence)));
            self.effect(Effect::Emit(Notice::Guidance { hint, luminance, evidence, cause: None }));
        }
        let (said, at) = self.state.framing.said;
        let now = asked || hint == Hint::NoPicture || guide.now - at >= times::SPOKEN;
        let again = guide.now - at >= times::SPOKEN_AGAIN;
        if hint != Hint::Position && (again || hint != said && now) {
            self.state.framing.said = (hint, guide.now);
            self.announce(if press { Announcement::Press } else { Announcement::Hint(hint) });
        }
        if skip && !before.skip && self.state.challenge.attempts == 1 {
            self.announce(Announcement::Skippable);
        }
    }
}
