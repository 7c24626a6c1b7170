//! Loads secrets again when their files change, so that a rotation needs no restart ([`Reloads`]).

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ring::digest::{Digest, SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use tokio::signal::unix::Signal;

use super::load;
use crate::telemetry::metrics::metrics;

/// Time between two reads of the files. They are short, and a change of their content counts, not their times: those are
/// coarse, and container runtimes replace files by renaming folders.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Puts a new secret in force. Fails with a reason that does not quote the secret; the old one then stays.
type Apply = Box<dyn Fn(&SecretString) -> Result<(), String> + Send + Sync>;

/// The files of secrets that are loaded again.
#[derive(Default)]
pub struct Reloads(Vec<Watched>);

struct Watched {
    flag: &'static str,
    path: PathBuf,
    apply: Apply,
    /// The content in force.
    current: Option<Digest>,
    /// The content, or the error, that failed before and is in the log already.
    failed: Option<Digest>,
}

impl Reloads {
    /// Adds the file of a setting, if it is given. Its present content is in force.
    pub fn add(
        &mut self,
        flag: &'static str,
        path: Option<&PathBuf>,
        apply: impl Fn(&SecretString) -> Result<(), String> + Send + Sync + 'static,
    ) {
        let Some(path) = path.cloned() else { return };
        let mut watched = Watched { flag, path, apply: Box::new(apply), current: None, failed: None };
        watched.current = watched.read().ok().map(|text| hash(text.expose_secret()));
        self.0.push(watched);
    }

    /// Loads changed files until the future is dropped. A signal loads them at once.
    pub async fn watch(mut self, mut signal: Signal) {
        loop {
            let signalled = tokio::time::timeout(POLL_INTERVAL, signal.recv()).await.is_ok();
            if signalled {
                tracing::info!("SIGHUP: loading changed secrets");
            }
            for watched in &mut self.0 {
                watched.check(signalled);
            }
        }
    }
}

impl Watched {
    fn read(&self) -> Result<SecretString, String> {
        let text = load(Some(&self.path), self.flag, None).map_err(|error| error.to_string())?;
        text.ok_or_else(|| format!("the file {} is empty", self.path.display()))
    }

    /// Loads the file if it has changed. Reports a failure once, or again after a signal.
    fn check(&mut self, signalled: bool) {
        let (seen, applied) = match self.read() {
            Ok(text) => {
                let seen = hash(text.expose_secret());
                if is_same(self.current.as_ref(), &seen) {
                    self.failed = None;
                    return;
                }
                if !signalled && is_same(self.failed.as_ref(), &seen) {
                    return;
                }
                (seen, (self.apply)(&text))
            }
            Err(error) => (hash(&error), Err(error)),
        };
        match applied {
            Ok(()) => {
                (self.current, self.failed) = (Some(seen), None);
                metrics().secret_read("ok");
                tracing::info!(setting = self.flag, "loaded the changed secret");
            }
            Err(_) if !signalled && is_same(self.failed.as_ref(), &seen) => {}
            Err(error) => {
                self.failed = Some(seen);
                metrics().secret_read("failed");
                tracing::error!(setting = self.flag, error, "can't load the changed secret; the old one stays in use");
            }
        }
    }
}

fn hash(text: &str) -> Digest {
    digest(&SHA256, text.as_bytes())
}

fn is_same(known: Option<&Digest>, seen: &Digest) -> bool {
    known.is_some_and(|known| known.as_ref() == seen.as_ref())
}

impl fmt::Debug for Reloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|watched| watched.flag)).finish()
    }
}
