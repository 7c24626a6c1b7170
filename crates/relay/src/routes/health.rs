//! Whether the relay is up ([`live`]). It asks nothing of the vendor: a vendor that is down is no reason to restart
//! the relay.

use axum::Json;
use serde::Serialize;

/// The answer of `GET /healthz`.
#[derive(Debug, Serialize)]
pub struct Health {
    status: &'static str,
}

/// Says that the relay takes requests.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}
