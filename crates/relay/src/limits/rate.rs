//! A rate limit as a setting ([`Rate`]): a number of calls in a time.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::Quota;

/// How often one caller may call. `60/m` allows sixty calls a minute, all at once after a minute without calls.
/// `60/m:10` allows at most ten at once. `off` means unlimited. The units are `s`, `m` and `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// No limit.
    Off,
    /// A limit.
    At(Quota),
}

/// The text is not a [`Rate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a rate such as 60/m, 10/s:50 (at most 50 at once) or off")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let (count, rest) = text.split_once('/').ok_or(NotARate)?;
        let (unit, burst) = match rest.split_once(':') {
            Some((unit, burst)) => (unit, number(burst)?),
            None => (rest, number(count)?),
        };
        let time = match unit {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(3_600),
            _ => return Err(NotARate),
        };
        let interval = time.checked_div(number(count)?.get()).ok_or(NotARate)?;
        Ok(Self::At(Quota::with_period(interval).ok_or(NotARate)?.allow_burst(burst)))
    }
}

/// Parses a whole number from 1 to a million. A larger limit is probably a mistake for `off`.
fn number(text: &str) -> Result<NonZeroU32, NotARate> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number: &NonZeroU32| digits && number.get() <= 1_000_000);
    number.ok_or(NotARate)
}

impl Rate {
    /// Returns the limit, if there is one.
    #[must_use]
    pub fn quota(self) -> Option<Quota> {
        match self {
            Self::Off => None,
            Self::At(quota) => Some(quota),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Rate;

    #[test]
    fn rates_are_parsed() {
        let rows = [
            ("60/m", Duration::from_secs(1), 60),
            ("60/m:10", Duration::from_secs(1), 10),
            ("10/s:50", Duration::from_millis(100), 50),
            ("1/h", Duration::from_secs(3_600), 1),
            ("1000000/s", Duration::from_micros(1), 1_000_000),
        ];
        for (text, interval, burst) in rows {
            let quota = text.parse::<Rate>().unwrap().quota().unwrap();
            assert_eq!((quota.replenish_interval(), quota.burst_size().get()), (interval, burst), "{text}");
        }
        assert_eq!("off".parse(), Ok(Rate::Off));
        let wrong = [
            "",
            "60",
            "60/",
            "/m",
            "0/m",
            "60/m:0",
            "60/d",
            "60/m:",
            "-1/m",
            "+1/m",
            "1.5/m",
            "60/m:x",
            "60 / m",
            "OFF",
            "1000001/s",
            "99999999999/s",
        ];
        for wrong in wrong {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }
}
