//! What the calls are, for programs ([`document`]).

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;

use crate::http::openapi::problems::CommonProblems;
use crate::http::state::AppState;

/// Gives this document. It says the same for every setting, and holds no secret.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "contract",
    tag = "operation",
    summary = "This document.",
    responses((status = 200, description = "It, for relays with sessions or without.", body = Object), CommonProblems),
)]
pub async fn document(State(state): State<AppState>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], state.document)
}
