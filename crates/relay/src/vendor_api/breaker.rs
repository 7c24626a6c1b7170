//! Stops asking a vendor that fails for links ([`Breaker`], a circuit breaker). A photo for which no verdict can be given
//! is wasted work of a person, and every call that waits for a timeout holds a permit.
//!
//! - Closed: all calls are made. After a number of failures in a row of one kind of call, it opens.
//! - Open: no link is asked for. Calls for a verdict are always made, as their photos are uploaded already.
//! - Half-open, after a pause or after a verdict: one call for a link is made as a probe. Its success closes the breaker,
//!   its failure opens it again. If only calls for a verdict had failed, one that succeeds closes the breaker, too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A call to the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Link,
    Verdict,
}

/// The state of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Links are asked for.
    Closed,
    /// No link is asked for.
    Open,
    /// One link may be asked for, as a probe.
    HalfOpen,
}

impl BreakerState {
    /// Returns the word for the metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// A circuit breaker for one vendor.
#[derive(Debug)]
pub struct Breaker {
    /// Failures in a row that open it. It never opens if this is 0.
    failures: u32,
    pause: Duration,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Failures in a row.
    links: u32,
    verdicts: u32,
    position: Position,
}

#[derive(Clone, Copy, Debug, Default)]
enum Position {
    #[default]
    Closed,
    /// Half-open from this time on.
    OpenUntil(Instant),
    /// The probe is running.
    Probing,
}

/// If a caller hangs up after the vendor has been silent for this long, the call counts as a failure. A page gives up
/// before the vendor's timeout, so otherwise nothing would notice a vendor that never answers.
pub(super) const SILENCE: Duration = Duration::from_secs(5);

/// Permission to ask for one link. If it is dropped without a result, the next call may be the probe.
#[derive(Debug)]
#[must_use]
pub struct LinkPass {
    breaker: Arc<Breaker>,
    probe: bool,
    /// When the call began, until it has ended.
    waiting_since: Option<Instant>,
}

impl Breaker {
    /// Creates a closed breaker that opens after this many failures in a row, for this long.
    pub(super) fn new(failures: u32, pause: Duration) -> Self {
        Self { failures, pause, inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        match self.lock().position {
            Position::Closed => BreakerState::Closed,
            Position::OpenUntil(time) if Instant::now() < time => BreakerState::Open,
            Position::OpenUntil(_) | Position::Probing => BreakerState::HalfOpen,
        }
    }

    /// Asks whether a link may be asked for.
    ///
    /// # Errors
    /// The number of seconds, at least one, after which it is worth trying again.
    pub(super) fn pass(self: &Arc<Self>) -> Result<LinkPass, u32> {
        let mut inner = self.lock();
        let probe = match inner.position {
            Position::Closed => false,
            Position::Probing => return Err(1),
            Position::OpenUntil(time) => {
                let wait = time.saturating_duration_since(Instant::now());
                if !wait.is_zero() {
                    return Err(u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1));
                }
                inner.position = Position::Probing;
                true
            }
        };
        drop(inner);
        Ok(LinkPass { breaker: Arc::clone(self), probe, waiting_since: None })
    }

    /// Records how a call for a verdict ended.
    pub(super) fn verdict_ended(&self, failed: bool) {
        self.ended(Call::Verdict, failed, false);
    }

