//! The address of the vendor's API: a base URL ([`VendorBase`]) and a path for each call ([`ApiPath`]).

use std::str::FromStr;

use akiba_protocol::is_loopback;
use url::Url;

/// The base URL of the vendor's API. It must be `https`, or `http` on loopback, because the token is sent there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorBase(Url);

/// Why a text is not a URL or path to which the token may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not an absolute `http` or `https` URL.
    #[error("it must be a URL such as https://api.example")]
    NotAUrl,
    /// Neither `https` nor loopback.
    #[error("it must be https, because the token is sent there; http is allowed only on loopback")]
    Insecure,
    /// A user name, password, query or fragment in the URL.
    #[error("it must not have a user name, password, query or fragment")]
    Surplus,
    /// A path that does not start with a slash, or has a query or fragment.
    #[error("it must be a path such as /v1/customer, without query or fragment")]
    NotAPath,
}

impl FromStr for VendorBase {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text).map_err(|_| EndpointError::NotAUrl)?;
        let host = url.host_str().ok_or(EndpointError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(EndpointError::Insecure),
            _ => return Err(EndpointError::NotAUrl),
        }
        let surplus =
            !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some();
        if surplus { Err(EndpointError::Surplus) } else { Ok(Self(url)) }
    }
}

impl VendorBase {
    /// Returns the base URL.
    #[must_use]
    pub fn url(&self) -> Url {
        self.0.clone()
    }

    /// Returns the URL of a call: the base URL, including its path, followed by the path of the call.
    #[must_use]
    pub fn join(&self, path: &ApiPath) -> Url {
        let mut url = self.0.clone();
        let joined = format!("{}{}", url.path().trim_end_matches('/'), path.0);
        url.set_path(&joined);
        url
    }
}

/// The path of one call, such as `/v1/customer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiPath(String);

impl FromStr for ApiPath {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let plain = text.chars().all(|char| char.is_ascii_graphic() && !matches!(char, '?' | '#' | '\\'));
        if plain && text.starts_with('/') { Ok(Self(text.to_owned())) } else { Err(EndpointError::NotAPath) }
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiPath, EndpointError, VendorBase};

    #[test]
    fn a_base_url_is_https_or_loopback() {
        for right in [
            "https://api.example",
            "https://api.example/v3/",
            "http://127.0.0.1:9",
            "http://localhost",
            "http://[::1]:9",
        ] {
            assert!(right.parse::<VendorBase>().is_ok(), "{right}");
        }
        let rows = [
            ("http://api.example", EndpointError::Insecure),
            ("http://127.0.0.1.evil.example", EndpointError::Insecure),
            ("http://localhost@evil.example", EndpointError::Insecure),
            ("http://10.0.0.1", EndpointError::Insecure),
            ("ftp://api.example", EndpointError::NotAUrl),
            ("api.example", EndpointError::NotAUrl),
            ("", EndpointError::NotAUrl),
            ("https://user@api.example", EndpointError::Surplus),
            ("https://user:pass@api.example", EndpointError::Surplus),
            ("https://api.example?key=1", EndpointError::Surplus),
            ("https://api.example#top", EndpointError::Surplus),
        ];
        for (wrong, error) in rows {
            assert_eq!(wrong.parse::<VendorBase>(), Err(error), "{wrong}");
        }
    }

    #[test]
    fn a_path_is_appended_to_the_base_url() {
        let join = |base: &str, path: &str| {
            let base: VendorBase = base.parse().expect("a base");
            base.join(&path.parse().expect("a path")).to_string()
        };
        assert_eq!(join("https://api.example", "/v1/customer"), "https://api.example/v1/customer");
        assert_eq!(join("https://api.example/za/", "/v1/customer"), "https://api.example/za/v1/customer");
        for wrong in ["v1", "", "/a?b", "/a#b", "/a b", "/a\\b"] {
            assert_eq!(wrong.parse::<ApiPath>(), Err(EndpointError::NotAPath), "{wrong}");
        }
    }
}
