//! The calls of a hand-off from a desktop to a phone: the desktop's ([`begin`], [`held`], [`renew`], [`follow`], [`end`]), with the
//! session's token, and the phone's ([`redeem`], [`confirm`], [`disown`]), with the code and the phone's claim in the body.

use akiba_protocol::ProblemCode;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use http::StatusCode;
use serde::Deserialize;

use crate::error::RelayError;
use crate::http::auth::{HandoffId, PageCaller, PhoneCaller, ReturningPage};
use crate::http::body::{JsonBody, JsonCall};
use crate::http::openapi::problems::{
    BeginHandoffProblems, ConfirmProblems, DisownProblems, EndHandoffProblems, FollowHandoffProblems,
    HeldHandoffProblems, RedeemProblems, RenewHandoffProblems,
};
use crate::http::state::SharedState;
use crate::session::page::handoff::{Handoff, HandoffStatus, Visitor};
use crate::session::page::phone::{Confirm, Disown, Opened, PhoneSession, Redeem};

impl JsonCall for Redeem {
    const SHAPE: &'static str = "The body must be an object with `code` and `claim` (strings).";
}

impl JsonCall for Confirm {
    const SHAPE: &'static str = "The body must be an object with `claim` (string) and `number` (a whole number).";
}

impl JsonCall for Disown {
    const SHAPE: &'static str = "The body must be an object with `claim` (string).";
}

/// The query of a desktop that follows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowQuery {
    after: Option<i64>,
}

/// Begins a hand-off.
///
/// # Errors
/// [`RelayError`] when the token is wrong, hand-offs are off, or the session can't be handed over.
#[utoipa::path(
    post,
    path = "/v1/handoffs",
    operation_id = "beginHandoff",
    tag = "hand-off",
    summary = "Begins a hand-off to a phone, at the desktop.",
    description = "Show the link as a QR code, and the number beside it. Another hand-off of the session that is not confirmed ends.",
    security(("session_token" = [])),
    responses(
        (
            status = 201, description = "The hand-off.", body = Handoff,
            links(
                ("follow" = (operation_id = "followHandoff", parameters(("id" = "$response.body#/handoff_id")))),
                ("renew" = (operation_id = "renewHandoff", parameters(("id" = "$response.body#/handoff_id")))),
                ("end" = (operation_id = "endHandoff", parameters(("id" = "$response.body#/handoff_id")))),
            ),
        ),
        BeginHandoffProblems,
    ),
)]
pub async fn begin(caller: PageCaller, visitor: Visitor) -> Result<(StatusCode, Json<Handoff>), RelayError> {
    let caller = caller.at_desktop()?;
    let handoff = caller.sessions.begin_handoff(&caller.session_id, visitor).await?;
    Ok((StatusCode::CREATED, Json(handoff)))
}

/// Returns the hand-off that has the session.
///
/// # Errors
/// [`RelayError`] when the token is wrong, or no phone has the session.
#[utoipa::path(
    get,
    path = "/v1/handoffs",
    operation_id = "heldHandoff",
    tag = "hand-off",
    summary = "Returns the hand-off whose phone has the session, at a desktop that was reloaded.",
    description = "The desktop can follow it or end it. Before a phone is confirmed there is none: begin another one. A link that the back end sent does not count.",
    security(("session_token" = [])),
    responses(
        (
            status = 200, description = "The hand-off.", body = HandoffStatus,
            links(
                ("follow" = (operation_id = "followHandoff", parameters(("id" = "$response.body#/handoff_id")))),
                ("end" = (operation_id = "endHandoff", parameters(("id" = "$response.body#/handoff_id")))),
            ),
        ),
        HeldHandoffProblems,
    ),
)]
pub async fn held(ReturningPage(caller): ReturningPage) -> Result<Json<HandoffStatus>, RelayError> {
    let caller = caller.at_desktop()?;
    caller.sessions.held_handoff(&caller.session_id).await.map(Json)
}

/// Renews a hand-off that no phone has opened.
///
/// # Errors
/// [`RelayError`] when the token is wrong, or the hand-off can't be renewed.
#[utoipa::path(
    post,
    path = "/v1/handoffs/{id}/renew",
    operation_id = "renewHandoff",
    tag = "hand-off",
    summary = "Replaces the code of a hand-off that no phone has opened.",
    description = "The link before it no longer works. The number stays.",
    security(("session_token" = [])),
    params(("id" = String, Path, description = "The hand-off.", pattern = "^hof_[0-9a-f]{32}$")),
    responses((status = 200, description = "The hand-off with its new link.", body = Handoff), RenewHandoffProblems),
)]
pub async fn renew(caller: PageCaller, HandoffId(id): HandoffId) -> Result<Json<Handoff>, RelayError> {
    let caller = caller.at_desktop()?;
    caller.sessions.renew_handoff(&caller.session_id, &id).await.map(Json)
}

