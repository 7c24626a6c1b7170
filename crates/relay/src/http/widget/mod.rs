//! The files of the npm package `akiba-selfie`, for `--serve-widget` ([`Widget`]).
//!
//! - [`package`]: reads the package's folder.
//! - [`coding`]: compression, and what a caller accepts.
//!
//! All files are read at the start and kept in memory, under the paths by which callers ask for them. So no path of a caller
//! ever reaches the file system: there is nothing to traverse, no folder to list and no link to follow.

pub mod coding;
pub mod package;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use axum::body::Bytes;
use http::HeaderValue;

use self::coding::{Accepted, Coding, Encoded};
use self::package::{Package, PackageError};
use super::etag;

/// The files that a page imports, as `exports` in `package.json` names them. They are also served without a version. The first
/// one imports the second one.
const ENTRIES: [&str; 2] = ["define.js", "akiba-selfie.js"];

/// The package's files by their paths after `/widget/`.
pub struct Widget {
    version: String,
    files: HashMap<String, File>,
}

/// One file, compressed and not.
#[derive(Debug)]
pub struct File {
    /// The media type.
    pub media_type: &'static str,
    /// Whether the path contains the version, so that its content never changes.
    pub is_immutable: bool,
    hash: String,
    content: Encoded,
}

/// A file in the coding that its caller gets.
#[derive(Debug)]
pub struct Representation {
    /// The bytes to send.
    pub bytes: Bytes,
    /// The value of `Content-Encoding`; `None` without compression.
    pub coding: Option<HeaderValue>,
    /// The version of these bytes.
    pub etag: HeaderValue,
}

impl Widget {
    /// Reads the package in `folder`, and compresses its files.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn load(folder: &Path) -> Result<Self, PackageError> {
        let package = Package::read(folder)?;
        if let Some(entry) = ENTRIES.iter().find(|&&entry| !package.files.iter().any(|file| file.name == entry)) {
            return Err(PackageError::NotListed(entry));
        }
        let version = package.id();
        let mut files = HashMap::new();
        for entry in ENTRIES {
            // A page that was written once then gets each new version, and all files of one version. It requests what the
            // first entry imports at once, not when that has come: on a slow network that is seconds.
            let import =
                if entry == ENTRIES[0] { format!("import './{version}/{}';\n", ENTRIES[1]) } else { String::new() };
            let content = Encoded::compress(format!("{import}export * from './{version}/{entry}';\n").into_bytes());
            files.insert(entry.to_owned(), File::new(entry, content, false)?);
        }
        for file in package.files {
            let entry = File::new(&file.name, file.content, true)?;
            files.insert(format!("{version}/{}", file.name), entry);
        }
        Ok(Self { version, files })
    }

    /// Returns the version in the paths: the package's, and a hash of all files.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the file for a path after `/widget/`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

impl fmt::Debug for Widget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Widget").field("version", &self.version).finish_non_exhaustive()
    }
}

impl File {
    fn new(name: &str, content: Encoded, is_immutable: bool) -> Result<Self, PackageError> {
        let media_type = media_type(name).ok_or_else(|| PackageError::Name(name.to_owned()))?;
        Ok(Self { media_type, is_immutable, hash: etag::hash(content.plain()), content })
    }

    /// Returns the file in the best coding that the caller accepts.
    #[must_use]
    pub fn representation(&self, accepted: Accepted) -> Representation {
        let (coding, bytes) = self.content.best(accepted);
        // Each coding has other bytes, so it needs another strong validator.
        let (version, coding) = match coding {
            Coding::Plain => (self.hash.clone(), None),
            coding => (format!("{}-{}", self.hash, coding.name()), Some(HeaderValue::from_static(coding.name()))),
        };
        Representation { bytes, coding, etag: etag::of(&version) }
    }
}

/// Returns the media type of a file in the package. `nosniff` is sent with it, so a wrong one would break the page.
fn media_type(name: &str) -> Option<&'static str> {
    let base = name.rsplit('/').next().unwrap_or(name);
    match base.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs" | "cjs") => Some("text/javascript; charset=utf-8"),
        Some("css") => Some("text/css; charset=utf-8"),
        Some("wasm") => Some("application/wasm"),
        Some("json") => Some("application/json"),
        // Browsers load no types. `video/mp2t`, the registered type of `.ts`, would be wrong.
        Some("ts" | "mts" | "cts" | "md" | "txt") => Some("text/plain; charset=utf-8"),
        None if base.starts_with("LICENSE") => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
