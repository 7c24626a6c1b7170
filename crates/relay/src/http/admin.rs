//! The operator's calls, on a listener of their own ([`app`]): metrics, health checks, and listing and resending
//! webhooks. They need no authentication, so everything about sessions and webhooks is served on loopback only.

use std::collections::BTreeMap;
use std::sync::Arc;

use akiba_protocol::{ProblemCode, is_loopback};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use serde::{Deserialize, Serialize};
use tower_http::catch_panic::CatchPanicLayer;

use super::request_log::{self, RequestId};
use super::routes::{fallback, health};
use super::state::{AppState, SharedState};
use crate::clock::rfc3339;
use crate::error::RelayError;
use crate::session::Sessions;
use crate::store::Store;
use crate::telemetry::metrics::{MEDIA_TYPE, metrics};
use crate::telemetry::readings::Reading;
use crate::webhook::outbox;
use crate::webhook::status::MessageStatus;

/// Most webhooks in one answer.
const MAX_LISTED: u32 = 1_000;

/// Builds the router of the operator's calls. `loopback_only` is true if the listener's address is a loopback address.
pub fn app(state: AppState, loopback_only: bool) -> Router {
    let mut routes = Router::new()
        .route("/metrics", get(metrics_text))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready));
    if loopback_only && state.sessions.is_some() {
        routes = routes
            .route("/admin/sessions", get(sessions))
            .route("/admin/webhooks", get(webhooks))
            .route("/admin/webhooks/resend-failed", post(resend_failed))
            .route("/admin/webhooks/{id}/resend", post(resend));
    }
    routes
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(from_fn_with_state(loopback_only, reject_pages))
        .layer(from_fn(|request, next: Next| request_log::log_request(request, |request| next.run(request))))
        .with_state(Arc::new(state))
}

/// Rejects requests from web pages: a page open in a browser on this machine can reach loopback too. A page of another
/// origin sends `Origin`. A page whose domain was made to resolve to this machine (DNS rebinding) sends no `Origin`
/// with a `GET`, but its `Host` is that domain.
async fn reject_pages(State(loopback_only): State<bool>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let rebound = loopback_only && headers.get_all(HOST).iter().any(|host| !is_loopback_host(host));
    if rebound || headers.contains_key(ORIGIN) {
        return RelayError::new(ProblemCode::Forbidden).into_response();
    }
    next.run(request).await
}

/// Returns whether `Host` names a loopback address, which DNS cannot redirect.
fn is_loopback_host(host: &HeaderValue) -> bool {
    let authority = Authority::try_from(host.as_bytes()).ok().filter(|authority| !authority.as_str().contains('@'));
    authority.is_some_and(|authority| is_loopback(authority.host()))
}

/// Returns all metrics. Those of the database are absent if it does not answer.
async fn metrics_text(State(state): State<SharedState>) -> Response {
    metrics().breaker_is(state.vendor.breaker_state().word());
    if let Some(sessions) = &state.sessions {
        read_database(sessions).await;
    }
    ([(CONTENT_TYPE, MEDIA_TYPE)], metrics().text()).into_response()
}

/// Reads the metrics of the database.
async fn read_database(sessions: &Sessions) {
    let store = sessions.store();
    // Read before the connections that these three take.
    let pool = store.pool_usage();
    metrics().read(Reading::Connections, Some(pool.open));
    metrics().read(Reading::ConnectionsInUse, Some(pool.in_use));
    metrics().read(Reading::ConnectionsMax, Some(pool.max));
    metrics().read(Reading::WriteAheadLog, store.log_bytes());
    // At once: each can take as long as the timeout of an operation, and Prometheus waits 10 s by default.
    let (answer, webhooks, audit) = tokio::join!(store.ping(), store.outbox_counts(), store.audit_backlog());
    metrics().read(Reading::DatabaseUp, Some(answer.is_ok().into()));
    let age = |made: Option<i64>| made.map_or(0, |made| sessions.clock().now().saturating_sub(made).max(0) / 1_000);
    let webhooks = webhooks.ok();
    metrics().messages(webhooks.map(|counts| [("pending", counts.pending), ("failed", counts.failed)]));
    metrics().read(Reading::OldestWebhook, webhooks.map(|counts| age(counts.oldest_pending)));
    let audit = audit.ok();
    metrics().read(Reading::AuditWaiting, audit.map(|backlog| backlog.waiting));
    metrics().read(Reading::OldestAudit, audit.map(|backlog| age(backlog.oldest)));
}

