//! When an undelivered webhook is tried again ([`wait`]), and for how long ([`PATIENCE`]). Pure.

use std::time::Duration;

/// How long a webhook is tried, from when it was made.
pub const PATIENCE: Duration = Duration::from_secs(24 * 3_600);

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// The wait after the `attempts`-th try, from 1: 5 s, 20 s, 80 s, … up to two hours, and up to a quarter more by
/// `chance`, so that what failed together is not tried together.
#[must_use]
pub fn wait(attempts: i64, chance: u8) -> Duration {
    let exponent = u32::try_from(attempts.saturating_sub(1).clamp(0, 8)).unwrap_or(8);
    let wait = FIRST.saturating_mul(4_u32.saturating_pow(exponent)).min(LONGEST);
    wait + wait / 4 * u32::from(chance) / 255
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, wait};

    #[test]
    fn tries_grow_rarer_and_reach_over_a_day() {
        let seconds = |attempts| wait(attempts, 0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 100].map(seconds), [5, 20, 80, 320, 1_280, 5_120, 7_200, 7_200]);
        assert_eq!(seconds(0), 5);
        assert_eq!(wait(1, 255).as_millis(), 6_250);
        let mut spent = 0;
        let tries = (1..).take_while(|&attempt| {
            spent += seconds(attempt);
            spent < PATIENCE.as_secs()
        });
        assert_eq!(tries.count(), 17);
    }
}
