//! The clock ([`Clock`]), and times and durations as text.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// The machine's clock, plus an offset for tests. Clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// Returns the time in milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        Timestamp::now().as_millisecond().saturating_add(self.offset())
    }

    /// Returns what tests have added to the machine's clock, in milliseconds.
    pub(crate) fn offset(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Puts the clock forward, or back if the number is negative, so that tests need not wait.
    pub fn put_forward(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

/// Returns a duration in milliseconds.
#[must_use]
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Parses a duration above zero, such as `30s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err("it must be above zero".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

/// Formats milliseconds since 1970 as in RFC 3339, in UTC. A time out of range becomes the start of 1970.
#[must_use]
pub fn rfc3339(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string()
}

/// Parses a time as in RFC 3339. Returns milliseconds since 1970, or `None` if the text is not a time.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(|time| time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::{Clock, parse_rfc3339, rfc3339};

    #[test]
    fn times_are_formatted_and_parsed() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_700_000_000_250), "2023-11-14T22:13:20.25Z");
        assert_eq!(parse_rfc3339("2023-11-14T22:13:20.25Z"), Some(1_700_000_000_250));
        assert_eq!(parse_rfc3339("2023-11-15T00:13:20+02:00"), Some(1_700_000_000_000));
        for wrong in ["", "today", "2023-11-14", "2023-11-14T22:13:20"] {
            assert_eq!(parse_rfc3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_clock_can_be_put_forward() {
        let clock = Clock::default();
        let before = clock.now();
        clock.clone().put_forward(60_000);
        assert!(clock.now() >= before + 60_000);
    }
}
