//! Where the page for phones may send a person at the end ([`ReturnPlace`]). A back end names a URL for each session. It must be on
//! the operator's list, or a stolen API key would make the bank's own page a springboard to any other site.
//!
//! The relay compares a URL as browsers read it, and accepts it only if it is written as browsers write it. So nobody can read
//! it in another way: the relay rejects backslashes, tabs, user names, upper case and `..` in any coding.

use std::fmt;
use std::str::FromStr;

use akiba_protocol::is_loopback;
use url::Url;

/// The longest URL, in bytes.
const LONGEST: usize = 512;

/// An origin and the beginning of a path: a place on the operator's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPlace(Url);

/// The text is not a place to return to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it must be an https URL, or an http URL of this machine, as browsers write it, without a user, a query or a fragment"
)]
pub struct NotAPlace;

impl fmt::Display for ReturnPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ReturnPlace {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let url = plain(text).ok_or(NotAPlace)?;
        // `*` is a character of a host like any other, and would match nothing.
        if url.query().is_some() || text.contains('*') { Err(NotAPlace) } else { Ok(Self(url)) }
    }
}

impl ReturnPlace {
    /// Returns whether a URL has this origin, and this path or one below it.
    fn holds(&self, url: &Url) -> bool {
        let below = self.0.path().trim_end_matches('/');
        let rest = url.path().strip_prefix(below);
        url.origin() == self.0.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Returns whether a person may be sent to a URL.
#[must_use]
pub fn allows(places: &[ReturnPlace], text: &str) -> bool {
    plain(text).is_some_and(|url| places.iter().any(|place| place.holds(&url)))
}

/// Parses a URL that has one reading.
fn plain(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
    let is_secure = match url.scheme() {
        "https" => true,
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    };
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    // Some servers decode these before they look for the path.
    let path = url.path().to_ascii_lowercase();
    let is_decoded = !["%2e", "%2f", "%5c", "%00", "%25"].iter().any(|coded| path.contains(coded));
    // A bare origin may leave out its path.
    let is_written = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
    (is_secure && is_bare && is_decoded && is_written).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::{ReturnPlace, allows};

    fn places() -> Vec<ReturnPlace> {
        ["https://bank.example/app/", "https://shop.example", "http://127.0.0.1:8080/back"]
            .map(|place| place.parse().unwrap())
            .to_vec()
    }

    #[test]
    fn a_return_url_has_a_listed_origin_and_path() {
        for right in [
            "https://bank.example/app",
            "https://bank.example/app/",
            "https://bank.example/app/done?case=4711",
            "https://shop.example",
            "https://shop.example/",
            "https://shop.example/any/where",
            "http://127.0.0.1:8080/back",
        ] {
            assert!(allows(&places(), right), "{right}");
        }
        for wrong in [
            "",
            "/app",
            "https://bank.example/",
            "https://bank.example/apple",
            "https://bank.example/other",
            "https://bank.example:8443/app",
            "http://bank.example/app",
            "https://www.bank.example/app",
            "http://127.0.0.1:8081/back",
            "https://bank.example/app#token",
        ] {
            assert!(!allows(&places(), wrong), "{wrong}");
        }
        assert!(!allows(&[], "https://bank.example/app"));
    }

    #[test]
    fn no_trick_of_open_redirects_leaves_the_list() {
        for trick in [
            // Another host that begins or ends like the bank's.
            "https://bank.example.evil/app/",
            "https://evilbank.example/app/",
            "https://bank.example@evil.example/app/",
            "https://bank.example:443@evil.example/app/",
            "https://user@bank.example/app/",
            "https://bank.example%2eevil.example/app/",
            "https://evil.example/https://bank.example/app/",
            "https://evil.example?https://bank.example/app/",
            "https://evil.example#https://bank.example/app/",
            // Readings that differ between programs.
            "https:\\\\evil.example\\app",
            "https://evil.example\\@bank.example/app/",
            "https://bank.example\\.evil.example/app/",
            "https:/bank.example/app/",
            "https:bank.example/app/",
            "https:///bank.example/app/",
            "//bank.example/app/",
            "///evil.example/app/",
            "\\\\evil.example/app/",
            "https://bank.example/app/\\evil.example",
            "ht\ttps://bank.example/app/",
            " https://bank.example/app/",
            "https://bank.example/app/\n",
            "HTTPS://bank.example/app/",
            "https://BANK.example/app/",
            "https://b\u{430}nk.example/app/",
            "https://bank.example./app/",
            "https://bank.example:443/app/",
            // Ways out of the path.
            "https://bank.example/app/../admin",
            "https://bank.example/app/%2e%2e/admin",
            "https://bank.example/app/%2E%2E/admin",
            "https://bank.example/app/.%2e/admin",
            "https://bank.example/app/..%2fadmin",
            "https://bank.example/app%2f..%2fadmin",
            "https://bank.example/app/%252e%252e/admin",
            "https://bank.example/app/%5c..%5cadmin",
            "https://bank.example/app/%00",
            // Other schemes.
            "javascript:location='https://bank.example/app/'",
            "javascript://bank.example/app/%0aalert(1)",
            "data:text/html,https://bank.example/app/",
            "blob:https://bank.example/app/",
            "intent://bank.example/app/",
        ] {
            assert!(!allows(&places(), trick), "{trick}");
        }
        let long = format!("https://bank.example/app/{}", "a".repeat(500));
        assert!(!allows(&places(), &long));
    }

    #[test]
    fn a_place_is_an_origin_and_the_beginning_of_a_path() {
        for wrong in [
            "",
            "bank.example",
            "http://bank.example/",
            "https://*.bank.example/",
            "https://bank.example/?to=",
            "https://bank.example/#",
            "https://a:b@bank.example/",
            "https://bank.example/a/../b",
            "HTTPS://bank.example/",
        ] {
            assert!(wrong.parse::<ReturnPlace>().is_err(), "{wrong}");
        }
    }
}
