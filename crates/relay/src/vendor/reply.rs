//! The body of the vendor's answer: read up to a limit, and parsed ([`read`]).

use reqwest::Response;
use serde::de::DeserializeOwned;

use super::error::{ReplyFault, VendorError};

/// Reads an answer of at most `limit` bytes. More is not taken in, whether the vendor announced it or not.
///
/// # Errors
/// [`VendorError`] when the answer is too large, breaks off, is too slow, or is not the JSON of its call.
pub async fn read<R: DeserializeOwned>(mut response: Response, limit: usize) -> Result<R, VendorError> {
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
    serde_json::from_slice(&body).map_err(|error| {
        VendorError::Reply(ReplyFault::Json { category: error.classify(), line: error.line(), column: error.column() })
    })
}
