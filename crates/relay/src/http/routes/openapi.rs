//! The OpenAPI document as a call ([`document`]).

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use ring::digest::{SHA256, digest};

use crate::http::openapi::problems::CommonProblems;
use crate::http::state::AppState;

/// How long the document may be cached. It changes only with the version and with `sessions`.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// The OpenAPI document and its version.
#[derive(Clone, Debug)]
pub struct Document {
    text: Bytes,
    etag: HeaderValue,
}

impl Document {
    /// Computes the version of a document.
    #[must_use]
    pub fn new(text: String) -> Self {
        let hash: String = digest(&SHA256, text.as_bytes()).as_ref()[..16].iter().map(|b| format!("{b:02x}")).collect();
        let etag = HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { text: text.into(), etag }
    }

    /// Returns whether the caller already has this version.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag)
    }
}

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
        CommonProblems,
    ),
)]
pub async fn document(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let document = state.document;
    let cache = [(CACHE_CONTROL, CACHE), (ETAG, document.etag.clone())];
    match document.is_known(&headers) {
        true => (StatusCode::NOT_MODIFIED, cache).into_response(),
        false => (cache, [(CONTENT_TYPE, "application/json")], document.text).into_response(),
    }
}
