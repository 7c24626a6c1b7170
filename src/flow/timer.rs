//! The timers of the flow ([`Timer`]), and which of them run ([`Timers`]).

use super::photo::Generation;

/// The timers of the flow. Each runs once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Opening the camera takes long.
    CameraSlow,
    /// With `capture="auto"` and `countdown`, where frames can't be looked at: the person had time to get ready.
    AutoCapture,
    /// With `capture="auto"`: the photo was not taken by itself in time.
    Shutter,
    /// The movement was not made in time.
    Challenge,
    /// A second of the countdown.
    Countdown,
    /// The signed link is about to die.
    LinkLife,
    /// The upload has not moved.
    Stall,
    /// A pause before the next try.
    Retry,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Self; 8] = [
        Self::CameraSlow,
        Self::AutoCapture,
        Self::Shutter,
        Self::Challenge,
        Self::Countdown,
        Self::LinkLife,
        Self::Stall,
        Self::Retry,
    ];
}

/// The running timers: for each, the setting that counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timers([Option<Generation>; Timer::ALL.len()]);

impl Timers {
    /// The setting of a timer that runs.
    #[must_use]
    pub fn get(&self, timer: Timer) -> Option<Generation> {
        self.0[timer as usize]
    }

    /// The running timers.
    pub fn running(&self) -> impl Iterator<Item = Timer> {
        Timer::ALL.into_iter().filter(|timer| self.get(*timer).is_some())
    }

    pub(super) fn set(&mut self, timer: Timer, generation: Option<Generation>) {
        self.0[timer as usize] = generation;
    }
}
