//! Where a URL leads, without a full URL parser, which would be a tenth of what a page loads ([`WebUrl`]).
//!
//! Browsers read URLs by the WHATWG URL standard, which repairs much: they drop tabs, take `\` for `/`, decode percent
//! signs in hosts. What is read here has to lead them to the same host, so only what needs no repair is read at all.

/// An absolute `http` or `https` URL with no user information, whose host is plain ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WebUrl<'a> {
    text: &'a str,
    secure: bool,
    host: &'a str,
    origin: &'a str,
}

impl<'a> WebUrl<'a> {
    /// Reads a URL; `None` for anything else, and for whatever a browser would have to repair.
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

    /// Whether what is sent there can't be read on the way: `https`, or this machine.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.secure || is_loopback(self.host)
    }

    /// Scheme, host and port, as they were written.
    #[must_use]
    pub fn origin(&self) -> &'a str {
        self.origin
    }

    /// What stands between `?` and `#`; empty where there is none.
    #[must_use]
    pub fn query(&self) -> &'a str {
        let before_fragment = self.text.split('#').next().unwrap_or_default();
        before_fragment.split_once('?').map_or("", |(_, query)| query)
    }
}

/// Whether a host name is this machine: the exceptions that browsers make for secure contexts, in their usual spelling.
/// IPv6 addresses may stand in brackets; nothing else may.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || matches!(host, "::1" | "[::1]") || is_ipv4_loopback(host)
}

/// `127.0.0.0/8`, as four decimal numbers: browsers read a number with a leading zero as octal.
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

/// The host of an authority that is a host and, perhaps, a port.
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
