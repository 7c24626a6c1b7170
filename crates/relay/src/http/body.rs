//! The request body ([`JsonBody`]): limited in size and time, and checked against the type of its call.

use akiba_protocol::ProblemCode;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::state::AppState;
use crate::error::RelayError;

/// The body of one call.
pub trait JsonCall: DeserializeOwned {
    /// One sentence on what the body must be, for the developer who sent another.
    const SHAPE: &'static str;
}

/// A request body that is the JSON object of its call.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: JsonCall> FromRequest<AppState> for JsonBody<T> {
    type Rejection = RelayError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RelayError> {
        if !is_json(request.headers()) {
            return Err(RelayError::new(ProblemCode::UnsupportedMediaType));
        }
        if announced_length(request.headers()).is_some_and(|length| length > state.max_body_bytes as u64) {
            return Err(RelayError::new(ProblemCode::BodyTooLarge));
        }
        let body = read(request.into_body(), state.max_body_bytes);
        let bytes = tokio::time::timeout(state.body_timeout, body)
            .await
            .map_err(|_| RelayError::new(ProblemCode::RequestTimeout))??;
        parse(&bytes).map(Self)
    }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, RelayError> {
    let collected = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            RelayError::new(ProblemCode::BodyTooLarge)
        } else {
            RelayError::new(ProblemCode::BadRequest).with_detail("The body was cut off.")
        }
    })?;
    Ok(collected.to_bytes())
}

/// Reads a body's JSON. Serde's own messages quote what was sent, so only the place of a fault is told.
fn parse<T: JsonCall>(bytes: &[u8]) -> Result<T, RelayError> {
    let bad = |detail: String| RelayError::new(ProblemCode::BadRequest).with_detail(detail);
    // Serde would take an array's values for a struct's fields.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(bad(T::SHAPE.to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|_| match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => bad(T::SHAPE.to_owned()),
        Err(error) => bad(format!("The JSON is broken at line {}, column {}.", error.line(), error.column())),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    essence.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
