//! The calls of the host's back end: `POST /v1/sessions` ([`create`]), `GET` and `DELETE /v1/sessions/{id}` ([`read`],
//! [`erase`]) and `POST /v1/sessions/{id}/reconcile` ([`reconcile`]).

use axum::Json;
use axum::extract::State;
use http::StatusCode;

use crate::body::JsonBody;
use crate::error::RelayError;
use crate::session::auth::{HostCaller, SessionId};
use crate::session::create::{Created, Wanted};
use crate::session::reconcile::Reconcile;
use crate::session::report::Report;
use crate::state::AppState;

/// Makes a session.
///
/// # Errors
/// [`RelayError`] when the API key or the body is wrong, or the database fails.
pub async fn create(
    caller: HostCaller,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<(StatusCode, Json<Created>), RelayError> {
    let created = caller.sessions.create(&caller.key, wanted).await?;
    tracing::info!(session = created.session_id, key = caller.key, "session created");
    Ok((StatusCode::CREATED, Json(created)))
}

/// Tells of a session.
///
/// # Errors
/// [`RelayError`] when the API key is wrong, there is no such session, or the database fails.
pub async fn read(caller: HostCaller, SessionId(id): SessionId) -> Result<Json<Report>, RelayError> {
    caller.sessions.report(&caller.key, &id).await.map(Json)
}

/// Deletes a session.
///
/// # Errors
/// [`RelayError`] when the API key is wrong, there is no such session, the vendor is being asked for its verdict, or the
/// database fails.
pub async fn erase(caller: HostCaller, SessionId(id): SessionId) -> Result<StatusCode, RelayError> {
    caller.sessions.erase(&caller.key, &id).await?;
    tracing::info!(session = id, key = caller.key, "session deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// Moves a session on whose verdict was lost.
///
/// # Errors
/// [`RelayError`] when the API key or the body is wrong, no verdict was lost, or the vendor gives none again.
pub async fn reconcile(
    State(state): State<AppState>,
    caller: HostCaller,
    SessionId(id): SessionId,
    JsonBody(request): JsonBody<Reconcile>,
) -> Result<Json<Report>, RelayError> {
    caller.sessions.reconcile(&state.vendor, &state.capacity, &caller.key, &id, request.action).await.map(Json)
}
