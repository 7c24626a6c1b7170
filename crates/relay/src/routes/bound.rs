//! The widget's two calls with a session: `POST /v1/customer` ([`link`]) and `POST /v1/customer/verify` ([`verify`]).

use akiba_protocol::{LinkReply, VerifyReply};
use axum::Json;
use axum::extract::State;
use http::HeaderMap;

use crate::body::JsonBody;
use crate::error::RelayError;
use crate::session::auth::PageCaller;
use crate::session::binding::{LinkCall, VerifyCall, idempotency};
use crate::state::AppState;

/// Asks the vendor for a signed link for the session's person.
///
/// # Errors
/// [`RelayError`] when the session or the body is wrong, or the vendor gives no usable link.
pub async fn link(
    State(state): State<AppState>,
    caller: PageCaller,
    JsonBody(call): JsonBody<LinkCall>,
) -> Result<Json<LinkReply>, RelayError> {
    caller.sessions.link(&state.vendor, &state.capacity, &caller.session_id, call).await.map(Json)
}

/// Asks the vendor for the verdict on what the session issued.
///
/// # Errors
/// [`RelayError`] when the session or the body is wrong, or the vendor gives no verdict.
pub async fn verify(
    State(state): State<AppState>,
    caller: PageCaller,
    headers: HeaderMap,
    JsonBody(call): JsonBody<VerifyCall>,
) -> Result<Json<VerifyReply>, RelayError> {
    let key = idempotency(&headers, &caller.session_id)?;
    caller.sessions.verify(&state.vendor, &state.capacity, &caller.session_id, call, key).await.map(Json)
}
