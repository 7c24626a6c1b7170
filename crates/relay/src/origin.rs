//! The setting for the origin of a page ([`Origin`]).

use std::str::FromStr;

use http::HeaderValue;
use url::Url;

/// The origin of a page, spelt as browsers send it: `https://bank.example`, `http://127.0.0.1:8080`, or the own scheme
/// of an app's web view, such as `capacitor://localhost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(pub(crate) HeaderValue);

/// The text is not an origin that the relay accepts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// `*` or `null`, which any page can have.
    #[error("any page can have this origin: give the page's own")]
    Anyone,
    /// Not an origin, or one that browsers send as `null`.
    #[error("it must be an origin such as https://bank.example or capacitor://localhost")]
    NotAnOrigin,
    /// The spelling differs from the one that browsers send, which is this one.
    #[error("browsers send this origin as {0}")]
    Spelling(String),
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" || text.eq_ignore_ascii_case("null") {
            return Err(OriginError::Anyone);
        }
        let url = Url::parse(text).map_err(|_| OriginError::NotAnOrigin)?;
        let spelt = match url.scheme() {
            "http" | "https" => url.origin().ascii_serialization(),
            scheme if OTHER_STANDARD_SCHEMES.contains(&scheme) => return Err(OriginError::NotAnOrigin),
            scheme => custom(&url, scheme).ok_or(OriginError::NotAnOrigin)?,
        };
        if spelt != text {
            return Err(OriginError::Spelling(spelt));
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| OriginError::NotAnOrigin)
    }
}

/// Schemes of browsers in which no page has an origin that it could send.
const OTHER_STANDARD_SCHEMES: [&str; 8] = ["about", "blob", "data", "file", "ftp", "javascript", "ws", "wss"];

/// Returns the origin of an app's own scheme, as its web view sends it.
fn custom(url: &Url, scheme: &str) -> Option<String> {
    // The URL standard does not normalize the host of URLs with other schemes.
    let host = url.host_str().filter(|host| !host.is_empty())?.to_ascii_lowercase();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte);
    if !host.bytes().all(is_plain) {
        return None;
    }
    Some(match url.port() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Origin, OriginError};

    #[test]
    fn only_origins_spelt_as_browsers_send_them_are_accepted() {
        for right in
            ["https://bank.example", "http://127.0.0.1:8080", "http://[::1]:8080", "https://xn--bcher-kva.example"]
        {
            assert!(right.parse::<Origin>().is_ok(), "{right}");
        }
        for wrong in ["*", "null", "NULL"] {
            assert_eq!(wrong.parse::<Origin>(), Err(OriginError::Anyone), "{wrong}");
        }
        for wrong in ["", "bank.example", "ftp://bank.example", "file:///etc", "data:,x", "https://"] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
        let respelt = OriginError::Spelling("https://bank.example".to_owned());
        for wrong in
            ["https://bank.example/", "https://BANK.example", "https://bank.example:443", "https://bank.example/selfie"]
        {
            assert_eq!(wrong.parse::<Origin>(), Err(respelt.clone()), "{wrong}");
        }
    }

    #[test]
    fn an_app_has_an_origin_of_its_own_scheme() {
        for right in [
            "capacitor://localhost",
            "ionic://localhost",
            "app://bank",
            "app://bank:8080",
            "tauri://localhost",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        ] {
            assert!(right.parse::<Origin>().is_ok(), "{right}");
        }
        let respelt = OriginError::Spelling("capacitor://localhost".to_owned());
        for wrong in [
            "capacitor://localhost/",
            "Capacitor://localhost",
            "capacitor://LOCALHOST",
            "capacitor://localhost/index.html",
            "capacitor://me@localhost",
            "capacitor://localhost?x",
        ] {
            assert_eq!(wrong.parse::<Origin>(), Err(respelt.clone()), "{wrong}");
        }
        for wrong in [
            "capacitor:",
            "capacitor://",
            "capacitor:///x",
            "capacitor:localhost",
            "capacitor://*",
            "capacitor://a%2Fb",
            "file://host",
            "ws://bank.example",
            "wss://bank.example",
            "blob:https://bank.example/x",
            "javascript://bank.example",
            "about:blank",
        ] {
            assert_eq!(wrong.parse::<Origin>(), Err(OriginError::NotAnOrigin), "{wrong}");
        }
    }
}
