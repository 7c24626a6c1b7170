//! The widget's two calls with a session: `POST /v1/customer` ([`link`]) and `POST /v1/customer/verify` ([`verify`]).

use axum::Json;
use http::HeaderMap;

use crate::error::RelayError;
use crate::http::auth::PageCaller;
use crate::http::body::{JsonBody, JsonCall};
use crate::http::idempotency;
use crate::http::openapi::problems::{PageLinkProblems, PageVerifyProblems};
use crate::session::page::binding::{LinkCall, VerifyCall};
use crate::session::page::link::SessionLink;
use crate::session::page::verdict::PageVerdict;

impl JsonCall for LinkCall {
    const SHAPE: &'static str = "The body must be an object with, if wanted, `identifier` (string), `type` (\"1\" or \
                                 \"2\") and `selfie_filename` (string).";
}

impl JsonCall for VerifyCall {
    const SHAPE: &'static str = "The body must be an object with, if wanted, `selfie_filename`, `id`, `s3_key` \
                                 (strings) and `user_type` (\"1\" or \"2\").";
}

/// Asks the vendor for a signed link for the session's person.
///
/// # Errors
/// [`RelayError`] when the session or the body is wrong, or the vendor gives no usable link.
#[utoipa::path(
    post,
    path = "/v1/customer",
    operation_id = "link",
    tag = "page",
    summary = "Asks for a signed link.",
    description = "The photo is sent to the link by `PUT`, or by `POST` with the answer's `fields` before it.",
    security(("session_token" = [])),
    request_body = LinkCall,
    responses((status = 200, description = "The link. A secret while it lives.", body = SessionLink), PageLinkProblems),
)]
pub async fn link(caller: PageCaller, JsonBody(call): JsonBody<LinkCall>) -> Result<Json<SessionLink>, RelayError> {
    caller.sessions.link(&caller.session_id, call).await.map(Json)
}

/// Asks the vendor for the verdict on what the session issued.
///
/// # Errors
/// [`RelayError`] when the session or the body is wrong, or the vendor gives no verdict.
#[utoipa::path(
    post,
    path = "/v1/customer/verify",
    operation_id = "verify",
    tag = "page",
    summary = "Asks for the verdict on a photo that was uploaded.",
    description = "A link is judged once: whoever asks again is told the same. 200 does not mean verified.",
    security(("session_token" = [])),
    params((
        "idempotency-key" = Option<String>, Header, nullable = false,
        description = "Names the photo for its session.",
        min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", example = "photo-1",
    )),
    request_body = VerifyCall,
    responses((status = 200, description = "The verdict.", body = PageVerdict), PageVerifyProblems),
)]
pub async fn verify(
    caller: PageCaller,
    headers: HeaderMap,
    JsonBody(call): JsonBody<VerifyCall>,
) -> Result<Json<PageVerdict>, RelayError> {
    let key = idempotency::key_hash(&headers, &caller.session_id)?;
    caller.sessions.verify(&caller.session_id, call, key).await.map(Json)
}
