//! Turns a series of reports into the current hint and the moment for the photo ([`Guide`]).

use akiba_vision::Report;

use super::check::{CheckContext, Checks, check};
use super::hint::Hint;
use super::thresholds::{Thresholds, times};

/// A report with its circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// The report of the part of the frame that is shown.
    pub report: &'a Report,
    /// The time in milliseconds.
    pub at: f64,
    /// Whether the person sees it mirrored.
    pub mirrored: bool,
    /// Whether the limits may loosen: a photo would be taken automatically.
    pub loosens: bool,
}

/// The result of all reports so far. Times come from the reports, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guide {
    /// The number of reports.
    pub frames: u32,
    /// The time of the first report.
    pub began: f64,
    /// The time of the last report.
    pub now: f64,
    /// The time of the first report with a face.
    pub first_face: Option<f64>,
    /// The current hint.
    pub hint: Hint,
    /// The checks that pass.
    pub checks: Checks,
    /// The number of steps by which the limits are loosened.
    pub steps: u8,
    /// Since when the hint is shown.
    shown: f64,
    /// The hint to show next, and since when.
    wanted: Hint,
    settled: f64,
    /// Since when all checks pass.
    good: Option<f64>,
    /// Since when not all checks pass.
    bad: Option<f64>,
    /// The hint before this one.
    previous: Hint,
    /// How long a face was in sight while the limits could loosen.
    in_sight: f64,
}

impl Guide {
    /// Adds one report.
    #[must_use]
    pub fn observe(mut self, seen: Observation<'_>, thresholds: &Thresholds) -> Self {
        let first = self.frames == 0;
        // A time that is not a number, or that goes back, counts as no change.
        let now = if seen.at.is_finite() && (first || seen.at > self.now) { seen.at } else { self.now };
        let gap = now - self.now;
        self.frames = self.frames.saturating_add(1);
        if first {
            (self.began, self.shown, self.settled) = (now, now, now);
        }
        self.now = now;
        let context = CheckContext { thresholds, steps: self.steps, before: self.checks, mirrored: seen.mirrored };
        let (checks, wanted) = check(seen.report, &context);
        self.checks = checks;
        self.keep_time(if first { 0.0 } else { gap }, seen);
        self.say(wanted, first);
        self
    }

    fn keep_time(&mut self, gap: f64, seen: Observation<'_>) {
        let known = gap <= times::GAP;
        if self.checks.all() {
            self.good = self.good.filter(|_| known).or(Some(self.now));
            self.bad = None;
        } else {
            self.good = None;
            self.bad = self.bad.or(Some(self.now));
        }
        if seen.report.face.is_some() {
            self.first_face = self.first_face.or(Some(self.now));
            if seen.loosens {
                self.in_sight += gap.min(times::GAP);
            }
            let steps = (self.in_sight / times::LOOSEN) as u8;
            self.steps = steps.min(times::LOOSEST);
        }
    }

    fn say(&mut self, wanted: Hint, first: bool) {
        if wanted != self.wanted || first {
            (self.wanted, self.settled) = (wanted, self.now);
        }
        let settled = self.now - self.settled
            >= match wanted {
                Hint::NoPicture => times::SETTLED_NO_PICTURE,
                Hint::NoFace => times::SETTLED_NO_FACE,
                _ if self.hint == Hint::Position => 0.0,
                again if again == self.previous && !again.is_urgent() && again != Hint::Hold => times::SETTLED_AGAIN,
                _ => times::SETTLED,
            };
        let least = match (self.hint, wanted.is_urgent()) {
            (Hint::Position, _) => 0.0,
            (_, true) => times::SHOWN_BEFORE_URGENT,
            (_, false) => times::SHOWN,
        };
        if wanted != self.hint && settled && self.now - self.shown >= least {
            (self.previous, self.hint, self.shown) = (self.hint, wanted, self.now);
        }
    }

    /// Whether frames are analysed.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.frames > 0
    }

    /// Whether this is the moment for the photo.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.good.is_some_and(|since| self.now - since >= times::HOLD)
    }

    /// Whether a countdown must stop.
    #[must_use]
    pub fn falters(&self) -> bool {
        self.bad.is_some_and(|since| self.now - since > times::FALTER)
    }

    /// Begins again to loosen the limits and to wait: what was good enough before a challenge may not be after it.
    #[must_use]
    pub fn restart(mut self) -> Self {
        (self.steps, self.in_sight) = (0, 0.0);
        self.restart_hold()
    }

    /// Waits the full time again for all checks to pass.
    #[must_use]
    pub fn restart_hold(mut self) -> Self {
        self.good = self.good.map(|_| self.now);
        self
    }
}
