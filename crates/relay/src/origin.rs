//! The setting for the origin of a page ([`Origin`]).

use std::str::FromStr;

use http::HeaderValue;
use url::Url;

/// The origin of a page, spelt as browsers send it: `https://bank.example`, `http://127.0.0.1:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(pub(crate) HeaderValue);

/// The text is not an origin that the relay accepts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// `*` or `null`, which any page can have.
    #[error("any page can have this origin: give the page's own")]
    Anyone,
    /// Not an `http` or `https` origin.
    #[error("it must be an origin such as https://bank.example")]
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
        let origin = Url::parse(text).map_err(|_| OriginError::NotAnOrigin)?.origin();
        let spelt = origin.ascii_serialization();
        if !spelt.starts_with("http://") && !spelt.starts_with("https://") {
            return Err(OriginError::NotAnOrigin);
        }
        if spelt != text {
            return Err(OriginError::Spelling(spelt));
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| OriginError::NotAnOrigin)
    }
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
        for wrong in ["", "bank.example", "ftp://bank.example", "file:///etc", "data:,x", "app://bank", "https://"] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
        let respelt = OriginError::Spelling("https://bank.example".to_owned());
        for wrong in
            ["https://bank.example/", "https://BANK.example", "https://bank.example:443", "https://bank.example/selfie"]
        {
            assert_eq!(wrong.parse::<Origin>(), Err(respelt.clone()), "{wrong}");
        }
    }
}
