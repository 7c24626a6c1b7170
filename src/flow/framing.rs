//! What is made of what the camera sees: the hint, the challenge, and the moment for the photo.

use std::rc::Rc;

use akiba_vision::Report;

use crate::config::Capture;
use crate::guidance::{
    Challenge, ChallengeKind, ChallengeOutcome, ChallengeRecord, Evidence, Guide, Hint, Seen, Step, times,
};

use super::camera::Camera;
use super::effect::{Announcement, Effect, Notice, Source};
use super::limits;
use super::photo::{Generation, Quality};
use super::screen::{Aim, Screen};
use super::state::{Timer, TrialStage};
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn frame_person(&mut self) {
        self.state.guide = Guide::default();
        self.state.black_frames = 0;
        self.state.choosing = false;
        let shutter = self.config.capture == Capture::Manual || self.state.blind;
        self.state.screen = Screen::Framing { aim: Aim { shutter, ..Aim::default() } };
        self.time_capture();
    }

    /// The photo is taken by itself when the checks hold; what happens where they never do goes by time.
    pub(super) fn time_capture(&mut self) {
        let Screen::Framing { aim } = self.state.screen else { return };
        if self.config.capture == Capture::Manual {
            return;
        }
        if self.state.blind && self.config.countdown {
            self.start_timer_after(Timer::AutoCapture, limits::AUTO_CAPTURE);
        }
        if !aim.shutter {
            self.start_timer_after(Timer::Shutter, limits::SHUTTER);
        }
    }

    /// The person can take the photo themselves from now on.
    pub(super) fn show_shutter(&mut self) {
        self.cancel_timer(Timer::Shutter);
        if let Screen::Framing { aim } = &mut self.state.screen {
            aim.shutter = true;
        }
    }

    pub(super) fn blind(&mut self, generation: Generation) {
        if self.state.camera.generation() != Some(generation) || self.state.blind {
            return;
        }
        self.state.blind = true;
        self.state.guide = Guide::default();
        if matches!(self.state.trial.stage, TrialStage::Running(_) | TrialStage::Drawn(_)) {
            self.cancel_timer(Timer::Challenge);
            self.state.trial.stage = TrialStage::Waiting;
        }
        let hint = match self.state.screen {
            Screen::Framing { aim: Aim { hint: Hint::NoPicture, .. } } => Hint::NoPicture,
            _ => Hint::Position,
        };
        if let Screen::Framing { .. } = self.state.screen {
            self.state.screen = Screen::Framing { aim: Aim { hint, shutter: true, ..Aim::default() } };
            self.cancel_timer(Timer::Shutter);
            self.time_capture();
        }
    }

    pub(super) fn seen(&mut self, generation: Generation, report: &Report, at: f64, aspect: f32) {
        let Camera::Open(open, info) = self.state.camera else { return };
        let looking = matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. });
        if open != generation || !looking {
            return;
        }
        self.state.blind = false;
        self.cancel_timer(Timer::AutoCapture);
        let seen = Seen { report, at, aspect, mirrored: info.mirrored };
        self.state.guide = self.state.guide.see(seen, &self.config.thresholds);
        if self.state.guide.frames == 1 {
            // What the camera's start is announced with is read out first.
            self.state.said = (Hint::Position, self.state.guide.now);
        }
        if let Screen::Countdown { .. } = self.state.screen {
            if self.state.guide.falters() {
                self.stop_auto_capture();
                self.aim(report);
            }
            return;
        }
        self.challenge(report);
        self.aim(report);
        if self.config.capture == Capture::Auto && !self.state.choosing && self.state.guide.ready() && self.is_tried() {
            if self.config.countdown { self.count(limits::COUNTDOWN_FROM) } else { self.grab(Source::Burst) }
        }
    }

    /// Whether there is no challenge to come.
    pub(super) fn is_tried(&self) -> bool {
        self.config.challenge.is_none() || matches!(self.state.trial.stage, TrialStage::Over(_))
    }

    fn challenge(&mut self, report: &Report) {
        let Some(kind) = self.config.challenge else { return };
        let now = self.state.guide.now;
        match self.state.trial.stage {
            TrialStage::Waiting if self.state.guide.ready() && !self.state.choosing => self.draw(),
            TrialStage::Drawn(seed) => match Challenge::begin(kind, seed, report, now) {
                Some(challenge) => {
                    self.state.trial.attempts = self.state.trial.attempts.saturating_add(1);
                    self.state.trial.stage = TrialStage::Running(challenge);
                    self.start_timer_after(Timer::Challenge, limits::CHALLENGE);
                }
                None => self.end_challenge(kind, ChallengeOutcome::Unavailable),
            },
            TrialStage::Running(challenge) => match challenge.see(report, now) {
                Step::On(challenge) => self.state.trial.stage = TrialStage::Running(challenge),
                Step::Done(challenge) => {
                    self.state.trial.stage = TrialStage::Running(challenge);
                    self.end_challenge(kind, ChallengeOutcome::Done);
                }
                Step::Lost => self.challenge_failed(kind),
            },
            _ => {}
        }
    }

    fn draw(&mut self) {
        let generation = self.generation();
        self.state.trial.stage = TrialStage::Drawing(generation);
        self.effect(Effect::Draw { generation });
    }

    pub(super) fn drawn(&mut self, generation: Generation, seed: u32) {
        if self.state.trial.stage == TrialStage::Drawing(generation) {
            self.state.trial.stage = TrialStage::Drawn(seed);
        }
    }

    /// Not seen in time, or the face was gone: again, but not for ever.
    fn challenge_failed(&mut self, kind: ChallengeKind) {
        if self.state.trial.attempts >= limits::CHALLENGES {
            self.end_challenge(kind, ChallengeOutcome::TimedOut);
        } else {
            self.cancel_timer(Timer::Challenge);
            self.state.trial.stage = TrialStage::Waiting;
            self.state.guide = self.state.guide.again();
            self.announce(Announcement::ChallengeAgain);
        }
    }

    pub(super) fn challenge_tick(&mut self) {
        if let (Some(kind), TrialStage::Running(_)) = (self.config.challenge, self.state.trial.stage) {
            self.challenge_failed(kind);
        }
    }

    fn end_challenge(&mut self, kind: ChallengeKind, outcome: ChallengeOutcome) {
        self.cancel_timer(Timer::Challenge);
        let movements = match self.state.trial.stage {
            TrialStage::Running(challenge) => challenge.movements(),
            _ => Default::default(),
        };
        let attempts = self.state.trial.attempts;
        self.state.trial.stage = TrialStage::Over(ChallengeRecord { kind, outcome, attempts, movements });
        self.state.guide = self.state.guide.again();
    }

    pub(super) fn skip_challenge(&mut self) {
        if let (Some(kind), Screen::Framing { aim }) = (self.config.challenge, &mut self.state.screen)
            && aim.skip
        {
            aim.skip = false;
            aim.hint = self.state.guide.hint;
            self.end_challenge(kind, ChallengeOutcome::Skipped);
        }
    }

    /// The shutter, while a challenge is to come, begins it; once more, and it is left out.
    pub(super) fn begins_challenge(&mut self) -> bool {
        let begins = !self.is_tried()
            && self.state.guide.sees()
            && self.state.trial.attempts == 0
            && self.state.trial.stage == TrialStage::Waiting;
        if begins {
            self.draw();
        }
        begins
    }

    /// A photo is about to be made: what was asked for and not done stays undone.
    pub(super) fn close_challenge(&mut self, source: Source) {
        let Some(kind) = self.config.challenge else { return };
        let camera = matches!(source, Source::Camera | Source::Burst);
        match self.state.trial.stage {
            TrialStage::Over(_) if camera => {}
            _ if camera && self.state.guide.sees() => self.end_challenge(kind, ChallengeOutcome::Skipped),
            _ => self.end_challenge(kind, ChallengeOutcome::Unavailable),
        }
    }

    pub(super) fn evidence(&self, report: Option<Report>) -> Evidence {
        let challenge = match self.state.trial.stage {
            TrialStage::Over(record) => Some(record),
            _ => None,
        };
        Evidence::new(report, &self.state.guide, self.config.thresholds, challenge)
    }

    /// Shows the hint, tells the page of another one, and a screen reader now and then.
    fn aim(&mut self, report: &Report) {
        let Screen::Framing { aim: before } = self.state.screen else { return };
        let guide = self.state.guide;
        let (hint, asked) = match self.state.trial.stage {
            TrialStage::Running(challenge) => (challenge.hint(), true),
            _ => (guide.hint, false),
        };
        let skip = !self.is_tried() && self.state.trial.attempts > 0;
        let aim = Aim { hint, passed: Some(guide.checks.passed()), skip, ..before };
        self.state.screen = Screen::Framing { aim };
        if hint != before.hint {
            let quality = Quality { luminance_mean: report.frame_mean, luminance_variance: report.frame_variance };
            let mut evidence = self.evidence(Some(*report));
            evidence.checks = Some(guide.checks);
            self.effect(Effect::Emit(Notice::Guidance { hint, quality, evidence: Some(Rc::new(evidence)) }));
        }
        let (said, at) = self.state.said;
        let now = asked || hint == Hint::NoPicture || guide.now - at >= times::SPOKEN;
        if hint != said && hint != Hint::Position && now {
            self.state.said = (hint, guide.now);
            self.announce(Announcement::Hint(hint));
        }
    }
}
