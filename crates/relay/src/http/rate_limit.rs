//! The layer that turns away who calls too often ([`limit_by_address`]), before anything else is done for them.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Extensions, HeaderMap};

use super::state::AppState;
use crate::error::RelayError;
use crate::limits::Limits;
use crate::limits::client_address::Peer;

/// Counts a page's call by its client's address, where there are no sessions to count it by.
pub async fn limit_by_address(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match count_address(&state.limits, request.extensions(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Counts a call by its client's address. One that came by no connection, as in tests, is not counted.
///
/// # Errors
/// [`akiba_protocol::ProblemCode::TooManyRequests`].
pub fn count_address(limits: &Limits, extensions: &Extensions, headers: &HeaderMap) -> Result<(), RelayError> {
    match extensions.get::<Peer>() {
        Some(Peer(peer)) => limits.address(limits.proxies().client(*peer, headers)),
        None => Ok(()),
    }
}
