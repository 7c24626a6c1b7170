//! Health checks: whether the relay is up ([`live`]) and whether it is ready for requests ([`ready`]). Neither calls
//! the vendor, because restarting the relay does not help when the vendor is down.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::openapi::problems::CommonProblems;
use crate::http::readiness::ReadinessStatus;
use crate::http::state::AppState;

/// The answer of `GET /healthz` and `GET /readyz`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or why the relay is not ready: `draining` (shutting down) or `database` (no answer).
    #[schema(pattern = "^(ok|draining|database)$", example = "ok")]
    status: &'static str,
}

/// Answers that the relay is up.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "live",
    tag = "operation",
    summary = "Checks whether the relay is up.",
    description = "Does not call the vendor.",
    responses((status = 200, description = "The relay is up.", body = Health), CommonProblems),
)]
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Answers whether a load balancer should send requests here. It should not while the relay drains or its database does
/// not answer.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "operation",
    summary = "Checks whether this relay is ready for requests.",
    description = "Checks the database, but does not call the vendor. The answer is cached for one second.",
    responses(
        (status = 200, description = "The relay is ready.", body = Health),
        (status = 503, description = "The relay is not ready: it is shutting down, or its database does not answer.", body = Health),
        CommonProblems,
    ),
)]
pub async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let store = state.sessions.as_ref().map(|sessions| sessions.store());
    let (code, status) = match state.readiness.status(store).await {
        ReadinessStatus::Ready => (StatusCode::OK, "ok"),
        ReadinessStatus::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        ReadinessStatus::NoDatabase => (StatusCode::SERVICE_UNAVAILABLE, "database"),
    };
    (code, Json(Health { status }))
}
