//! The host of a URL ([`WebUrl`]), without a full URL parser, which would be a tenth of the bytes that a page loads.
//!
//! Browsers follow the WHATWG URL standard and repair URLs: they drop tabs, replace `\` by `/`, and decode percent signs
//! in hosts. The host found here must be the browser's, so a URL that needs a repair is rejected.

/// An absolute `http` or `https` URL without user information, whose host is plain ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WebUrl<'a> {
    text: &'a str,
    secure: bool,
    host: &'a str,
    origin: &'a str,
}

impl<'a> WebUrl<'a> {
    /// Parses a URL. Returns `None` for other texts, and for a URL that a browser would have to repair.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (secure, rest) = match (after_scheme(text, "https://"), after_scheme(text, "http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7F) {
            return None;
        }
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let host = host(rest.get(..end)?)?;
        let origin = text.get(..text.len() - rest.len() + end)?;
        Some(Self { text, secure, host, origin })
    }

    /// Whether requests to it can't be read in transit: `https`, or this machine.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.secure || is_loopback(self.host)
    }

    /// Returns scheme, host and port as written.
    #[must_use]
    pub fn origin(&self) -> &'a str {
        self.origin
    }

    /// Returns the text between `?` and `#`, which may be empty.
    #[must_use]
    pub fn query(&self) -> &'a str {
        let before_fragment = self.text.split('#').next().unwrap_or_default();
        before_fragment.split_once('?').map_or("", |(_, query)| query)
    }
}

/// Whether a host name is this machine: the names that browsers treat as secure contexts, in their usual spelling. Only
/// IPv6 addresses may have brackets.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || matches!(host, "::1" | "[::1]") || is_ipv4_loopback(host)
}

/// Whether a host is in `127.0.0.0/8`, as four decimal numbers. Browsers read a leading zero as octal, so it is rejected.
fn is_ipv4_loopback(host: &str) -> bool {
    let is_octet = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
        plain && text.parse::<u8>().is_ok()
    };
    let Some(rest) = host.strip_prefix("127.") else { return false };
    rest.split('.').count() == 3 && rest.split('.').all(is_octet)
}

fn after_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Returns the host of an authority: a host and an optional port.
fn host(authority: &str) -> Option<&str> {
    let after_bracket = authority.find(']').map_or(0, |at| at + 1);
    let (host, port) = match authority.get(after_bracket..)?.find(':') {
        Some(at) => (authority.get(..after_bracket + at)?, authority.get(after_bracket + at + 1..)),
        None => (authority, None),
    };
    let good_port =
        port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    let good_host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|address| {
            !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        }),
        None => {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        }
    };
    (good_port && good_host).then_some(host)
}
