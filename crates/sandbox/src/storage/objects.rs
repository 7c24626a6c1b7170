//! The one bucket on disk ([`Storage`]), its name, region and limit.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use rusty_s3::Credentials;
use tempfile::TempDir;

use crate::random;

/// The bucket's name.
pub const BUCKET: &str = "selfies-sandbox";
/// The region that the links are signed for: the vendor is South African, and so is Amazon's `af-south-1`.
pub const REGION: &str = "af-south-1";
/// Bytes that an object may have.
pub const MAX_OBJECT: u64 = 10 * 1024 * 1024;

/// Where the objects lie.
enum Folder {
    /// In a folder of our own, which goes away with the value.
    Temporary(TempDir),
    /// In a folder that was given, which stays.
    Given(PathBuf),
}

/// The bucket on disk, its credentials, and the uploads that it turns away on purpose.
pub struct Storage {
    folder: Folder,
    credentials: Credentials,
    /// How many more uploads to turn away, by key.
    failures_left: Mutex<HashMap<String, u32>>,
}

impl Storage {
    /// Makes the bucket, in `data` or in a temporary folder that is removed with the value. The credentials are new
    /// and random unless they are given.
    ///
    /// # Errors
    /// Where a folder can't be made.
    pub fn open(data: Option<PathBuf>, credentials: Option<Credentials>) -> io::Result<Self> {
        let folder = match data {
            Some(path) => Folder::Given(path),
            None => Folder::Temporary(tempfile::Builder::new().prefix("akiba-sandbox-").tempdir()?),
        };
        let credentials = match credentials {
            Some(credentials) => credentials,
            None => Credentials::new(format!("SANDBOX{}", random::upper(13)?), random::hex(40)?),
        };
        let storage = Self { folder, credentials, failures_left: Mutex::default() };
        std::fs::create_dir_all(storage.root().join(BUCKET))?;
        Ok(storage)
    }

    /// The folder that holds the bucket. An object lies at `<root>/<bucket>/<key>`.
    #[must_use]
    pub fn root(&self) -> &Path {
        match &self.folder {
            Folder::Temporary(folder) => folder.path(),
            Folder::Given(path) => path,
        }
    }

    /// The key pair that opens the bucket.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Reads an object; `None` where there is none. The key must be one that the sandbox made.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub async fn read(&self, key: &str) -> io::Result<Option<Bytes>> {
        match tokio::fs::read(self.root().join(BUCKET).join(key)).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Turns the next `times` uploads to a key away with 503 `SlowDown`.
    pub fn fail_uploads(&self, key: &str, times: u32) {
        if times > 0 {
            self.failures_left.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), times);
        }
    }

    /// Whether this upload is to be turned away; counts it.
    pub(super) fn fails_upload(&self, key: &str) -> bool {
        let mut failures_left = self.failures_left.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = failures_left.get_mut(key) else { return false };
        *left -= 1;
        if *left == 0 {
            failures_left.remove(key);
        }
        true
    }
}

impl fmt::Debug for Storage {
    /// Leaves the credentials and keys out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").finish_non_exhaustive()
    }
}
