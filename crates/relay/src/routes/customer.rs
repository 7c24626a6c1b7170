//! The vendor's two calls, as the widget makes them: `POST /v1/customer` ([`link`]) and `POST /v1/customer/verify`
//! ([`verify`]).

use akiba_protocol::{LinkReply, LinkRequest, VerifyReply, VerifyRequest};
use axum::Json;
use axum::extract::State;

use crate::body::{JsonBody, JsonCall};
use crate::error::RelayError;
use crate::state::AppState;

impl JsonCall for LinkRequest {
    const SHAPE: &'static str = "The body must be an object with `identifier` (string), `type` (\"1\" or \"2\") and, if \
                                 wanted, `selfie_filename` (string).";
}

impl JsonCall for VerifyRequest {
    const SHAPE: &'static str = "The body must be an object with `selfie_filename`, `id`, `s3_key` (strings) and \
                                 `user_type` (\"1\" or \"2\").";
}

/// Asks the vendor for a signed link.
///
/// # Errors
/// [`RelayError`] when the body is wrong, too many calls are at work, or the vendor gives no usable link.
pub async fn link(
    State(state): State<AppState>,
    JsonBody(request): JsonBody<LinkRequest>,
) -> Result<Json<LinkReply>, RelayError> {
    let _place = state.capacity.enter()?;
    Ok(Json(state.vendor.link(&request, false).await?))
}

/// Asks the vendor for its verdict.
///
/// # Errors
/// [`RelayError`] when the body is wrong, too many calls are at work, or the vendor gives no usable answer.
pub async fn verify(
    State(state): State<AppState>,
    JsonBody(request): JsonBody<VerifyRequest>,
) -> Result<Json<VerifyReply>, RelayError> {
    let _place = state.capacity.enter()?;
    Ok(Json(state.vendor.verify(&request, false).await?))
}
