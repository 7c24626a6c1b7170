//! The `Idempotency-Key` header ([`key_hash`]), with which a page names a photo so that a retry gets the same verdict.

use akiba_protocol::ProblemCode;
use http::HeaderMap;
use ring::digest::{SHA256, digest};

use crate::error::RelayError;

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Returns the SHA-256 of the session id and the idempotency key, if the request has a key. The key itself is not
/// stored: a page could put anything into it.
///
/// # Errors
/// [`ProblemCode::BadRequest`] when the key is not 1 to 255 visible ASCII characters, or there are two.
pub fn key_hash(headers: &HeaderMap, session_id: &str) -> Result<Option<Vec<u8>>, RelayError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    if key.is_empty() || key.len() > 255 || !key.iter().all(u8::is_ascii_graphic) || values.next().is_some() {
        let detail = "`Idempotency-Key` must be one value of 1 to 255 visible ASCII characters.";
        return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
    }
    let text = [session_id.as_bytes(), b"\0", key].concat();
    Ok(Some(digest(&SHA256, &text).as_ref().to_vec()))
}
