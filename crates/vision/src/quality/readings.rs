//! The results of one frame while they are collected ([`Readings`]).

use super::score;
use crate::measure::{Measure, Reading};

/// The results so far.
#[derive(Default)]
pub(super) struct Readings(pub(super) [Option<Reading>; Measure::ALL.len()]);

impl Readings {
    /// Stores a value with its score, unless it is infinite or NaN. Not inlined: 17 callers would copy it into the module.
    #[inline(never)]
    pub(super) fn put(&mut self, measure: Measure, value: f32) {
        if value.is_finite() {
            self.0[measure as usize] = Some(Reading { value, score: score::of(measure, value) });
        }
    }
}
