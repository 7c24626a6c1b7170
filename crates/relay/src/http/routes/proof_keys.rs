//! The public keys of proofs as a call ([`proof_keys`]).

use akiba_protocol::ProblemCode;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::openapi::CACHE;
use crate::error::RelayError;
use crate::http::openapi::problems::ProofKeysProblems;
use crate::http::state::SharedState;
use crate::secrets::proof_keys::KeySet;

/// The media type of a JWK Set (RFC 7517, section 8.5).
const MEDIA_TYPE: &str = "application/jwk-set+json";

/// Returns the public keys that check proofs of verdicts.
///
/// # Errors
/// [`ProblemCode::NotFound`] if the relay signs no proofs.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "proofKeys",
    tag = "operation",
    summary = "The public keys that check proofs of verdicts.",
    description = "A JWK Set (RFC 7517). Exists only on a relay with proof keys.",
    responses(
        (status = 200, description = "The keys.", body = KeySet, content_type = "application/jwk-set+json"),
        ProofKeysProblems,
    ),
)]
pub async fn proof_keys(State(state): State<SharedState>) -> Result<Response, RelayError> {
    let proofs = state.sessions.as_ref().and_then(|sessions| sessions.proofs());
    let keys = proofs.ok_or_else(|| RelayError::new(ProblemCode::NotFound))?.public_keys();
    let body = serde_json::to_string(&keys).map_err(|_| RelayError::new(ProblemCode::Internal))?;
    Ok(([(CACHE_CONTROL, CACHE)], [(CONTENT_TYPE, MEDIA_TYPE)], body).into_response())
}
