//! The vendor's word on when to try again ([`seconds`]): `Retry-After` of RFC 9110, section 10.2.3.

use std::time::SystemTime;

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// Longest wait that is passed on, in seconds. Nobody waits longer in front of a camera.
const LONGEST: u64 = 3_600;

/// The seconds that an answer asks to wait; `None` when it does not say, or says nothing of sense.
#[must_use]
pub fn seconds(headers: &HeaderMap) -> Option<u32> {
    parse(headers.get(RETRY_AFTER)?.to_str().ok()?, SystemTime::now())
}

/// Reads whole seconds or a date, between 1 second and an hour from `now`.
fn parse(text: &str, now: SystemTime) -> Option<u32> {
    let text = text.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        // Rounded up, so that a caller never comes back a moment too early.
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).ok()?.as_millis().div_ceil(1_000) as u64,
    };
    (1..=LONGEST).contains(&seconds).then_some(seconds as u32)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::parse;

    #[test]
    fn only_a_sane_wait_is_passed_on() {
        // Sun, 06 Nov 1994 08:49:37 GMT, less 30 and a half seconds.
        let now = UNIX_EPOCH + Duration::from_millis(784_111_777_000 - 30_500);
        let rows = [
            ("7", Some(7)),
            (" 3600 ", Some(3_600)),
            ("3601", None),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
            ("99999999999999999999", None),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(31)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", None),
            ("Sun, 06 Nov 2094 08:49:37 GMT", None),
        ];
        for (text, wait) in rows {
            assert_eq!(parse(text, now), wait, "{text}");
        }
    }
}
