//! The widget's two calls without sessions: `POST /v1/customer` ([`link`]) and `POST /v1/customer/verify` ([`verify`]).

use std::sync::atomic::AtomicBool;

use akiba_protocol::{LinkReply, LinkRequest, VerifyReply, VerifyRequest};
use axum::extract::State;

use crate::error::RelayError;
use crate::http::body::{JsonBody, JsonCall};
use crate::http::openapi::problems::PlainCallProblems;
use crate::http::rate_limit::AddressCounted;
use crate::http::reply::Reply;
use crate::http::state::SharedState;

impl JsonCall for LinkRequest {
    const SHAPE: &'static str = "The body must be an object with `identifier` (string), `type` (\"1\" or \"2\") and, \
                                 optionally, `selfie_filename` (string).";
}

impl JsonCall for VerifyRequest {
    const SHAPE: &'static str = "The body must be an object with `selfie_filename`, `id`, `s3_key` (strings) and \
                                 `user_type` (\"1\" or \"2\").";
}

/// Requests a signed link from the vendor.
///
/// # Errors
/// [`RelayError`] when the body is wrong, too many calls are running, or the vendor gives no usable link.
#[utoipa::path(
    post,
    path = "/v1/customer",
    operation_id = "link",
    tag = "page",
    summary = "Requests a signed link for the upload of a photo.",
    description = "Upload the photo to the link with `PUT`, or with a `POST` form that has the answer's `fields` before the file.",
    request_body = LinkRequest,
    responses((status = 200, description = "The link. Keep it secret until it expires.", body = LinkReply), PlainCallProblems),
)]
pub async fn link(
    State(state): State<SharedState>,
    _: AddressCounted,
    JsonBody(request): JsonBody<LinkRequest>,
) -> Result<Reply<LinkReply>, RelayError> {
    let _permit = state.capacity.links.acquire()?;
    let pass = state.vendor.link_pass()?;
    Ok(Reply(state.vendor.link(pass, &request, false, &AtomicBool::default()).await?))
}

/// Requests the vendor's verdict.
///
/// # Errors
/// [`RelayError`] when the body is wrong, too many calls are running, or the vendor gives no usable answer.
#[utoipa::path(
    post,
    path = "/v1/customer/verify",
    operation_id = "verify",
    tag = "page",
    summary = "Requests the verdict on an uploaded photo.",
    description = "Status 200 does not mean verified. The person is verified only if `status` is `success` and \
                   `data.identity.fraud_detected` is `Low` or `Medium`.",
    request_body = VerifyRequest,
    responses((status = 200, description = "The vendor's answer.", body = VerifyReply), PlainCallProblems),
)]
pub async fn verify(
    State(state): State<SharedState>,
    _: AddressCounted,
    JsonBody(request): JsonBody<VerifyRequest>,
) -> Result<Reply<VerifyReply>, RelayError> {
    let _permit = state.capacity.verdicts.acquire()?;
    Ok(Reply(state.vendor.verify(&request, false).await?.reply))
}
