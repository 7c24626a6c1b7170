//! The page's calls with a session: `POST /v1/customer` ([`link`]), `POST /v1/customer/verify` ([`verify`]) and
//! `GET /v1/customer/verify` ([`verdict`]). The widget makes the first two.

use axum::Json;
use http::HeaderMap;

use crate::error::RelayError;
use crate::http::auth::{PageCaller, ReturningPage};
use crate::http::body::{JsonBody, JsonCall};
use crate::http::idempotency;
use crate::http::openapi::problems::{PageLinkProblems, PageVerdictProblems, PageVerifyProblems};
use crate::http::reply::Reply;
use crate::session::page::binding::{LinkCall, VerifyCall};
use crate::session::page::link::SessionLink;
use crate::session::page::page_verdict::PageVerdict;

impl JsonCall for LinkCall {
    const SHAPE: &'static str = "The body must be an object with, optionally, `identifier` (string), `type` (\"1\" or \
                                 \"2\"), `selfie_filename`, `consent_version`, `consent_hash` and `consent_lang` \
                                 (strings).";
}

impl JsonCall for VerifyCall {
    const SHAPE: &'static str = "The body must be an object with, optionally, `selfie_filename`, `id`, `s3_key`, \
                                 `source`, `camera` (strings) and `user_type` (\"1\" or \"2\").";
}

/// Requests a signed link from the vendor for the session's person.
///
/// # Errors
/// [`RelayError`] when the session or the body is wrong, or the vendor gives no usable link.
#[utoipa::path(
    post,
    path = "/v1/customer",
    operation_id = "link",
    tag = "page",
    summary = "Requests a signed link for the upload of a photo.",
    description = "Upload the photo to the link with `PUT`, or with a `POST` form that has the answer's `fields` before the file.",
    security(("session_token" = [])),
    request_body = LinkCall,
    responses((status = 200, description = "The link. Keep it secret until it expires.", body = SessionLink), PageLinkProblems),
)]
pub async fn link(caller: PageCaller, JsonBody(call): JsonBody<LinkCall>) -> Result<Reply<SessionLink>, RelayError> {
    caller.sessions.link(&caller.session_id, caller.handoff.as_deref(), call).await.map(Reply)
}

/// Requests the vendor's verdict on the photo uploaded to the session's link.
///
/// # Errors
/// [`RelayError`] when the session or the body is wrong, or the vendor gives no verdict.
#[utoipa::path(
    post,
    path = "/v1/customer/verify",
    operation_id = "verify",
    tag = "page",
    summary = "Requests the verdict on an uploaded photo.",
    description = "There is one verdict for each link: a repeated call gets the same one. Status 200 does not mean verified.",
    security(("session_token" = [])),
    params((
        "idempotency-key" = Option<String>, Header, nullable = false,
        description = "The page's name for the photo, unique within the session.",
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
    caller.sessions.verify(&caller.session_id, caller.handoff.as_deref(), call, key).await.map(Json)
}

/// Returns the verdict of a session that has one, for example after the page was reloaded.
///
/// # Errors
/// [`RelayError`] when the token is wrong, or the session has no verdict.
#[utoipa::path(
    get,
    path = "/v1/customer/verify",
    operation_id = "verdict",
    tag = "page",
    summary = "Returns the session's verdict again.",
    description = "Asks the vendor nothing. The token can read the verdict until 15 minutes after its expiry. Status 200 does not mean verified.",
    security(("session_token" = [])),
    responses((status = 200, description = "The verdict, as `POST` returned it.", body = PageVerdict), PageVerdictProblems),
)]
pub async fn verdict(ReturningPage(caller): ReturningPage) -> Result<Json<PageVerdict>, RelayError> {
    caller.sessions.last_verdict(&caller.session_id).await.map(Json)
}
