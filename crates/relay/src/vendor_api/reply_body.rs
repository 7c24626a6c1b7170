//! Reads the body of a vendor's answer up to a limit ([`read_body`]), and parses it ([`parse`], [`from_value`]).

use reqwest::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ReplyFault, VendorError};

/// Reads an answer of at most `limit` bytes. Fails before it reads more, with or without a `Content-Length`.
///
/// # Errors
/// [`VendorError`] when the answer is too large, incomplete or too slow.
pub async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, VendorError> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(VendorError::Reply(ReplyFault::TooLarge));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(VendorError::of_transport)? {
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(VendorError::Reply(ReplyFault::TooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Parses the JSON of an answer.
///
/// # Errors
/// [`VendorError`] when it is not the JSON of the call.
pub fn parse<R: DeserializeOwned>(body: &[u8]) -> Result<R, VendorError> {
    serde_json::from_slice(body).map_err(json_fault)
}

/// Converts JSON that is already parsed into the answer of the call.
///
/// # Errors
/// [`VendorError`] when it is not the JSON of the call.
pub fn from_value<R: DeserializeOwned>(value: Value) -> Result<R, VendorError> {
    serde_json::from_value(value).map_err(json_fault)
}

fn json_fault(error: serde_json::Error) -> VendorError {
    VendorError::Reply(ReplyFault::Json { category: error.classify(), line: error.line(), column: error.column() })
}
