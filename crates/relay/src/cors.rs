//! Which pages may call: exact origins from a list ([`Origin`]), refused before anything else happens ([`guard`]), and
//! the CORS headers for those that may ([`layer`]).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN, RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::Url;

use crate::error::RelayError;
use crate::observe::REQUEST_ID;
use crate::session::binding::IDEMPOTENCY_KEY;
use crate::state::AppState;

/// How long a browser may remember a preflight's answer.
const PREFLIGHT_LIFE: Duration = Duration::from_secs(3_600);

/// The origin of a page, spelt as browsers send it: `https://bank.example`, `http://127.0.0.1:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// The text is no origin that may be on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginError {
    /// `*` or `null`: any page can have these.
    Anyone,
    /// Not an `http` or `https` origin.
    NotAnOrigin,
    /// Another spelling than the one that browsers send, which is given.
    Spelling(String),
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("any page can have this origin; name the page's own"),
            Self::NotAnOrigin => f.write_str("it is no origin such as https://bank.example"),
            Self::Spelling(origin) => write!(f, "browsers send this origin as {origin}"),
        }
    }
}

impl std::error::Error for OriginError {}

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

/// Refuses a request whose `Origin` is not on the list. A request without one comes from no page of another origin,
/// and passes.
///
/// # Errors
/// [`ProblemCode::Forbidden`] for an origin that is not on the list, for `null`, and for more than one.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if may_call(&state.origins, request.headers()) {
        return next.run(request).await;
    }
    let error = RelayError::new(ProblemCode::Forbidden).with_detail("The relay's list does not name this origin.");
    let mut response = error.into_response();
    response.headers_mut().insert(VARY, HeaderValue::from_static("origin"));
    response
}

fn may_call(list: &[Origin], headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => true,
        (Some(origin), None) => list.iter().any(|allowed| allowed.0 == origin),
        (Some(_), Some(_)) => false,
    }
}

/// Adds the CORS headers, and answers preflights. It stands behind [`guard`], so it sees no foreign origin.
pub fn layer(list: &[Origin]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(list.iter().map(|origin| origin.0.clone())))
        .allow_methods([Method::POST])
        .allow_headers([CONTENT_TYPE, AUTHORIZATION, HeaderName::from_static(IDEMPOTENCY_KEY)])
        .expose_headers([RETRY_AFTER, REQUEST_ID])
        .max_age(PREFLIGHT_LIFE)
}

#[cfg(test)]
mod tests {
    use super::{Origin, OriginError};

    #[test]
    fn only_the_spelling_of_browsers_is_taken() {
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
