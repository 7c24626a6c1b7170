//! The challenge, if the page asks for one: how it begins and ends, and what is recorded.

use akiba_vision::Report;

use crate::guidance::{Challenge, ChallengeKind, ChallengeOutcome, ChallengeRecord, Step};

use super::effect::{Announcement, Effect, PhotoSource};
use super::limits;
use super::photo::Generation;
use super::screen::Screen;
use super::state::{ChallengeProgress, ChallengeStage};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    /// Whether no challenge is left to do.
    pub(super) fn challenge_is_over(&self) -> bool {
        self.state.challenge_is_over(self.config)
    }

    /// A challenge counts only for the photo it was done for. If the person skipped it, do not ask again.
    pub(super) fn forget_challenge(&mut self) {
        let left_out = matches!(
            self.state.challenge.stage,
            ChallengeStage::Over(ChallengeRecord {
                outcome: ChallengeOutcome::Skipped | ChallengeOutcome::TimedOut,
                ..
            })
        );
        if !left_out {
            self.state.challenge = ChallengeProgress::default();
        }
    }

    pub(super) fn challenge(&mut self, report: &Report) {
        let Some(kind) = self.config.challenge else { return };
        let now = self.state.framing.guide.now;
        match self.state.challenge.stage {
            ChallengeStage::Waiting if self.is_ready() => self.draw_seed(),
            // Without a face, it waits for one.
            ChallengeStage::Drawn(seed) => {
                if let Some(challenge) = Challenge::begin(kind, seed, report, now) {
                    self.state.challenge.attempts = self.state.challenge.attempts.saturating_add(1);
                    self.state.challenge.stage = ChallengeStage::Running(challenge);
                    self.start_timer_after(Timer::Challenge, limits::CHALLENGE);
                }
            }
            ChallengeStage::Running(challenge) => match challenge.observe(report, now) {
                Step::On(challenge) => self.state.challenge.stage = ChallengeStage::Running(challenge),
                Step::Done(challenge) => {
                    self.state.challenge.stage = ChallengeStage::Running(challenge);
                    self.end_challenge(kind, ChallengeOutcome::Done);
                }
                Step::Lost => self.challenge_failed(kind),
            },
            _ => {}
        }
    }

    fn draw_seed(&mut self) {
        let generation = self.generation();
        self.state.challenge.stage = ChallengeStage::Drawing(generation);
        self.effect(Effect::DrawSeed { generation });
    }

    pub(super) fn seed_drawn(&mut self, generation: Generation, seed: u32) {
        if self.state.challenge.stage == ChallengeStage::Drawing(generation) {
            self.state.challenge.stage = ChallengeStage::Drawn(seed);
        }
    }

    /// The movement was not seen in time, or the face was lost. Starts again, a limited number of times.
    fn challenge_failed(&mut self, kind: ChallengeKind) {
        if self.state.challenge.attempts >= limits::MAX_CHALLENGES {
            self.end_challenge(kind, ChallengeOutcome::TimedOut);
            self.announce(Announcement::ChallengeOver);
        } else {
            self.interrupt_challenge();
            self.state.framing.guide = self.state.framing.guide.restart_hold();
            self.announce(Announcement::ChallengeAgain);
        }
    }

    /// Makes a challenge that has begun wait for a new start.
    pub(super) fn interrupt_challenge(&mut self) {
        if matches!(self.state.challenge.stage, ChallengeStage::Running(_) | ChallengeStage::Drawn(_)) {
            self.cancel_timer(Timer::Challenge);
            self.state.challenge.stage = ChallengeStage::Waiting;
        }
    }

    /// Forgets a challenge that the page no longer asks for. The next frame replaces its hint.
    pub(super) fn challenge_setting_changed(&mut self) {
        let unwanted = match self.state.challenge.stage {
            ChallengeStage::Running(challenge) => Some(challenge.kind()) != self.config.challenge,
            _ => self.config.challenge.is_none(),
        };
        if unwanted {
            self.cancel_timer(Timer::Challenge);
            self.state.challenge = ChallengeProgress::default();
        }
    }

    pub(super) fn challenge_tick(&mut self) {
        if let (Some(kind), ChallengeStage::Running(_)) = (self.config.challenge, self.state.challenge.stage) {
            self.challenge_failed(kind);
        }
    }

    fn end_challenge(&mut self, kind: ChallengeKind, outcome: ChallengeOutcome) {
        self.cancel_timer(Timer::Challenge);
        let movements = match self.state.challenge.stage {
            ChallengeStage::Running(challenge) => challenge.movements(),
            _ => Default::default(),
        };
        let attempts = self.state.challenge.attempts;
        self.state.challenge.stage = ChallengeStage::Over(ChallengeRecord { kind, outcome, attempts, movements });
        self.state.framing.guide = self.state.framing.guide.restart();
    }

    pub(super) fn skip_challenge(&mut self) {
        if let (Some(kind), Screen::Framing { prompt }) = (self.config.challenge, &mut self.state.screen) {
            prompt.skip = false;
            prompt.hint = self.state.framing.guide.hint;
            self.end_challenge(kind, ChallengeOutcome::Skipped);
            self.announce(Announcement::ChallengeOver);
        }
    }

    /// The shutter first begins an outstanding challenge. Pressed again, it skips the challenge.
    pub(super) fn begins_challenge(&mut self) -> bool {
        let begins = !self.challenge_is_over()
            && self.state.framing.guide.is_active()
            && self.state.challenge == ChallengeProgress::default();
        if begins {
            self.draw_seed();
        }
        begins
    }

    /// A photo is about to be made: records an unfinished challenge as not done.
    pub(super) fn close_challenge(&mut self, source: PhotoSource) {
        let Some(kind) = self.config.challenge else { return };
        let camera = matches!(source, PhotoSource::Camera | PhotoSource::Burst);
        match self.state.challenge.stage {
            ChallengeStage::Over(_) if camera => {}
            _ if camera && self.state.framing.guide.is_active() => self.end_challenge(kind, ChallengeOutcome::Skipped),
            _ => self.end_challenge(kind, ChallengeOutcome::Unavailable),
        }
    }
}
