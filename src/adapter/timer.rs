//! The flow's timers ([`Timers`]). Each runs once at a time, and none outlives its owner.

use gloo_timers::callback::Timeout;

use super::delay::{length, milliseconds};
use crate::flow::{Delay, Generation, Timer};

/// The running timers. Dropping them stops them all.
#[derive(Debug, Default)]
pub struct Timers {
    running: Vec<(Timer, Generation, Timeout)>,
}

impl Timers {
    /// Starts a timer and calls `then` when it runs out. Replaces an earlier timer of the same name.
    pub fn start(&mut self, timer: Timer, generation: Generation, delay: Delay, then: impl FnOnce() + 'static) {
        self.running.retain(|(running, ..)| *running != timer);
        let delay = length(delay, js_sys::Math::random());
        self.running.push((timer, generation, Timeout::new(milliseconds(delay), then)));
    }

    /// Stops the timers that are not needed.
    pub fn retain(&mut self, needed: impl Fn(Timer, Generation) -> bool) {
        self.running.retain(|(timer, generation, _)| needed(*timer, *generation));
    }
}
