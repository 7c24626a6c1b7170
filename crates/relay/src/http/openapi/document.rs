//! The OpenAPI document as the relay serves it ([`Document`]).

use axum::body::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::http::etag;

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
        let etag = etag::of(&etag::hash(text.as_bytes()));
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
        etag::is_known(&self.etag, headers)
    }
}
