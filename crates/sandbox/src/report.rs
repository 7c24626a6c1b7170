//! The addresses and keys that a run prints, and writes for waiting programs ([`Report`]).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::identities::{Scenario, TABLE};
use crate::sandbox::Sandbox;
use crate::storage::{BUCKET, REGION};

/// The identities that are printed as suggestions.
const TO_TRY: [Scenario; 3] = [Scenario::Verified, Scenario::NotMatched, Scenario::ExpiredOnce];

/// All addresses and keys. The keys and the token are valid for this sandbox only.
#[derive(Clone, Serialize)]
pub struct Report {
    /// The demo page.
    pub page: Option<String>,
    /// The relay.
    pub relay: Option<String>,
    /// The vendor's API.
    pub vendor: String,
    /// The vendor's token.
    pub token: String,
    /// The S3.
    pub s3: String,
    /// Its bucket.
    pub bucket: &'static str,
    /// The region in the signature of its links.
    pub region: &'static str,
    /// Its access key.
    pub s3_access_key: String,
    /// Its secret key.
    pub s3_secret_key: String,
    /// The folder of the objects: the path of an object below it is its key.
    pub objects: PathBuf,
}

impl Report {
    /// Returns the report of a sandbox without page and relay.
    #[must_use]
    pub fn of(sandbox: &Sandbox) -> Self {
        let (access, secret) = sandbox.s3_keys();
        Self {
            page: None,
            relay: None,
            vendor: sandbox.vendor_url(),
            token: sandbox.token().to_owned(),
            s3: sandbox.s3_url(),
            bucket: BUCKET,
            region: REGION,
            s3_access_key: access.to_owned(),
            s3_secret_key: secret.to_owned(),
            objects: sandbox.objects(),
        }
    }

    /// Writes the report as JSON, readable by the owner only. The file appears complete or not at all.
    ///
    /// # Errors
    /// Fails if the file can't be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(file.as_file(), self)?;
        file.persist(path)?;
        Ok(())
    }

    /// Returns the line that tells programs which read the output that everything is ready.
    #[must_use]
    pub fn ready_line(&self) -> String {
        let address = self.page.as_ref().or(self.relay.as_ref()).unwrap_or(&self.vendor);
        format!("ready {address}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        if let Some(page) = &self.page {
            writeln!(f, "  page     {page}    <- open this")?;
        }
        if let Some(relay) = &self.relay {
            writeln!(f, "  relay    {relay}")?;
        }
        writeln!(f, "  vendor   {}    (sandbox, Token: {})", self.vendor, self.token)?;
        writeln!(f, "  S3       {}    (sandbox, bucket {})", self.s3, self.bucket)?;
        writeln!(f)?;
        writeln!(f, "  Identities to try (docs/sandbox.md lists all):")?;
        for row in TABLE.iter().filter(|row| TO_TRY.contains(&row.scenario)) {
            writeln!(f, "    {}  {}", row.id, row.name)?;
        }
        writeln!(f)?;
        write!(f, "  Stop it with Ctrl-C.")
    }
}
