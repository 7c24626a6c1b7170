//! The vendor's published API ([`published_app`]): its two calls, its token, its error messages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::answer::{answer_link, answer_verify, error};
use super::fields;
use super::vendor::Vendor;

/// Serves `POST /v1/customer` and `POST /v1/customer/verify`.
pub(super) fn published_app(vendor: Arc<Vendor>) -> Router {
    Router::new()
        .route("/v1/customer", post(link))
        .route("/v1/customer/verify", post(verify))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&vendor), check_token))
        .with_state(vendor)
}

async fn check_token(State(vendor): State<Arc<Vendor>>, request: Request, next: Next) -> Response {
    let token = request.headers().get("token").map(header::HeaderValue::as_bytes);
    if token == Some(vendor.token.as_bytes()) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

async fn link(State(vendor): State<Arc<Vendor>>, headers: HeaderMap, body: Bytes) -> Response {
    match json_only(&headers).and_then(|()| fields::link_request(&body)) {
        Ok(request) => match answer_link(&vendor, request).await {
            Ok(reply) => Json(reply).into_response(),
            Err(response) => response,
        },
        Err(message) => error(StatusCode::BAD_REQUEST, &message),
    }
}

async fn verify(State(vendor): State<Arc<Vendor>>, headers: HeaderMap, body: Bytes) -> Response {
    match json_only(&headers).and_then(|()| fields::verify_request(&body)) {
        Ok(request) => match answer_verify(&vendor, request).await {
            Ok(reply) => Json(reply).into_response(),
            Err(response) => response,
        },
        Err(message) => error(StatusCode::BAD_REQUEST, &message),
    }
}

fn json_only(headers: &HeaderMap) -> Result<(), fields::FieldError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err("`Content-Type` must be `application/json`".to_owned())
}
