//! Pure policy: the length of a wait ([`length`]), and its milliseconds for `setTimeout` ([`milliseconds`]).

use std::time::Duration;

use crate::flow::Delay;

/// Returns the length of a delay. `random` is between 0 and 1 and is used for jitter only.
pub(super) fn length(delay: Delay, random: f64) -> Duration {
    match delay {
        Delay::After(delay) => delay,
        Delay::Jittered { least, most } => least + most.saturating_sub(least).mul_f64(random.clamp(0.0, 1.0)),
    }
}

/// Converts to whole milliseconds, at most `i32::MAX`: browsers run `setTimeout` with a larger delay at once.
pub(super) fn milliseconds(delay: Duration) -> u32 {
    u32::try_from(delay.as_millis()).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_jittered_delay_stays_within_its_bounds() {
        let jittered = Delay::Jittered { least: SECOND, most: 3 * SECOND };
        for (random, wanted) in [(0.0, SECOND), (0.5, 2 * SECOND), (1.0, 3 * SECOND), (-1.0, SECOND), (7.0, 3 * SECOND)]
        {
            assert_eq!(length(jittered, random), wanted, "{random}");
        }
        assert_eq!(length(Delay::Jittered { least: 3 * SECOND, most: SECOND }, 1.0), 3 * SECOND);
        assert_eq!(length(Delay::After(SECOND), 0.7), SECOND);
    }

    #[test]
    fn a_wait_is_never_longer_than_a_browser_can_count() {
        for (delay, wanted) in [
            (Duration::ZERO, 0),
            (Duration::from_micros(1_999), 1),
            (SECOND, 1_000),
            (Duration::from_millis(2_147_483_647), 2_147_483_647),
            (Duration::from_millis(2_147_483_648), 2_147_483_647),
            (Duration::MAX, 2_147_483_647),
        ] {
            assert_eq!(milliseconds(delay), wanted, "{delay:?}");
        }
    }
}
