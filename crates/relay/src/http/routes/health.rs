//! Whether the relay is up ([`live`]), and whether callers are to come here ([`ready`]). Neither asks anything of the
//! vendor: a vendor that is down is no reason to restart the relay.

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
    /// `ok`; of a relay that is not ready `draining` or `database`.
    #[schema(pattern = "^(ok|draining|database)$", example = "ok")]
    status: &'static str,
}

/// Says that the relay takes requests.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "live",
    tag = "operation",
    summary = "Whether the relay takes requests.",
    description = "It asks nothing of the vendor.",
    responses((status = 200, description = "It does.", body = Health), CommonProblems),
)]
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Says whether a load balancer is to send callers here: not while the relay drains, nor while its database is gone.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "operation",
    summary = "Whether callers are to come to this relay.",
    description = "It asks the database, and nothing of the vendor. Its answer holds for a second.",
    responses(
        (status = 200, description = "They are.", body = Health),
        (status = 503, description = "They are not: it drains, or its database does not answer.", body = Health),
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
