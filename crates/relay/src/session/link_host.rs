//! Where a signed link may lead ([`LinkHost`]): the page sends a person's photo there, so a vendor's answer that was
//! tampered with must not choose the place freely.

use std::str::FromStr;

use akiba_protocol::is_loopback;
use url::Url;

/// A host on the list: `bucket.s3.af-south-1.amazonaws.com`, `*.amazonaws.com` for every host below a domain, or
/// `storage.example:8443`. With no port, the scheme's own is meant; this machine may have any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkHost {
    host: String,
    below: bool,
    port: Option<u16>,
}

/// The text is no [`LinkHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a host such as bucket.s3.amazonaws.com, *.amazonaws.com or storage.example:8443")]
pub struct NotALinkHost;

impl FromStr for LinkHost {
    type Err = NotALinkHost;

    fn from_str(text: &str) -> Result<Self, NotALinkHost> {
        let below = text.strip_prefix("*.");
        let authority = below.unwrap_or(text);
        let url = Url::parse(&format!("https://{authority}/")).map_err(|_| NotALinkHost)?;
        let host = url.host_str().ok_or(NotALinkHost)?.to_owned();
        // The URL standard repairs much; only what needs no repair is taken.
        let port = authority.strip_prefix(&host).ok_or(NotALinkHost)?;
        let port = match port.strip_prefix(':') {
            Some(port) => Some(port.parse().map_err(|_| NotALinkHost)?),
            None if port.is_empty() => None,
            None => return Err(NotALinkHost),
        };
        let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '[' | ']' | ':');
        if !host.chars().all(plain) {
            return Err(NotALinkHost);
        }
        // Below a top-level domain is anybody.
        if below.is_some() && !host.contains('.') {
            return Err(NotALinkHost);
        }
        Ok(Self { host, below: below.is_some(), port })
    }
}

/// Whether a link leads to a host of the list, by `https`, or by `http` on this machine.
#[must_use]
pub fn allows(list: &[LinkHost], link: &str) -> bool {
    let Ok(url) = Url::parse(link) else { return false };
    let Some(host) = url.host_str() else { return false };
    let loopback = is_loopback(host);
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let plain = url.username().is_empty() && url.password().is_none();
    let listed = list.iter().any(|allowed| {
        let same = if allowed.below {
            host.strip_suffix(allowed.host.as_str()).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
        } else {
            host == allowed.host
        };
        same && (url.port() == allowed.port || (loopback && allowed.port.is_none()))
    });
    scheme && plain && listed && needs_no_repair(link, url.scheme(), host)
}

/// Whether scheme and host are written as they are meant. The URL standard repairs much (`https:\\host`, `https://host\@`),
/// and not everybody who reads a link keeps to it.
fn needs_no_repair(link: &str, scheme: &str, host: &str) -> bool {
    let authority = link.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")).unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = authority.split_at_checked(host.len()).unwrap_or_default();
    let digits = port.strip_prefix(':').is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    name.eq_ignore_ascii_case(host) && (port.is_empty() || port.starts_with(':')) && digits
}

#[cfg(test)]
mod tests {
    use super::{LinkHost, allows};

    #[test]
    fn only_the_listed_hosts_are_led_to() {
        let list: Vec<LinkHost> = ["*.amazonaws.com", "photos.bank.example", "127.0.0.1", "storage.example:8443"]
            .map(|host| host.parse().unwrap())
            .into();
        for right in [
            "https://bucket.s3.amazonaws.com/k?X-Amz-Signature=x",
            "https://s3.amazonaws.com:443/bucket/k",
            "https://photos.bank.example/k",
            "http://127.0.0.1:9000/bucket/k",
            "https://storage.example:8443/k",
        ] {
            assert!(allows(&list, right), "{right}");
        }
        for wrong in [
            "",
            "https://amazonaws.com/k",
            "https://.amazonaws.com/k",
            "https://evilamazonaws.com/k",
            "https://bucket.s3.amazonaws.com.evil.example/k",
            "https://evil.example/bucket.s3.amazonaws.com",
            "https://bucket.s3.amazonaws.com@evil.example/k",
            "https://user@bucket.s3.amazonaws.com/k",
            "https://bucket.s3.amazonaws.com:8443/k",
            "http://bucket.s3.amazonaws.com/k",
            "https://a.photos.bank.example/k",
            "https://storage.example/k",
            "http://localhost:9000/k",
            "http://10.0.0.1/k",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
        ] {
            assert!(!allows(&list, wrong), "{wrong}");
        }
        assert!(!allows(&[], "https://bucket.s3.amazonaws.com/k"));
    }

    #[test]
    fn no_other_way_of_writing_leads_elsewhere() {
        let list = ["*.amazonaws.com".parse().unwrap()];
        for wrong in [
            // Other ways to write an address of this machine or of its network.
            "http://2130706433:9000/k",
            "https://0x7f.1/k",
            "https://0177.0.0.1/k",
            "https://[::ffff:7f00:1]/k",
            "https://[::1]/k",
            "https://[fd00:ec2::254]/latest",
            "https://0/k",
            // Other ways to write a host of the list.
            "https://bucket.s3.amazonaws.com./k",
            "https://bucket.s3.amazonaws.com%2eevil.example/k",
            "https://bucket.s3.amazonaws.com\\@evil.example/k",
            "https://evil.example\\.amazonaws.com/k",
            "https:\\\\bucket.s3.amazonaws.com/k",
            "https:/bucket.s3.amazonaws.com/k",
            "https:bucket.s3.amazonaws.com/k",
            " https://bucket.s3.amazonaws.com/k",
            "https://bucket.s3.ama\tzonaws.com/k",
            "https://bucket.s3.amazonaws.com\r\n/k",
            "https://bucket.s3%2eamazonaws.com/k",
            "https://evil.example#.amazonaws.com/k",
            "https://evil.example?.amazonaws.com/k",
            "https://bucket.s3.amazonaws.com:pass@evil.example/k",
            "https://xn--amazonaws-.com/k",
            "https://bucket.s3.am\u{430}zonaws.com/k",
            "https://bucket.s3.amazonaws.com:0/k",
            "https://bucket.s3.amazonaws.com:80/k",
            "https://bucket.s3.amazonaws.com:99999/k",
            "//bucket.s3.amazonaws.com/k",
            "javascript://bucket.s3.amazonaws.com/%0aalert(1)",
            "data:text/html,bucket.s3.amazonaws.com",
            "ftp://bucket.s3.amazonaws.com/k",
        ] {
            assert!(!allows(&list, wrong), "{wrong}");
        }
    }

    #[test]
    fn hosts_are_checked() {
        for wrong in [
            "",
            "*",
            "*.",
            "*.com",
            "https://a.example",
            "a.example/k",
            "a.example:x",
            "A.example",
            "u@a.example",
            "a b",
        ] {
            assert!(wrong.parse::<LinkHost>().is_err(), "{wrong}");
        }
    }
}
