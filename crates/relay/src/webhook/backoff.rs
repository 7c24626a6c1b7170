//! When an undelivered webhook is tried again ([`delay`]), and for how long ([`is_exhausted`]). Pure.

use std::time::Duration;

/// How long a webhook is tried, from when it was made.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// How often it is tried at least: a relay that was off for a day has not tried. They are spread over four hours.
const MIN_ATTEMPTS: i64 = 8;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// The wait after the `attempts`-th try, from 1: 5 s, 20 s, 80 s, … up to two hours, and up to a quarter more by
/// `chance`, so that what failed together is not tried together.
#[must_use]
pub fn delay(attempts: i64, chance: u16) -> Duration {
    let exponent = u32::try_from(attempts.saturating_sub(1).clamp(0, 8)).unwrap_or(8);
    let wait = FIRST.saturating_mul(4_u32.saturating_pow(exponent)).min(LONGEST);
    wait + wait / 4 * u32::from(chance) / u32::from(u16::MAX)
}

/// Whether a webhook is given up that was tried so often, and that would be tried next at a time.
#[must_use]
pub fn is_exhausted(attempts: i64, next_at: i64, give_up_at: i64) -> bool {
    next_at >= give_up_at && attempts >= MIN_ATTEMPTS
}

#[cfg(test)]
mod tests {
    use super::{GIVE_UP_AFTER, delay, is_exhausted};

    #[test]
    fn a_day_is_over_only_for_what_was_tried() {
        for (attempts, next_at, over) in
            [(1, 99, false), (7, 100, false), (8, 99, false), (8, 100, true), (17, 101, true)]
        {
            assert_eq!(is_exhausted(attempts, next_at, 100), over, "{attempts} {next_at}");
        }
    }

    #[test]
    fn tries_grow_rarer_and_reach_over_a_day() {
        let seconds = |attempts| delay(attempts, 0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 100].map(seconds), [5, 20, 80, 320, 1_280, 5_120, 7_200, 7_200]);
        assert_eq!(seconds(0), 5);
        assert_eq!(delay(1, u16::MAX).as_millis(), 6_250);
        let mut spent = 0;
        let tries = (1..).take_while(|&attempt| {
            spent += seconds(attempt);
            spent < GIVE_UP_AFTER.as_secs()
        });
        assert_eq!(tries.count(), 17);
    }
}
