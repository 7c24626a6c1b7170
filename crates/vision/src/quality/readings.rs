//! The readings of one frame while they are taken ([`Readings`]).

use super::score;
use crate::measure::{Measure, Reading};

/// The readings so far.
#[derive(Default)]
pub(super) struct Readings(pub(super) [Option<Reading>; Measure::ALL.len()]);

impl Readings {
    /// Notes a value with its score. One that is no number is not noted. One copy of this will do: it has 17 callers.
    #[inline(never)]
    pub(super) fn put(&mut self, measure: Measure, value: f32) {
        if value.is_finite() {
            self.0[measure as usize] = Some(Reading { value, score: score::of(measure, value) });
        }
    }
}
