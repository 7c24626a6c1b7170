//! The OpenAPI document as a call ([`document`]).

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;

use crate::http::openapi::problems::CommonProblems;
use crate::http::state::AppState;

/// Returns the OpenAPI document. It does not depend on the settings and holds no secret.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "contract",
    tag = "operation",
    summary = "This document.",
    responses((status = 200, description = "The document, for a relay with sessions or for one without.", body = Object), CommonProblems),
)]
pub async fn document(State(state): State<AppState>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], state.document)
}
