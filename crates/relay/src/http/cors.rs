//! The list of pages that may call, by exact origin ([`Origin`]). A page that is not listed is rejected before any
//! other work ([`guard`]); a listed page gets CORS headers ([`layer`]).

use std::future::Future;
use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN, RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::idempotency::IDEMPOTENCY_KEY;
use super::rate_limit::{RATE_LIMIT, RATE_LIMIT_POLICY, count_address, is_unlimited};
use super::request_log::REQUEST_ID;
use super::state::AppState;
use crate::error::RelayError;
use crate::origin::Origin;

/// How long a browser may cache the answer to a preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(3_600);

/// Rejects a request whose `Origin` is not on the list. A request without `Origin` passes: browsers send the header
/// with every `POST`, and with every `GET` to another origin.
///
/// It also counts a rejected request. A preflight of a listed origin is not counted: it costs the relay nothing, and
/// browsers send it before the calls of a page. If the preflights from a shared address could use up a rate, one caller
/// could block the pages of all others there.
///
/// # Errors
/// [`ProblemCode::Forbidden`] for an origin that is not on the list, for `null`, and for more than one.
/// [`ProblemCode::TooManyRequests`] if the address has sent too many of these requests.
pub async fn guard<F>(state: &AppState, request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let (extensions, headers) = (request.extensions(), request.headers());
    if may_call(&state.origins, headers) {
        return next(request).await;
    }
    let counted = if is_unlimited(extensions) { Ok(()) } else { count_address(&state.limits, extensions, headers) };
    let forbidden = || {
        RelayError::new(ProblemCode::Forbidden)
            .with_detail("This origin is not in the relay's list of allowed origins.")
    };
    let mut response = counted.err().unwrap_or_else(forbidden).into_response();
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

/// Headers that monitoring in a page adds to every call: W3C Trace Context, W3C Baggage and Sentry. If the preflight
/// refused them, the browser would block the call. The relay ignores them.
const MONITORING_HEADERS: [&str; 4] = ["baggage", "sentry-trace", "traceparent", "tracestate"];

/// Adds the CORS headers and answers preflights. It runs after [`guard`], so it sees only listed origins. `headers` are
/// allowed in addition to those of the widget and of monitoring.
pub fn layer(list: &[Origin], headers: &[HeaderName]) -> CorsLayer {
    let own = [CONTENT_TYPE, AUTHORIZATION, HeaderName::from_static(IDEMPOTENCY_KEY)];
    let monitoring = MONITORING_HEADERS.map(HeaderName::from_static);
    let allowed: Vec<_> = own.into_iter().chain(monitoring).chain(headers.iter().cloned()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(list.iter().map(|origin| origin.0.clone())))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(allowed)
        .expose_headers([RETRY_AFTER, REQUEST_ID, RATE_LIMIT, RATE_LIMIT_POLICY])
        .max_age(PREFLIGHT_MAX_AGE)
}
