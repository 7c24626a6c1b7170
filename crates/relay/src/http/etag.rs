//! Versions of content that does not change while the relay runs (`ETag`, RFC 9110, section 8.8.3).

use http::header::IF_NONE_MATCH;
use http::{HeaderMap, HeaderValue};
use ring::digest::{SHA256, digest};

/// Returns the hash of content, as hexadecimal text. It is the version of this content.
#[must_use]
pub fn hash(content: &[u8]) -> String {
    digest(&SHA256, content).as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the header `ETag` of a version, which must be of letters, digits and hyphens.
#[must_use]
pub fn of(version: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Returns whether the caller already has this version, as its `If-None-Match` says.
#[must_use]
pub fn is_known(etag: &HeaderValue, headers: &HeaderMap) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
