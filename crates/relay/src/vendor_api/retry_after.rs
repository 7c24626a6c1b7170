//! Reads the `Retry-After` header of a vendor's answer ([`seconds`]; RFC 9110, section 10.2.3).

use std::time::SystemTime;

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// Longest wait that is passed on, in seconds. Nobody waits longer in front of a camera.
const MAX_SECONDS: u64 = 3_600;

/// Returns the seconds to wait; `None` if the header is missing, invalid or out of range.
#[must_use]
pub fn seconds(headers: &HeaderMap) -> Option<u32> {
    parse(headers.get(RETRY_AFTER)?.to_str().ok()?, SystemTime::now())
}

/// Parses whole seconds or a date, from one second to one hour after `now`.
fn parse(text: &str, now: SystemTime) -> Option<u32> {
    let text = text.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        // Rounded up, so that the caller does not retry too early.
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).ok()?.as_millis().div_ceil(1_000) as u64,
    };
    (1..=MAX_SECONDS).contains(&seconds).then_some(seconds as u32)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::parse;

    #[test]
    fn a_wait_of_one_second_to_one_hour_is_parsed() {
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
