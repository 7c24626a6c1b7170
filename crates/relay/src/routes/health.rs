//! Whether the relay is up ([`live`]), and whether callers are to come here ([`ready`]). Neither asks anything of the
//! vendor: a vendor that is down is no reason to restart the relay.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;

use crate::readiness::Standing;
use crate::state::AppState;

/// The answer of `GET /healthz` and `GET /readyz`.
#[derive(Debug, Serialize)]
pub struct Health {
    status: &'static str,
}

/// Says that the relay takes requests.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Says whether a load balancer is to send callers here: not while the relay drains, nor while its database is gone.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let store = state.sessions.as_ref().map(|sessions| sessions.store());
    let (code, status) = match state.readiness.standing(store).await {
        Standing::Ready => (StatusCode::OK, "ok"),
        Standing::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        Standing::NoDatabase => (StatusCode::SERVICE_UNAVAILABLE, "database"),
    };
    (code, Json(Health { status }))
}
