//! Pure policy: which text can be sent as a session token ([`sendable`]).

/// The longest token: proxies and servers reject header lines from 8 kB on.
const LONGEST: usize = 7_000;

/// Returns the text if it may stand in a header: printable ASCII without spaces (RFC 6750, `b64token`, read generously).
pub(super) fn sendable(text: String) -> Option<String> {
    let good = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    good.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_printable_ascii_of_a_header_line_is_sent() {
        for good in ["a".to_owned(), "abc.DEF-1~+/=".to_owned(), "x".repeat(7_000)] {
            assert_eq!(sendable(good.clone()), Some(good));
        }
        for bad in ["", "a b", "a\r\nX-Other: b", "a\0b", "é", "\u{7f}"] {
            assert_eq!(sendable(bad.to_owned()), None, "{bad:?}");
        }
        assert_eq!(sendable("x".repeat(7_001)), None);
    }
}
