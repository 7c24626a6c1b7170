//! The OpenAPI document as a call ([`document`]).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::http::openapi::problems::DocumentProblems;
use crate::http::state::SharedState;

/// How long the document may be cached. It changes only with the version and with `sessions`.
pub(super) const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Returns the OpenAPI document. It does not depend on the settings and holds no secret.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "contract",
    tag = "operation",
    summary = "This document.",
    responses(
        (status = 200, description = "The document, for a relay with sessions or for one without.", body = Object),
        (status = 304, description = "The caller has the current version, as its `If-None-Match` says."),
        DocumentProblems,
    ),
)]
pub async fn document(State(state): State<SharedState>, headers: HeaderMap) -> Response {
    let document = &state.document;
    let cache = [(CACHE_CONTROL, CACHE), (ETAG, document.etag())];
    match document.is_known(&headers) {
        true => (StatusCode::NOT_MODIFIED, cache).into_response(),
        false => (cache, [(CONTENT_TYPE, "application/json")], document.text()).into_response(),
    }
}
