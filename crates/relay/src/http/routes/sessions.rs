//! The calls of the host's back end: `POST /v1/sessions` ([`create`]), `GET` and `DELETE /v1/sessions/{id}` ([`read`],
//! [`delete`]) and `POST /v1/sessions/{id}/reconcile` ([`reconcile`]).

use axum::Json;
use http::StatusCode;

use crate::error::RelayError;
use crate::http::auth::{HostCaller, SessionId};
use crate::http::body::{JsonBody, JsonCall};
use crate::http::openapi::problems::{CreateProblems, DeleteProblems, ReadProblems, ReconcileProblems};
use crate::session::host::create::{CreatedSession, NewSession};
use crate::session::host::reconcile::Reconcile;
use crate::session::host::report::Session;

impl JsonCall for NewSession {
    const SHAPE: &'static str = "The body must be an object with `identifier` (string), `type` (\"1\" or \"2\") and, \
                                 optionally, `reference` (string), `consent` (`version` and `at`, strings) and `ttl` \
                                 (whole seconds).";
}

impl JsonCall for Reconcile {
    const SHAPE: &'static str = "The body must be an object with `action` (\"repeat\" or \"release\").";
}

/// Creates a session.
///
/// # Errors
/// [`RelayError`] when the API key or the body is wrong, or the database fails.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    operation_id = "createSession",
    tag = "back end",
    summary = "Creates a session.",
    description = "Give the token in the answer to the page.",
    security(("api_key" = [])),
    request_body = NewSession,
    responses(
        (
            status = 201, description = "The new session.", body = CreatedSession,
            links(
                ("read" = (operation_id = "readSession", parameters(("id" = "$response.body#/session_id")))),
                ("delete" = (operation_id = "deleteSession", parameters(("id" = "$response.body#/session_id")))),
                ("reconcile" = (operation_id = "reconcileSession", parameters(("id" = "$response.body#/session_id")))),
            ),
        ),
        CreateProblems,
    ),
)]
pub async fn create(
    caller: HostCaller,
    JsonBody(new): JsonBody<NewSession>,
) -> Result<(StatusCode, Json<CreatedSession>), RelayError> {
    let created = caller.sessions.create(caller.audited(), new).await?;
    tracing::info!(session = created.session_id, key = caller.key, "session created");
    Ok((StatusCode::CREATED, Json(created)))
}

/// Returns a session.
///
/// # Errors
/// [`RelayError`] when the API key is wrong, the session does not exist, or the database fails.
#[utoipa::path(
    get,
    path = "/v1/sessions/{id}",
    operation_id = "readSession",
    tag = "back end",
    summary = "Returns a session.",
    description = "`verdict` is null unless the state is `verified` or `rejected`.",
    security(("api_key" = [])),
    params(("id" = String, Path, description = "The session.", pattern = "^ses_[0-9a-f]{32}$")),
    responses((status = 200, description = "The session.", body = Session), ReadProblems),
)]
pub async fn read(caller: HostCaller, SessionId(id): SessionId) -> Result<Json<Session>, RelayError> {
    let session = caller.sessions.report(&caller.key, &id).await?;
    caller.sessions.record_read(caller.audited(), &id).await?;
    Ok(Json(session))
}

/// Deletes a session.
///
/// # Errors
/// [`RelayError`] when the API key is wrong, the session does not exist, the vendor is working on its verdict, or the
/// database fails.
#[utoipa::path(
    delete,
    path = "/v1/sessions/{id}",
    operation_id = "deleteSession",
    tag = "back end",
    summary = "Deletes a session and everything that belongs to it.",
    description = "Fails while the vendor is working on the session's verdict.",
    security(("api_key" = [])),
    params(("id" = String, Path, description = "The session.", pattern = "^ses_[0-9a-f]{32}$")),
    responses((status = 204, description = "The session is deleted."), DeleteProblems),
)]
pub async fn delete(caller: HostCaller, SessionId(id): SessionId) -> Result<StatusCode, RelayError> {
    caller.sessions.delete(caller.audited(), &id).await?;
    tracing::info!(session = id, key = caller.key, "session deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// Resolves a session whose verdict was lost.
///
/// # Errors
/// [`RelayError`] when the API key or the body is wrong, no verdict was lost, or the vendor again gives no
/// verdict.
#[utoipa::path(
    post,
    path = "/v1/sessions/{id}/reconcile",
    operation_id = "reconcileSession",
    tag = "back end",
    summary = "Resolves a session whose verdict was lost.",
    description = "Does nothing if the session has got its verdict in the meantime.",
    security(("api_key" = [])),
    params(("id" = String, Path, description = "The session.", pattern = "^ses_[0-9a-f]{32}$")),
    request_body = Reconcile,
    responses((status = 200, description = "The session.", body = Session), ReconcileProblems),
)]
pub async fn reconcile(
    caller: HostCaller,
    SessionId(id): SessionId,
    JsonBody(request): JsonBody<Reconcile>,
) -> Result<Json<Session>, RelayError> {
    caller.sessions.reconcile(caller.audited(), &id, request.action).await.map(Json)
}
