//! The timers of the flow ([`Timer`]), and the running ones ([`Timers`]).

use super::photo::Generation;

/// The timers of the flow. Each runs once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Opening the camera takes long.
    CameraSlow,
    /// With `capture="auto"` and `countdown`, if frames can't be analysed: the person had time to get ready.
    AutoCapture,
    /// With `capture="auto"`: no photo was taken automatically in time.
    Shutter,
    /// The person has framed so long that the page's other way is offered.
    OtherWay,
    /// The challenge was not done in time.
    Challenge,
    /// Time to check whether anybody is in front of the camera.
    Away,
    /// A second of the countdown.
    Countdown,
    /// The signed link is about to expire.
    LinkLife,
    /// The upload makes no progress.
    Stall,
    /// The pause before the next attempt is over.
    Retry,
    /// The verdict takes long.
    Verdict,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Self; 11] = [
        Self::CameraSlow,
        Self::AutoCapture,
        Self::Shutter,
        Self::OtherWay,
        Self::Challenge,
        Self::Away,
        Self::Countdown,
        Self::LinkLife,
        Self::Stall,
        Self::Retry,
        Self::Verdict,
    ];
}

/// The running timers: for each, the start that counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timers([Option<Generation>; Timer::ALL.len()]);

impl Timers {
    /// Returns the start of a running timer.
    #[must_use]
    pub fn get(&self, timer: Timer) -> Option<Generation> {
        self.0[timer as usize]
    }

    /// Returns the running timers.
    pub fn running(&self) -> impl Iterator<Item = Timer> {
        Timer::ALL.into_iter().filter(|timer| self.get(*timer).is_some())
    }

    pub(super) fn set(&mut self, timer: Timer, generation: Option<Generation>) {
        self.0[timer as usize] = generation;
    }
}
