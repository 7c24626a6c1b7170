//! Controls for tests ([`controls_app`]), served only with `--test-controls`: the last upload, shorter lifetimes of links,
//! and network faults on the S3.
//!
//! - `GET /_sandbox/last` returns `{"s3_key": "…"}`, or 404 before the first link.
//! - `POST /_sandbox/link-life` takes `{"seconds": 1}`.
//! - `POST /_sandbox/link-signs` takes `{"headers": {…}, "query": {…}, "tell": true}`: future links sign these headers and
//!   parameters, too, and with `tell` the vendor's answer holds the headers.
//! - `POST /_sandbox/lose-verdicts` takes `{"count": 1}`: this number of verify calls is judged and
//!   then answered with 500.
//! - `POST /_sandbox/fault` takes `{"fault": "stall" | "drop", "seconds": 5, "after_bytes": 100000}`, or
//!   `{"fault": null}` to end it.
//! - `GET /_sandbox/tokens` returns `{"asked": 1}`, the number of requests for a token of the newer API. `POST` takes
//!   `{"life_seconds": 2}`, `{"down": true}` and `{"revoke": true}`, alone or together.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::faults::{Fault, Faults};
use crate::storage::AlsoSigned;
use crate::vendor_api::Vendor;

#[derive(Clone)]
struct Controls {
    vendor: Arc<Vendor>,
    faults: Faults,
}

#[derive(Deserialize)]
struct LinkLife {
    seconds: u32,
}

#[derive(Deserialize)]
struct LoseVerdicts {
    count: u32,
}

#[derive(Deserialize)]
struct SetFault {
    fault: Option<Fault>,
    #[serde(default)]
    seconds: u32,
    #[serde(default)]
    after_bytes: u64,
}

#[derive(Deserialize)]
struct SetTokens {
    life_seconds: Option<u32>,
    down: Option<bool>,
    #[serde(default)]
    revoke: bool,
}

/// Serves the test controls under `/_sandbox`.
pub fn controls_app(vendor: Arc<Vendor>, faults: Faults) -> Router {
    Router::new()
        .route("/_sandbox/last", get(last))
        .route("/_sandbox/link-life", post(link_life))
        .route("/_sandbox/link-signs", post(link_signs))
        .route("/_sandbox/lose-verdicts", post(lose_verdicts))
        .route("/_sandbox/fault", post(fault))
        .route("/_sandbox/tokens", get(tokens).post(set_tokens))
        .with_state(Controls { vendor, faults })
}

async fn last(State(controls): State<Controls>) -> Response {
    match controls.vendor.last_key() {
        Some(key) => Json(json!({ "s3_key": key })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn link_life(State(controls): State<Controls>, Json(body): Json<LinkLife>) -> StatusCode {
    controls.vendor.set_link_life(Duration::from_secs(body.seconds.into()));
    StatusCode::NO_CONTENT
}

async fn link_signs(State(controls): State<Controls>, Json(also): Json<AlsoSigned>) -> StatusCode {
    controls.vendor.sign_also(also);
    StatusCode::NO_CONTENT
}

async fn lose_verdicts(State(controls): State<Controls>, Json(body): Json<LoseVerdicts>) -> StatusCode {
    controls.vendor.lose_verdicts(body.count);
    StatusCode::NO_CONTENT
}

async fn fault(State(controls): State<Controls>, Json(body): Json<SetFault>) -> StatusCode {
    match body.fault {
        Some(fault) => controls.faults.set(fault, Duration::from_secs(body.seconds.into()), body.after_bytes),
        None => controls.faults.clear(),
    }
    StatusCode::NO_CONTENT
}

async fn tokens(State(controls): State<Controls>) -> Response {
    Json(json!({ "asked": controls.vendor.tokens().requested() })).into_response()
}

async fn set_tokens(State(controls): State<Controls>, Json(body): Json<SetTokens>) -> StatusCode {
    let tokens = controls.vendor.tokens();
    if let Some(seconds) = body.life_seconds {
        tokens.set_life(Duration::from_secs(seconds.into()));
    }
    if let Some(down) = body.down {
        tokens.set_down(down);
    }
    if body.revoke {
        tokens.revoke_all();
    }
    StatusCode::NO_CONTENT
}
