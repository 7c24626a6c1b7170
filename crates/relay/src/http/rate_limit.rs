//! Counts every call ([`Tally`]): a page by its session, a back end by its API key, and everything else by the client's
//! address, whatever its answer is.

use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method};

use super::state::{AppState, SharedState};
use crate::error::RelayError;
use crate::limits::client_address::Peer;
use crate::limits::counts::Budget;
use crate::limits::{Counted, Limits};

/// Routes without a limit: load balancers call them all the time, and their answers cost next to nothing.
const UNLIMITED: [&str; 2] = ["/healthz", "/readyz"];

/// The response header with what a caller has left.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The response header with the limit of a caller.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The route of the widget's call for a verdict.
const VERDICT: &str = "/v1/customer/verify";

/// Records whether a request was counted, and what its caller has left. Only the first count is recorded.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<OnceLock<Option<(&'static str, Budget)>>>);

impl Tally {
    /// Records a count. Fails if the caller is over its limit.
    ///
    /// # Errors
    /// [`akiba_protocol::ProblemCode::TooManyRequests`].
    pub fn record(extensions: &Extensions, counted: Counted) -> Result<(), RelayError> {
        if let Some(tally) = extensions.get::<Self>() {
            let _ = tally.0.set(counted.budget);
        }
        counted.allowed()
    }
}

/// Counts a call by the client's address unless something else has counted it: a call of an unknown path, or one that is
/// refused before its caller is known. These calls are cheap, so it is enough to reject them afterwards.
pub async fn count_rest<F>(state: &AppState, mut request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let tally = Tally::default();
    request.extensions_mut().insert(tally.clone());
    let unlimited = is_unlimited(request.extensions());
    let address = client(&state.limits, request.extensions(), request.headers());
    let response = next(request).await;
    let mut response = match address.filter(|_| tally.0.get().is_none() && !unlimited) {
        Some(address) => {
            let counted = state.limits.address(address);
            let _ = tally.0.set(counted.budget);
            counted.allowed().map_or_else(IntoResponse::into_response, |()| response)
        }
        None => response,
    };
    if let Some(Some((limit, budget))) = tally.0.get() {
        add_headers(response.headers_mut(), limit, budget);
    }
    response
}

/// Adds the headers of draft-ietf-httpapi-ratelimit-headers. `t` is the time until the budget is full again or, with
/// 429, the same as `Retry-After`.
fn add_headers(headers: &mut HeaderMap, limit: &str, budget: &Budget) {
    let Budget { quota, window, remaining, reset } = budget;
    for (name, text) in [
        (RATE_LIMIT_POLICY, format!("\"{limit}\";q={quota};w={window}")),
        (RATE_LIMIT, format!("\"{limit}\";r={remaining};t={reset}")),
    ] {
        // Words and numbers are always a valid value.
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

/// Extracts nothing, but counts a page's call by the client's address. Used where there are no sessions to count by.
#[derive(Clone, Copy, Debug)]
pub struct AddressCounted;

impl FromRequestParts<SharedState> for AddressCounted {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        let (limits, extensions) = (&state.limits, &parts.extensions);
        if let Some(address) = client(limits, extensions, &parts.headers) {
            let counted = match is_verdict(&parts.method, extensions) {
                true => limits.address_verdict(address),
                false => limits.address(address),
            };
            Tally::record(extensions, counted)?;
        }
        Ok(Self)
    }
}

/// Counts a request for a file of the widget by the client's address, apart from all calls: loading a page must not use
/// up the rate of the calls, nor the other way round.
pub async fn limit_widget(State(state): State<SharedState>, request: Request, next: Next) -> Response {
    let limits = &state.limits;
    let counted = client(limits, request.extensions(), request.headers()).map(|address| limits.widget(address));
    match counted.map_or(Ok(()), Counted::allowed) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Counts a call by the client's address. A request without a connection, as in tests, is not counted.
///
/// # Errors
/// [`akiba_protocol::ProblemCode::TooManyRequests`].
pub fn count_address(limits: &Limits, extensions: &Extensions, headers: &HeaderMap) -> Result<(), RelayError> {
    match client(limits, extensions, headers) {
        Some(address) => Tally::record(extensions, limits.address(address)),
        None => Ok(()),
    }
}

/// Counts a call by the page of this session.
///
/// # Errors
/// [`akiba_protocol::ProblemCode::TooManyRequests`].
pub fn count_page(limits: &Limits, parts: &Parts, session_id: &str) -> Result<(), RelayError> {
    let counted = match is_verdict(&parts.method, &parts.extensions) {
        true => limits.session_verdict(session_id),
        false => limits.session(session_id),
    };
    Tally::record(&parts.extensions, counted)
}

/// Returns whether the route has no limit.
#[must_use]
pub fn is_unlimited(extensions: &Extensions) -> bool {
    extensions.get::<MatchedPath>().is_some_and(|path| UNLIMITED.contains(&path.as_str()))
}

/// Returns whether the call asks for a verdict. One that reads a verdict again does not.
fn is_verdict(method: &Method, extensions: &Extensions) -> bool {
    method == Method::POST && extensions.get::<MatchedPath>().is_some_and(|path| path.as_str() == VERDICT)
}

/// Returns the client's address. A request without a connection, as in tests, has none.
pub fn client(limits: &Limits, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    extensions.get::<Peer>().map(|Peer(peer)| limits.proxies().client(*peer, headers))
}
