//! The JSON body of a request ([`JsonBody`]): limited in size and time, and parsed into the type of its call.

use akiba_protocol::ProblemCode;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::state::SharedState;
use crate::error::RelayError;

/// The type of a call's body.
pub trait JsonCall: DeserializeOwned {
    /// One sentence that describes the body, for the developer who sent a wrong one.
    const SHAPE: &'static str;
}

/// Extracts the request body as the JSON object of its call.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: JsonCall> FromRequest<SharedState> for JsonBody<T> {
    type Rejection = RelayError;

    async fn from_request(request: Request, state: &SharedState) -> Result<Self, RelayError> {
        if !is_json(request.headers()) {
            return Err(RelayError::new(ProblemCode::UnsupportedMediaType));
        }
        if declared_length(request.headers()).is_some_and(|length| length > state.max_body_bytes as u64) {
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
            RelayError::new(ProblemCode::BadRequest).with_detail("The connection closed before the end of the body.")
        }
    })?;
    Ok(collected.to_bytes())
}

/// Parses a body. Serde's messages quote the body, so the answer gives only the position of a syntax error.
fn parse<T: JsonCall>(bytes: &[u8]) -> Result<T, RelayError> {
    let bad_request = |detail: String| RelayError::new(ProblemCode::BadRequest).with_detail(detail);
    // Serde also accepts an array with the values of a struct's fields.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(bad_request(T::SHAPE.to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|_| match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => bad_request(T::SHAPE.to_owned()),
        Err(error) => bad_request(format!("The JSON is invalid at line {}, column {}.", error.line(), error.column())),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