/// Returns how far a hand-off is.
///
/// # Errors
/// [`RelayError`] when the token or the query is wrong, or the session has no such hand-off.
#[utoipa::path(
    get,
    path = "/v1/handoffs/{id}",
    operation_id = "followHandoff",
    tag = "hand-off",
    summary = "Returns how far a hand-off is, at the desktop.",
    description = "With `after`, waits up to 25 seconds for another version. Read the verdict from `GET /v1/customer/verify`.",
    security(("session_token" = [])),
    params(
        ("id" = String, Path, description = "The hand-off.", pattern = "^hof_[0-9a-f]{32}$"),
        ("after" = Option<i64>, Query, description = "The `version` that the desktop knows."),
    ),
    responses((status = 200, description = "The hand-off.", body = HandoffStatus), FollowHandoffProblems),
)]
pub async fn follow(
    State(state): State<SharedState>,
    ReturningPage(caller): ReturningPage,
    HandoffId(id): HandoffId,
    query: Result<Query<FollowQuery>, QueryRejection>,
) -> Result<Json<HandoffStatus>, RelayError> {
    let Query(FollowQuery { after }) = query.map_err(|_| {
        RelayError::new(ProblemCode::BadRequest).with_detail("The query can have `after`, the version of an answer.")
    })?;
    let caller = caller.at_desktop()?;
    let is_over = || state.readiness.is_draining();
    caller.sessions.follow_handoff(&caller.session_id, &id, after, is_over).await.map(Json)
}

/// Ends a hand-off.
///
/// # Errors
/// [`RelayError`] when the token is wrong, or the session has no such hand-off.
#[utoipa::path(
    post,
    path = "/v1/handoffs/{id}/end",
    operation_id = "endHandoff",
    tag = "hand-off",
    summary = "Takes the session back to the desktop.",
    description = "The phone's token gets no more links and verdicts. A hand-off that is over stays as it is.",
    security(("session_token" = [])),
    params(("id" = String, Path, description = "The hand-off.", pattern = "^hof_[0-9a-f]{32}$")),
    responses((status = 204, description = "The hand-off is over."), EndHandoffProblems),
)]
pub async fn end(caller: PageCaller, HandoffId(id): HandoffId) -> Result<StatusCode, RelayError> {
    let caller = caller.at_desktop()?;
    caller.sessions.end_handoff(&caller.session_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a hand-off on a phone.
///
/// # Errors
/// [`RelayError`] when the body is wrong, or the code is unknown, used or expired.
#[utoipa::path(
    post,
    path = "/v1/handoffs/redeem",
    operation_id = "redeemHandoff",
    tag = "hand-off",
    summary = "Opens a hand-off on a phone.",
    description = "Show who asks for what, how long ago and from which kind of browser, before the person chooses a number. The same phone can repeat the call with the same claim; for any other one the code is used.",
    request_body = Redeem,
    responses(
        (
            status = 200, description = "What the phone shows.", body = Opened,
            links(
                ("confirm" = (operation_id = "confirmHandoff", parameters(("id" = "$response.body#/handoff_id")))),
                ("disown" = (operation_id = "disownHandoff", parameters(("id" = "$response.body#/handoff_id")))),
            ),
        ),
        RedeemProblems,
    ),
)]
pub async fn redeem(
    caller: PhoneCaller,
    visitor: Visitor,
    JsonBody(call): JsonBody<Redeem>,
) -> Result<Json<Opened>, RelayError> {
    let (session_id, opened) = caller.sessions.redeem(&call, visitor).await?;
    caller.belongs_to(&session_id);
    Ok(Json(opened))
}

/// Takes the number that the person chose.
///
/// # Errors
/// [`RelayError`] when the body is wrong, the number is wrong, or the hand-off is over.
#[utoipa::path(
    post,
    path = "/v1/handoffs/{id}/confirm",
    operation_id = "confirmHandoff",
    tag = "hand-off",
    summary = "Sends the number that the person chose on the phone.",
    description = "With the right number the phone gets a token, and the desktop's token gets no more links and verdicts. A wrong number ends the hand-off.",
    params(("id" = String, Path, description = "The hand-off.", pattern = "^hof_[0-9a-f]{32}$")),
    request_body = Confirm,
    responses((status = 200, description = "The phone's token.", body = PhoneSession), ConfirmProblems),
)]
pub async fn confirm(
    caller: PhoneCaller,
    HandoffId(id): HandoffId,
    JsonBody(call): JsonBody<Confirm>,
) -> Result<Json<PhoneSession>, RelayError> {
    let (session_id, session) = caller.sessions.confirm(&id, &call).await?;
    caller.belongs_to(&session_id);
    Ok(Json(session))
}

/// Ends a session that the person at the phone did not start.
///
/// # Errors
/// [`RelayError`] when the body is wrong, or the session has ended or waits for the vendor.
#[utoipa::path(
    post,
    path = "/v1/handoffs/{id}/disown",
    operation_id = "disownHandoff",
    tag = "hand-off",
    summary = "Ends the session: the person at the phone did not start it.",
    description = "The back end gets the webhook `session.disowned`.",
    params(("id" = String, Path, description = "The hand-off.", pattern = "^hof_[0-9a-f]{32}$")),
    request_body = Disown,
    responses((status = 204, description = "The session has ended."), DisownProblems),
)]
pub async fn disown(
    caller: PhoneCaller,
    HandoffId(id): HandoffId,
    JsonBody(call): JsonBody<Disown>,
) -> Result<StatusCode, RelayError> {
    let session_id = caller.sessions.disown(&id, &call).await?;
    caller.belongs_to(&session_id);
    Ok(StatusCode::NO_CONTENT)
}
