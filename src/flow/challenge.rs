//! The challenge, where the page asks for one: when it begins, how it ends, and what is recorded.

use akiba_vision::Report;

use crate::guidance::{Challenge, ChallengeKind, ChallengeOutcome, ChallengeRecord, Step};

use super::effect::{Announcement, Effect, Source};
use super::limits;
use super::photo::Generation;
use super::screen::Screen;
use super::state::{Trial, TrialStage};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    /// Whether there is no challenge to come.
    pub(super) fn is_tried(&self) -> bool {
        self.config.challenge.is_none() || matches!(self.state.trial.stage, TrialStage::Over(_))
    }

    /// A movement belongs to the photo that it was made for. Who left it out is not asked again.
    pub(super) fn forget_challenge(&mut self) {
        let left_out = matches!(
            self.state.trial.stage,
            TrialStage::Over(ChallengeRecord { outcome: ChallengeOutcome::Skipped | ChallengeOutcome::TimedOut, .. })
        );
        if !left_out {
            self.state.trial = Trial::default();
        }
    }

    pub(super) fn challenge(&mut self, report: &Report) {
        let Some(kind) = self.config.challenge else { return };
        let now = self.state.framing.guide.now;
        match self.state.trial.stage {
            TrialStage::Waiting if self.is_ready() => self.draw(),
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
            self.interrupt_challenge();
            self.state.framing.guide = self.state.framing.guide.again();
            self.announce(Announcement::ChallengeAgain);
        }
    }

    /// A challenge that was begun waits to begin again.
    pub(super) fn interrupt_challenge(&mut self) {
        if matches!(self.state.trial.stage, TrialStage::Running(_) | TrialStage::Drawn(_)) {
            self.cancel_timer(Timer::Challenge);
            self.state.trial.stage = TrialStage::Waiting;
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
        self.state.framing.guide = self.state.framing.guide.again();
    }

    pub(super) fn skip_challenge(&mut self) {
        if let (Some(kind), Screen::Framing { aim }) = (self.config.challenge, &mut self.state.screen)
            && aim.skip
        {
            aim.skip = false;
            aim.hint = self.state.framing.guide.hint;
            self.end_challenge(kind, ChallengeOutcome::Skipped);
        }
    }

    /// The shutter, while a challenge is to come, begins it; once more, and it is left out.
    pub(super) fn begins_challenge(&mut self) -> bool {
        let begins = !self.is_tried() && self.state.framing.guide.sees() && self.state.trial == Trial::default();
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
            _ if camera && self.state.framing.guide.sees() => self.end_challenge(kind, ChallengeOutcome::Skipped),
            _ => self.end_challenge(kind, ChallengeOutcome::Unavailable),
        }
    }
}