/// Returns the database. The routes that need it exist only with sessions.
fn store(state: &AppState) -> Result<&Store, RelayError> {
    let sessions = state.sessions.as_ref().ok_or_else(|| RelayError::new(ProblemCode::NotFound))?;
    Ok(sessions.store())
}

/// Returns the number of sessions in each state.
async fn sessions(State(state): State<SharedState>) -> Result<Json<BTreeMap<String, i64>>, RelayError> {
    Ok(Json(store(&state)?.count_sessions().await?.into_iter().collect()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookQuery {
    status: Option<MessageStatus>,
    limit: Option<u32>,
    before: Option<String>,
}

/// A webhook without its body.
#[derive(Debug, Serialize)]
struct WebhookSummary {
    id: String,
    session_id: String,
    endpoint: String,
    event: String,
    status: String,
    attempts: i64,
    last_result: Option<String>,
    created_at: String,
}

/// Lists webhooks, newest first.
async fn webhooks(
    State(state): State<SharedState>,
    query: Result<Query<WebhookQuery>, QueryRejection>,
) -> Result<Json<Vec<WebhookSummary>>, RelayError> {
    let Query(WebhookQuery { status, limit, before }) = query.map_err(|_| {
        RelayError::new(ProblemCode::BadRequest)
            .with_detail("The query can have `status` (pending, delivered or failed), `limit` (a number) and `before` (the id of a webhook).")
    })?;
    let status = status.unwrap_or(MessageStatus::Failed).as_str();
    let limit = limit.unwrap_or(100).min(MAX_LISTED);
    let listed = store(&state)?.list_messages(status, before.as_deref(), limit.into()).await?;
    let webhook = |message: crate::store::outbox_admin::MessageSummary| WebhookSummary {
        id: message.id,
        session_id: message.session_id,
        endpoint: message.endpoint,
        event: message.event,
        status: message.status,
        attempts: message.attempts,
        last_result: message.last_result,
        created_at: rfc3339(message.created_at),
    };
    Ok(Json(listed.into_iter().map(webhook).collect()))
}

/// The answer to a resend: how many webhooks will be sent again.
#[derive(Debug, Serialize)]
struct Resent {
    resent: u64,
}

/// Sends one webhook again, whatever its status.
async fn resend(
    State(state): State<SharedState>,
    Extension(RequestId(request)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Result<Json<Resent>, RelayError> {
    match resend_and_notify(&state, Some(&id), &request).await? {
        Json(Resent { resent: 0 }) => Err(RelayError::new(ProblemCode::NotFound)),
        resent => Ok(resent),
    }
}

/// Sends all failed webhooks again.
async fn resend_failed(
    State(state): State<SharedState>,
    Extension(RequestId(request)): Extension<RequestId>,
) -> Result<Json<Resent>, RelayError> {
    resend_and_notify(&state, None, &request).await
}

/// Makes one webhook, or all failed ones, due again and wakes the delivery task.
async fn resend_and_notify(state: &AppState, id: Option<&str>, request: &str) -> Result<Json<Resent>, RelayError> {
    let sessions = state.sessions.as_ref().ok_or_else(|| RelayError::new(ProblemCode::NotFound))?;
    let resent = outbox::resend(sessions.store(), id, Some(request), sessions.clock().now()).await?;
    sessions.outbox().wake_all();
    Ok(Json(Resent { resent }))
}
