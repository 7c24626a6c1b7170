//! Object URLs that are revoked when nobody holds them any more ([`ObjectUrl`]).

use web_sys::{Blob, Url};

/// The `blob:` URL of a blob. Revoked on drop; until then the browser keeps the blob's bytes.
#[derive(Debug)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// Makes a URL; `None` where the browser refuses.
    #[must_use]
    pub fn new(blob: &Blob) -> Option<Self> {
        Url::create_object_url_with_blob(blob).ok().map(Self)
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // Revoking throws for no string.
        let _ = Url::revoke_object_url(&self.0);
    }
}
