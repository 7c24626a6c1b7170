//! The `Idempotency-Key` header. A page names a photo with it, so that a retry gets the same verdict ([`key_hash`]). A back
//! end names its request with it, so that a retry creates no second session ([`host_key_hash`]).

use akiba_protocol::ProblemCode;
use http::HeaderMap;
use ring::digest::{SHA256, digest};

use crate::error::RelayError;

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Returns the SHA-256 of the API key's name and the idempotency key, if the request has a key. A key may be a string in
/// quotes, as draft-ietf-httpapi-idempotency-key-header says, or the same characters without quotes.
///
/// # Errors
/// [`ProblemCode::BadRequest`] when the key is not 1 to 255 visible ASCII characters, or there are two.
pub fn host_key_hash(headers: &HeaderMap, api_key: &str) -> Result<Option<Vec<u8>>, RelayError> {
    let Some(key) = single_key(headers)? else { return Ok(None) };
    let unquoted = key.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let key = match unquoted {
        Some([]) => return Err(malformed()),
        Some(key) => key,
        None => key,
    };
    if key.iter().any(|byte| matches!(byte, b'"' | b'\\')) {
        return Err(malformed());
    }
    Ok(Some(hash(api_key, key)))
}

/// Returns the SHA-256 of the session id and the idempotency key, if the request has a key. The key itself is not
/// stored: a page could put anything into it.
///
/// # Errors
/// [`ProblemCode::BadRequest`] when the key is not 1 to 255 visible ASCII characters, or there are two.
pub fn key_hash(headers: &HeaderMap, session_id: &str) -> Result<Option<Vec<u8>>, RelayError> {
    Ok(single_key(headers)?.map(|key| hash(session_id, key)))
}

fn single_key(headers: &HeaderMap) -> Result<Option<&[u8]>, RelayError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    if key.is_empty() || key.len() > 255 || !key.iter().all(u8::is_ascii_graphic) || values.next().is_some() {
        return Err(malformed());
    }
    Ok(Some(key))
}

fn malformed() -> RelayError {
    let detail = "`Idempotency-Key` must be one value of 1 to 255 visible ASCII characters.";
    RelayError::new(ProblemCode::BadRequest).with_detail(detail)
}

fn hash(owner: &str, key: &[u8]) -> Vec<u8> {
    digest(&SHA256, &[owner.as_bytes(), b"\0", key].concat()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{IDEMPOTENCY_KEY, host_key_hash};

    fn key(value: &str) -> Result<Option<Vec<u8>>, ()> {
        let mut headers = HeaderMap::new();
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(value).unwrap());
        host_key_hash(&headers, "bank").map_err(drop)
    }

    #[test]
    fn a_key_is_a_string_with_or_without_quotes() {
        let hash = key("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"").unwrap().unwrap();
        assert_eq!(key("8e03978e-40d5-43dd-bc93-6894a57f9324"), Ok(Some(hash)));
        for wrong in ["", "\"", "\"\"", "\"a", "a\"b", "\"a\\\"b\"", "a b", &"a".repeat(256)] {
            assert_eq!(key(wrong), Err(()), "{wrong}");
        }
        assert_eq!(host_key_hash(&HeaderMap::new(), "bank").unwrap(), None);
    }
}
