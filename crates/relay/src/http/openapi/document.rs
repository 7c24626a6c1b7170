//! The OpenAPI document as the relay serves it ([`Document`]).

use axum::body::Bytes;
use http::header::IF_NONE_MATCH;
use http::{HeaderMap, HeaderValue};
use ring::digest::{SHA256, digest};

/// The OpenAPI document and its version.
#[derive(Clone, Debug)]
pub struct Document {
    text: Bytes,
    etag: HeaderValue,
}

impl Document {
    /// Computes the version of a document.
    #[must_use]
    pub fn new(text: String) -> Self {
        let hash: String = digest(&SHA256, text.as_bytes()).as_ref()[..16].iter().map(|b| format!("{b:02x}")).collect();
        let etag = HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { text: text.into(), etag }
    }

    /// Returns the JSON.
    #[must_use]
    pub fn text(&self) -> Bytes {
        self.text.clone()
    }

    /// Returns the version, as the header `ETag` sends it.
    #[must_use]
    pub fn etag(&self) -> HeaderValue {
        self.etag.clone()
    }

    /// Returns whether the caller already has this version.
    #[must_use]
    pub fn is_known(&self, headers: &HeaderMap) -> bool {
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag)
    }
}
