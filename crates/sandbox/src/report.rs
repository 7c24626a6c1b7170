//! What a run tells its user and the programs that wait for it ([`Report`]).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::identities::{Scenario, TABLE};
use crate::sandbox::Sandbox;
use crate::storage::{BUCKET, REGION};

/// The identities that are printed to be tried.
const TO_TRY: [Scenario; 3] = [Scenario::Verified, Scenario::NotMatched, Scenario::ExpiredOnce];

/// Where everything is. Its keys and its token open this sandbox and nothing else.
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
    /// The region that its links are signed for.
    pub region: &'static str,
    /// Its access key.
    pub s3_access_key: String,
    /// Its secret key.
    pub s3_secret_key: String,
    /// The folder where an object lies at the path that is its key.
    pub objects: PathBuf,
}

impl Report {
    /// The report of a sandbox without page and relay.
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

    /// Writes the report as JSON, readable by the owner alone. The file appears whole or not at all.
    ///
    /// # Errors
    /// Where the file can't be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(file.as_file(), self)?;
        file.persist(path)?;
        Ok(())
    }

    /// The line that says that all is up, for programs that read the output.
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
        writeln!(f, "  Identities to try (docs/sandbox.md has them all):")?;
        for row in TABLE.iter().filter(|row| TO_TRY.contains(&row.scenario)) {
            writeln!(f, "    {}  {}", row.id, row.name)?;
        }
        writeln!(f)?;
        write!(f, "  Ctrl-C ends it.")
    }
}
