//! The allow-list of hosts for signed links ([`LinkHost`]). The page uploads a person's photo to the link, so a
//! vendor's answer that was tampered with must not be able to choose any host.

use std::str::FromStr;

use akiba_protocol::is_loopback;
use url::Url;

/// An allowed host: `bucket.s3.af-south-1.amazonaws.com`, `*.amazonaws.com` for every subdomain, or
/// `storage.example:8443`. Without a port, only the scheme's default port is allowed, or any port on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkHost {
    host: String,
    subdomains: bool,
    port: Option<u16>,
}

impl LinkHost {
    /// Returns the host as a source of a content security policy.
    #[must_use]
    pub fn source(&self) -> String {
        let scheme = if is_loopback(&self.host) { "http" } else { "https" };
        let subdomains = if self.subdomains { "*." } else { "" };
        let port = match self.port {
            Some(port) => format!(":{port}"),
            None if is_loopback(&self.host) => ":*".to_owned(),
            None => String::new(),
        };
        format!("{scheme}://{subdomains}{}{port}", self.host)
    }
}

/// The text is not a [`LinkHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a host such as bucket.s3.amazonaws.com, *.amazonaws.com or storage.example:8443")]
pub struct NotALinkHost;

impl FromStr for LinkHost {
    type Err = NotALinkHost;

    fn from_str(text: &str) -> Result<Self, NotALinkHost> {
        let parent = text.strip_prefix("*.");
        let authority = parent.unwrap_or(text);
        let url = Url::parse(&format!("https://{authority}/")).map_err(|_| NotALinkHost)?;
        let host = url.host_str().ok_or(NotALinkHost)?.to_owned();
        // URL parsers repair many malformed hosts. Accept only a host that the parser did not change.
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
        // `*.com` would allow everybody.
        if parent.is_some() && !host.contains('.') {
            return Err(NotALinkHost);
        }
        Ok(Self { host, subdomains: parent.is_some(), port })
    }
}

/// Returns whether a link leads to an allowed host, by `https`, or by `http` on loopback.
#[must_use]
pub fn allows(list: &[LinkHost], link: &str) -> bool {
    let Ok(url) = Url::parse(link) else { return false };
    let Some(host) = url.host_str() else { return false };
    let loopback = is_loopback(host);
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let plain = url.username().is_empty() && url.password().is_none();
    let listed = list.iter().any(|allowed| {
        let same = if allowed.subdomains {
            host.strip_suffix(allowed.host.as_str()).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
        } else {
            host == allowed.host
        };
        same && (url.port() == allowed.port || (loopback && allowed.port.is_none()))
    });
    scheme && plain && listed && is_canonical(link, url.scheme(), host)
}

/// Returns whether scheme and host are written canonically. URL parsers repair many malformed links (`https:\\host`,
/// `https://host\@`), but not all in the same way, so the page could see another host than the relay.
fn is_canonical(link: &str, scheme: &str, host: &str) -> bool {
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
    fn only_links_to_listed_hosts_are_allowed() {
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
    fn other_spellings_of_a_host_are_rejected() {
        let list = ["*.amazonaws.com".parse().unwrap()];
        for wrong in [
            // Other spellings of an address of this machine or its network.
            "http://2130706433:9000/k",
            "https://0x7f.1/k",
            "https://0177.0.0.1/k",
            "https://[::ffff:7f00:1]/k",
            "https://[::1]/k",
            "https://[fd00:ec2::254]/latest",
            "https://0/k",
            // Other spellings of a listed host.
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
    fn invalid_hosts_are_rejected() {
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
