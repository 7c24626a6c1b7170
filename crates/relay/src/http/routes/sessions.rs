//! The calls of the host's back end: `POST` and `GET /v1/sessions` ([`create`], [`list`]), `POST /v1/sessions/search`
//! ([`search`]), `GET` and `DELETE /v1/sessions/{id}` ([`read`], [`delete`]), `POST /v1/sessions/{id}/handoffs`
//! ([`send_handoff`]) and `POST /v1/sessions/{id}/reconcile` ([`reconcile`]).

use akiba_protocol::ProblemCode;
use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::error::RelayError;
use crate::http::auth::{HostCaller, SessionId};
use crate::http::body::{JsonBody, JsonCall};
use crate::http::idempotency;
use crate::http::openapi::problems::{
    CreateProblems, DeleteProblems, ListProblems, ReadProblems, ReconcileProblems, SearchProblems, SendHandoffProblems,
};
use crate::lifecycle::State;
use crate::session::host::create::{CreatedSession, NewSession};
use crate::session::host::handoff::{HandoffLink, NewHandoffLink};
use crate::session::host::list::{SessionPage, SessionSearch};
use crate::session::host::reconcile::Reconcile;
use crate::session::host::report::Session;

impl JsonCall for NewSession {
    const SHAPE: &'static str = "The body must be an object with `identifier` (string), `type` (\"1\" or \"2\") and, \
                                 optionally, `reference`, `purpose`, `lang` and `return_url` (strings), `consent` (`version` and `at`, strings), \
                                 `handoff` (\"forbid\", \"allow\" or \"demand\") and `ttl` (whole seconds).";
}

impl JsonCall for SessionSearch {
    const SHAPE: &'static str = "The body must be an object with, optionally, `reference`, `state`, `created_from`, \
                                 `created_before`, `cursor` (strings) and `limit` (a number).";
}

/// The query of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    state: Option<State>,
    created_from: Option<String>,
    created_before: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

impl JsonCall for NewHandoffLink {
    const SHAPE: &'static str = "The body must be an object with, optionally, `ttl` (whole seconds).";
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
    description = "Give the token in the answer to the page. A request with an `Idempotency-Key` can be repeated for a day: it creates one session, and each answer names it.",
    security(("api_key" = [])),
    params((
        "idempotency-key" = Option<String>, Header, nullable = false,
        description = "The back end's name for this request, such as a UUID. It must not be personal data.",
        min_length = 1, max_length = 255, pattern = "^([!#-\\[\\]-~]+|\"[!#-\\[\\]-~]+\")$", example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
    )),
    request_body = NewSession,
    responses(
        (
            status = 201, description = "The new session.", body = CreatedSession,
            links(
                ("read" = (operation_id = "readSession", parameters(("id" = "$response.body#/session_id")))),
                ("delete" = (operation_id = "deleteSession", parameters(("id" = "$response.body#/session_id")))),
                ("handoff" = (operation_id = "sendHandoff", parameters(("id" = "$response.body#/session_id")))),
                ("reconcile" = (operation_id = "reconcileSession", parameters(("id" = "$response.body#/session_id")))),
            ),
        ),
        CreateProblems,
    ),
)]
pub async fn create(
    caller: HostCaller,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSession>,
) -> Result<(StatusCode, Json<CreatedSession>), RelayError> {
    let key = idempotency::host_key_hash(&headers, &caller.key)?;
    let created = caller.sessions.create(caller.audited(), new, key).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Lists sessions.
///
/// # Errors
/// [`RelayError`] when the API key or the query is wrong, or the database fails.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    operation_id = "listSessions",
    tag = "back end",
    summary = "Lists the sessions of this API key's name, the newest first.",
    description = "To search by reference, use `POST /v1/sessions/search`: a reference in a URL would be logged.",
    security(("api_key" = [])),
    params(
        ("state" = Option<State>, Query, description = "The state of the sessions, as it is stored: a timeout appears within 15 seconds."),
        ("created_from" = Option<String>, Query, description = "Only sessions that were created at this time or later.", format = "date-time"),
        ("created_before" = Option<String>, Query, description = "Only sessions that were created before this time.", format = "date-time"),
        ("limit" = Option<u32>, Query, description = "Number of sessions on a page: 50 by default.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before, with the same query.", pattern = "^[0-9]{1,15}-[0-9a-f]{32}$"),
    ),
    responses((status = 200, description = "A page of sessions.", body = SessionPage), ListProblems),
)]
pub async fn list(
    caller: HostCaller,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<SessionPage>, RelayError> {
    let Query(ListQuery { state, created_from, created_before, limit, cursor }) = query.map_err(|_| {
        RelayError::new(ProblemCode::BadRequest).with_detail(
            "The query can have `state`, `created_from`, `created_before`, `limit` and `cursor`. Search for a reference \
             with `POST /v1/sessions/search`.",
        )
    })?;
    let search = SessionSearch { reference: None, state, created_from, created_before, limit, cursor };
    listed(&caller, search).await
}

/// Searches sessions.
///
/// # Errors
/// [`RelayError`] when the API key or the body is wrong, or the database fails.
#[utoipa::path(
    post,
    path = "/v1/sessions/search",
    operation_id = "searchSessions",
    tag = "back end",
    summary = "Searches the sessions of this API key's name, the newest first.",
    description = "Like `GET /v1/sessions`, with a reference, which may be personal and so must not be in a URL.",
    security(("api_key" = [])),
    request_body = SessionSearch,
    responses((status = 200, description = "A page of sessions.", body = SessionPage), SearchProblems),
)]
pub async fn search(
    caller: HostCaller,
    JsonBody(search): JsonBody<SessionSearch>,
) -> Result<Json<SessionPage>, RelayError> {
    listed(&caller, search).await
}

/// Returns a page of sessions once the audit trail has it.
async fn listed(caller: &HostCaller, search: SessionSearch) -> Result<Json<SessionPage>, RelayError> {
    let page = caller.sessions.list(&caller.key, search).await?;
    let ids: Vec<_> = page.sessions.iter().map(|session| session.session_id.as_str()).collect();
    caller.sessions.record_list(caller.audited(), &ids).await?;
    Ok(Json(page))
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

/// Makes a link for the person's phone.
///
/// # Errors
/// [`RelayError`] when the API key or the body is wrong, the operator allows no links, or the session can't be handed over.
#[utoipa::path(
    post,
    path = "/v1/sessions/{id}/handoffs",
    operation_id = "sendHandoff",
    tag = "back end",
    summary = "Makes a link that the back end sends to the person, by SMS for example.",
    description = "The link opens the page for phones, works once, and can be opened until `expires_at`. The session lives as long. The link before it no longer works. Send it only to an address that you know to be the person's.",
    security(("api_key" = [])),
    params(("id" = String, Path, description = "The session.", pattern = "^ses_[0-9a-f]{32}$")),
    request_body = NewHandoffLink,
    responses((status = 201, description = "The link.", body = HandoffLink), SendHandoffProblems),
)]
pub async fn send_handoff(
    caller: HostCaller,
    SessionId(id): SessionId,
    JsonBody(new): JsonBody<NewHandoffLink>,
) -> Result<(StatusCode, Json<HandoffLink>), RelayError> {
    let link = caller.sessions.send_handoff(caller.audited(), &id, &new).await?;
    Ok((StatusCode::CREATED, Json(link)))
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
