//! Health checks: whether the relay is up ([`live`]) and whether it is ready for requests ([`ready`]). Neither calls
//! the vendor, because restarting the relay does not help when the vendor is down.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::openapi::problems::CommonProblems;
use crate::http::readiness::ReadinessStatus;
use crate::http::state::SharedState;

/// The answer of `GET /healthz` and `GET /readyz`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or why the relay is not up or not ready: `draining` (shutting down), `stalled` (its threads are stuck) or
    /// `database` (no answer).
    #[schema(pattern = "^(ok|draining|stalled|database)$", example = "ok")]
    status: &'static str,
}

/// Answers whether the relay is up. It is not if its threads are stuck, which a restart may mend.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "live",
    tag = "operation",
    summary = "Checks whether the relay is up.",
    description = "Does not call the vendor.",
    responses(
        (status = 200, description = "The relay is up.", body = Health),
        (status = 503, description = "The relay's threads have been stuck for 10 seconds.", body = Health),
        CommonProblems,
    ),
)]
pub async fn live(State(state): State<SharedState>) -> (StatusCode, Json<Health>) {
    match state.readiness.is_stalled() {
        false => (StatusCode::OK, Json(Health { status: "ok" })),
        true => (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "stalled" })),
    }
}

/// Answers whether a load balancer should send requests here. It should not while the relay drains, its threads are
/// stuck, or its database does not answer.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "operation",
    summary = "Checks whether this relay is ready for requests.",
    description = "Checks the database, but does not call the vendor. The answer is cached for one second.",
    responses(
        (status = 200, description = "The relay is ready.", body = Health),
        (status = 503, description = "The relay is not ready: it is shutting down, its threads are stuck, or its database does not answer.", body = Health),
        CommonProblems,
    ),
)]
pub async fn ready(State(state): State<SharedState>) -> (StatusCode, Json<Health>) {
    let store = state.sessions.as_ref().map(|sessions| sessions.store());
    let (code, status) = match state.readiness.status(store).await {
        ReadinessStatus::Ready => (StatusCode::OK, "ok"),
        ReadinessStatus::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        ReadinessStatus::Stalled => (StatusCode::SERVICE_UNAVAILABLE, "stalled"),
        ReadinessStatus::NoDatabase => (StatusCode::SERVICE_UNAVAILABLE, "database"),
    };
    (code, Json(Health { status }))
}
