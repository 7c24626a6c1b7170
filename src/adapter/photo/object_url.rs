//! Object URLs that are revoked on drop ([`ObjectUrl`]).

use web_sys::{Blob, Url};

/// The `blob:` URL of a blob. Until it is revoked, the browser keeps the blob's bytes.
#[derive(Debug)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// Creates a URL. Returns `None` if the browser refuses.
    #[must_use]
    pub fn new(blob: &Blob) -> Option<Self> {
        Url::create_object_url_with_blob(blob).ok().map(Self)
    }

    /// Returns the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // Revoking never throws for a string.
        let _ = Url::revoke_object_url(&self.0);
    }
}
