//! The flow's timers ([`Timers`]): each runs once at a time, and none outlives its owner.

use gloo_timers::callback::Timeout;

use super::delay::{length, milliseconds};
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
        let delay = length(delay, js_sys::Math::random());
        self.running.push((timer, Timeout::new(milliseconds(delay), then)));
    }

    /// Stops a timer. One that does not run stays as it is.
    pub fn cancel(&mut self, timer: Timer) {
        self.running.retain(|(running, _)| *running != timer);
    }
}
