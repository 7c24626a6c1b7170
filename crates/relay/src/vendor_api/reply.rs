//! The body of the vendor's answer: read up to a limit ([`read_body`]), and parsed ([`parse`], [`from_value`]).

use reqwest::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ReplyFault, VendorError};

/// Reads an answer of at most `limit` bytes. More is not taken in, whether the vendor announced it or not.
///
/// # Errors
/// [`VendorError`] when the answer is too large, breaks off, or is too slow.
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

/// Reads the JSON of an answer.
///
/// # Errors
/// [`VendorError`] when it is not that.
pub fn parse<R: DeserializeOwned>(body: &[u8]) -> Result<R, VendorError> {
    serde_json::from_slice(body).map_err(fault)
}

/// The answer of a call, where its JSON was read before.
///
/// # Errors
/// [`VendorError`] when it is not that.
pub fn from_value<R: DeserializeOwned>(value: Value) -> Result<R, VendorError> {
    serde_json::from_value(value).map_err(fault)
}

fn fault(error: serde_json::Error) -> VendorError {
    VendorError::Reply(ReplyFault::Json { category: error.classify(), line: error.line(), column: error.column() })
}
