//! The page that phones open ([`router`]), if the relay serves it.

use akiba_protocol::ProblemCode;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;

use super::fallback;
use crate::error::RelayError;
use crate::http::hosted::HostedPage;
use crate::http::rate_limit;
use crate::http::state::{AppState, SharedState};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A cache may keep a file of the page, but must ask each time.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");

/// Builds the routes of the page and its files. They are the same for everybody.
pub fn router(state: &SharedState) -> Router<SharedState> {
    Router::new()
        .route("/s", get(page))
        .route("/s/logo", get(logo))
        .route("/s/theme.css", get(theme))
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(from_fn_with_state(state.clone(), rate_limit::limit_widget))
}

/// Whose look to show. The page of an unknown key is the common one, and other members of the query are for the script.
#[derive(Deserialize)]
struct LookQuery {
    #[serde(rename = "for")]
    key: Option<String>,
}

fn hosted(state: &AppState) -> Result<&HostedPage, RelayError> {
    state.hosted.as_deref().ok_or_else(not_found)
}

fn key(query: &Result<Query<LookQuery>, QueryRejection>) -> Option<&str> {
    query.as_ref().ok().and_then(|Query(LookQuery { key })| key.as_deref())
}

fn not_found() -> RelayError {
    RelayError::new(ProblemCode::NotFound)
}

/// Returns the page.
async fn page(
    State(state): State<SharedState>,
    query: Result<Query<LookQuery>, QueryRejection>,
) -> Result<Response, RelayError> {
    let page = hosted(&state)?;
    let look = page.look(key(&query));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, page.policy.clone()),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (PERMISSIONS_POLICY, HeaderValue::from_static("camera=(self), microphone=(), geolocation=()")),
        (OPENER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    Ok((headers, look.html.clone()).into_response())
}

async fn logo(
    State(state): State<SharedState>,
    query: Result<Query<LookQuery>, QueryRejection>,
) -> Result<Response, RelayError> {
    let (kind, bytes) = hosted(&state)?.look(key(&query)).logo.clone().ok_or_else(not_found)?;
    // An SVG that is opened by itself may hold scripts.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, REVALIDATED),
    ];
    Ok((headers, bytes).into_response())
}

async fn theme(
    State(state): State<SharedState>,
    query: Result<Query<LookQuery>, QueryRejection>,
) -> Result<Response, RelayError> {
    let bytes = hosted(&state)?.look(key(&query)).theme.clone().ok_or_else(not_found)?;
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")), (CACHE_CONTROL, REVALIDATED)];
    Ok((headers, bytes).into_response())
}
