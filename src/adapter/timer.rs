//! The flow's timers ([`Timers`]): each runs once at a time, and none outlives its owner.

use std::time::Duration;

use gloo_timers::callback::Timeout;

use crate::flow::{Delay, Timer};

/// The timers that run. Dropping it stops them all.
#[derive(Debug, Default)]
pub struct Timers {
    running: Vec<(Timer, Timeout)>,
}

impl Timers {
    /// Starts a timer, in place of an earlier one of its name, and calls `then` when it has run out.
    pub fn start(&mut self, timer: Timer, delay: Delay, then: impl FnOnce() + 'static) {
        self.cancel(timer);
        let delay = match delay {
            Delay::After(delay) => delay,
            Delay::Jittered { least, most } => {
                least + most.saturating_sub(least).mul_f64(js_sys::Math::random().clamp(0.0, 1.0))
            }
        };
        self.running.push((timer, Timeout::new(milliseconds(delay), then)));
    }

    /// Stops a timer. One that does not run stays as it is.
    pub fn cancel(&mut self, timer: Timer) {
        self.running.retain(|(running, _)| *running != timer);
    }
}

/// Whole milliseconds as `setTimeout` takes them: a longer wait than its 32 signed bits hold would end at once.
pub(super) fn milliseconds(delay: Duration) -> u32 {
    u32::try_from(delay.as_millis()).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())
}