    fn ended(&self, call: Call, failed: bool, probe: bool) {
        let mut inner = self.lock();
        let streak = match call {
            Call::Link => &mut inner.links,
            Call::Verdict => &mut inner.verdicts,
        };
        *streak = if failed { streak.saturating_add(1) } else { 0 };
        let opens = self.failures > 0 && *streak >= self.failures;
        let now = Instant::now();
        let before = inner.position;
        match (before, failed) {
            (Position::Closed, true) if opens => inner.position = Position::OpenUntil(now + self.pause),
            (Position::Probing, true) if probe => inner.position = Position::OpenUntil(now + self.pause),
            (Position::Probing, false) if probe => *inner = Inner::default(),
            // A late answer of a call that began before the breaker opened says nothing about now.
            (Position::OpenUntil(_) | Position::Probing, false) if call == Call::Verdict => {
                if inner.links < self.failures {
                    inner.position = Position::Closed;
                } else if let Position::OpenUntil(_) = before {
                    inner.position = Position::OpenUntil(now);
                }
            }
            _ => {}
        }
        match (before, inner.position) {
            (Position::Closed, Position::OpenUntil(_)) => {
                tracing::warn!("the vendor fails: the relay asks for no links until a call succeeds");
            }
            (Position::OpenUntil(_) | Position::Probing, Position::Closed) => {
                tracing::info!("the vendor answers again: the relay asks for links");
            }
            _ => {}
        }
    }
}

impl LinkPass {
    /// Records that the call begins.
    pub(super) fn waiting(mut self) -> Self {
        self.waiting_since = Some(Instant::now());
        self
    }

    /// Records how the call for the link ended.
    pub(super) fn ended(mut self, failed: bool) {
        self.end(failed);
    }

    fn end(&mut self, failed: bool) {
        self.breaker.ended(Call::Link, failed, self.probe);
        (self.probe, self.waiting_since) = (false, None);
    }
}

impl Drop for LinkPass {
    fn drop(&mut self) {
        if self.waiting_since.is_some_and(|since| since.elapsed() >= SILENCE) {
            self.end(true);
        }
        if self.probe {
            let mut inner = self.breaker.lock();
            if let Position::Probing = inner.position {
                inner.position = Position::OpenUntil(Instant::now());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Breaker, BreakerState};

    const PAUSE: Duration = Duration::from_millis(200);

    fn breaker(failures: u32) -> Arc<Breaker> {
        Arc::new(Breaker::new(failures, PAUSE))
    }

    fn links(breaker: &Arc<Breaker>, results: &[bool]) {
        for &failed in results {
            breaker.pass().unwrap().ended(failed);
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_probe_closes_it() {
        let breaker = breaker(3);
        links(&breaker, &[true, true, false, true, true]);
        assert_eq!(breaker.state(), BreakerState::Closed);
        links(&breaker, &[true]);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert_eq!(breaker.pass().err(), Some(1));
        std::thread::sleep(PAUSE);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.pass().unwrap();
        assert_eq!(breaker.pass().err(), Some(1), "there is one probe at a time");
        probe.ended(true);
        assert_eq!(breaker.state(), BreakerState::Open);
        std::thread::sleep(PAUSE);
        // The caller of the probe hangs up.
        drop(breaker.pass().unwrap());
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        breaker.pass().unwrap().ended(false);
        assert_eq!(breaker.state(), BreakerState::Closed);
        links(&breaker, &[true, true]);
        assert_eq!(breaker.state(), BreakerState::Closed, "the count begins again");
    }

    #[test]
    fn a_verdict_is_a_probe() {
        let breaker = breaker(2);
        breaker.verdict_ended(true);
        links(&breaker, &[false]);
        breaker.verdict_ended(true);
        assert_eq!(breaker.state(), BreakerState::Open, "links do not hide failing verdicts");
        breaker.verdict_ended(true);
        breaker.verdict_ended(false);
        assert_eq!(breaker.state(), BreakerState::Closed);
        // Only links fail: the verdict allows a probe, but does not let all links through.
        links(&breaker, &[true, true]);
        assert_eq!(breaker.state(), BreakerState::Open);
        breaker.verdict_ended(false);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.pass().unwrap();
        breaker.verdict_ended(false);
        assert!(breaker.pass().is_err());
        probe.ended(false);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn late_answers_change_nothing_while_it_is_open() {
        let breaker = breaker(2);
        let late: Vec<_> = (0..4).map(|_| breaker.pass().unwrap()).collect();
        let mut late = late.into_iter();
        for failed in [true, true, false, true] {
            late.next().unwrap().ended(failed);
        }
        assert_eq!(breaker.state(), BreakerState::Open);
    }

    #[test]
    fn it_can_be_turned_off() {
        let breaker = breaker(0);
        links(&breaker, &[true; 50]);
        breaker.verdict_ended(true);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}
