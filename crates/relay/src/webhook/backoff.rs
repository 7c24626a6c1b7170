//! Computes when to retry an undelivered webhook ([`delay`]), and when to give up ([`is_exhausted`]). Pure.

use std::time::Duration;

/// How long after its creation a webhook is retried.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// The minimum number of attempts, as a relay that was off for a day has not tried at all. Eight attempts take four
/// hours.
const MIN_ATTEMPTS: i64 = 8;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// Returns the wait after attempt number `attempts`, counted from 1: 5 s, 20 s, 80 s, … up to two hours. `jitter` adds
/// up to a quarter, so that webhooks that failed together are not retried together.
#[must_use]
pub fn delay(attempts: i64, jitter: u16) -> Duration {
    let exponent = u32::try_from(attempts.saturating_sub(1).clamp(0, 8)).unwrap_or(8);
    let wait = FIRST.saturating_mul(4_u32.saturating_pow(exponent)).min(LONGEST);
    wait + wait / 4 * u32::from(jitter) / u32::from(u16::MAX)
}

/// Returns whether to give up a webhook after this many attempts, if the next attempt would be at `next_at`.
#[must_use]
pub fn is_exhausted(attempts: i64, next_at: i64, give_up_at: i64) -> bool {
    next_at >= give_up_at && attempts >= MIN_ATTEMPTS
}

#[cfg(test)]
mod tests {
    use super::{GIVE_UP_AFTER, delay, is_exhausted};
    use crate::clock::milliseconds;
    use crate::store::future::LONGEST_PAUSE;

    #[test]
    fn giving_up_needs_both_a_day_and_enough_attempts() {
        for (attempts, next_at, exhausted) in
            [(1, 99, false), (7, 100, false), (8, 99, false), (8, 100, true), (17, 101, true)]
        {
            assert_eq!(is_exhausted(attempts, next_at, 100), exhausted, "{attempts} {next_at}");
        }
    }

    #[test]
    fn delays_grow_and_the_attempts_cover_a_day() {
        let seconds = |attempts| delay(attempts, 0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 100].map(seconds), [5, 20, 80, 320, 1_280, 5_120, 7_200, 7_200]);
        assert_eq!(seconds(0), 5);
        assert_eq!(delay(1, u16::MAX).as_millis(), 6_250);
        let mut elapsed = 0;
        let retries = (1..).take_while(|&attempt| {
            elapsed += seconds(attempt);
            elapsed < GIVE_UP_AFTER.as_secs()
        });
        assert_eq!(retries.count(), 17);
    }

    #[tokio::test]
    async fn the_database_knows_the_longest_delay() {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        for attempts in 1..20_i64 {
            let sql = format!("SELECT {LONGEST_PAUSE} FROM (SELECT $1 AS attempts)");
            let (pause,): (i64,) = sqlx::query_as(&sql).bind(attempts).fetch_one(&pool).await.unwrap();
            let longest = milliseconds(delay(attempts, u16::MAX));
            assert!((longest..=longest + longest / 1_000).contains(&pause), "{attempts}: {pause} for {longest}");
        }
    }
}
