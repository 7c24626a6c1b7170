//! The bucket on disk ([`Storage`]), its name, region and size limit.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::Bytes;
use rusty_s3::Credentials;
use tempfile::TempDir;

use crate::lock::lock;
use crate::random;

/// The bucket's name.
pub const BUCKET: &str = "selfies-sandbox";
/// The region in the signature of links. The vendor is South African, and so is Amazon's `af-south-1`.
pub const REGION: &str = "af-south-1";
/// Largest object, in bytes.
pub const MAX_OBJECT: u64 = 10 * 1024 * 1024;

/// The folder of the objects.
enum Folder {
    /// A temporary folder, removed on drop.
    Temporary(TempDir),
    /// A folder of the user, which stays.
    Given(PathBuf),
}

/// The bucket on disk, its credentials, and the uploads that fail on purpose.
pub struct Storage {
    folder: Folder,
    credentials: Credentials,
    /// The number of uploads that still fail, by key.
    failures_left: Mutex<HashMap<String, u32>>,
}

impl Storage {
    /// Creates the bucket in `data`, or in a temporary folder that is removed on drop. Credentials are random unless they
    /// are given.
    ///
    /// # Errors
    /// Fails if a folder can't be created.
    pub fn open(data: Option<PathBuf>, credentials: Option<Credentials>) -> io::Result<Self> {
        let folder = match data {
            Some(path) => Folder::Given(path),
            None => Folder::Temporary(tempfile::Builder::new().prefix("akiba-sandbox-").tempdir()?),
        };
        let credentials = match credentials {
            Some(credentials) => credentials,
            None => Credentials::new(format!("SANDBOX{}", random::uppercase(13)?), random::hex(40)?),
        };
        let storage = Self { folder, credentials, failures_left: Mutex::default() };
        std::fs::create_dir_all(storage.root().join(BUCKET))?;
        Ok(storage)
    }

    /// Returns the folder of the bucket. The path of an object is `<root>/<bucket>/<key>`.
    #[must_use]
    pub fn root(&self) -> &Path {
        match &self.folder {
            Folder::Temporary(folder) => folder.path(),
            Folder::Given(path) => path,
        }
    }

    /// Returns the key pair of the bucket.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Reads an object; returns `None` if it does not exist. The key must be one that the sandbox created.
    ///
    /// # Errors
    /// Fails if the file can't be read.
    pub async fn read(&self, key: &str) -> io::Result<Option<Bytes>> {
        match tokio::fs::read(self.root().join(BUCKET).join(key)).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the next `times` uploads to a key fail with 503 `SlowDown`.
    pub fn fail_uploads(&self, key: &str, times: u32) {
        if times > 0 {
            lock(&self.failures_left).insert(key.to_owned(), times);
        }
    }

    /// Whether this upload fails; counts it.
    pub(super) fn fails_upload(&self, key: &str) -> bool {
        let mut failures_left = lock(&self.failures_left);
        let Some(left) = failures_left.get_mut(key) else { return false };
        *left -= 1;
        if *left == 0 {
            failures_left.remove(key);
        }
        true
    }
}

impl fmt::Debug for Storage {
    /// Omits credentials and keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").finish_non_exhaustive()
    }
}
