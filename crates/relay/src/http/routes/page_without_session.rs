//! The vendor's two calls, as the widget makes them: `POST /v1/customer` ([`link`]) and `POST /v1/customer/verify`
//! ([`verify`]).

use akiba_protocol::{LinkReply, LinkRequest, VerifyReply, VerifyRequest};
use axum::Json;
use axum::extract::State;

use crate::error::RelayError;
use crate::http::body::{JsonBody, JsonCall};
use crate::http::openapi::problems::PlainCallProblems;
use crate::http::state::AppState;

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
#[utoipa::path(
    post,
    path = "/v1/customer",
    operation_id = "link",
    tag = "page",
    summary = "Asks for a signed link.",
    description = "The photo is sent to the link by `PUT`, or by `POST` with the answer's `fields` before it.",
    request_body = LinkRequest,
    responses((status = 200, description = "The link. A secret while it lives.", body = LinkReply), PlainCallProblems),
)]
pub async fn link(
    State(state): State<AppState>,
    JsonBody(request): JsonBody<LinkRequest>,
) -> Result<Json<LinkReply>, RelayError> {
    let _permit = state.capacity.acquire()?;
    Ok(Json(state.vendor.link(&request, false).await?))
}

/// Asks the vendor for its verdict.
///
/// # Errors
/// [`RelayError`] when the body is wrong, too many calls are at work, or the vendor gives no usable answer.
#[utoipa::path(
    post,
    path = "/v1/customer/verify",
    operation_id = "verify",
    tag = "page",
    summary = "Asks for the verdict on a photo that was uploaded.",
    description = "200 does not mean verified: `status` must be `success`, and `data.identity.fraud_detected` not `High`.",
    request_body = VerifyRequest,
    responses((status = 200, description = "The vendor's answer.", body = VerifyReply), PlainCallProblems),
)]
pub async fn verify(
    State(state): State<AppState>,
    JsonBody(request): JsonBody<VerifyRequest>,
) -> Result<Json<VerifyReply>, RelayError> {
    let _permit = state.capacity.acquire()?;
    Ok(Json(state.vendor.verify(&request, false).await?))
}
