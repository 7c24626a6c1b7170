//! Whether the relay is up ([`live`]). It asks nothing of the vendor: a vendor that is down is no reason to restart
//! the relay.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::problems::Always;

/// The answer of `GET /healthz`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(pattern = "^ok$", example = "ok")]
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
    responses((status = 200, description = "It does.", body = Health), Always),
)]
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}
