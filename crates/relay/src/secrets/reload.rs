//! Loads secrets and certificates again when their files change, so that a rotation needs no restart ([`Reloads`]).

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ring::digest::{Context, Digest, SHA256};
use secrecy::SecretString;
use tokio::signal::unix::Signal;
use tokio::sync::oneshot;

use super::SecretSource;
use crate::telemetry::metrics::metrics;

/// Time between two reads of the files. They are short, and a change of their content counts, not their times: those are
/// coarse, and container runtimes replace files by renaming folders.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Longest part of a file that is compared. Files with many certificate authorities are the longest.
const COMPARED: u64 = 1 << 20;

/// Loads a secret and puts it in force. Fails with a reason that does not quote the secret; the old one then stays.
type Load = Box<dyn Fn() -> Result<(), String> + Send>;

/// The contents of files when the relay started. Take them before the files are loaded, so that a change in between is
/// noticed.
#[derive(Default)]
pub struct Contents(Vec<(PathBuf, Digest)>);

impl Contents {
    /// Reads files.
    #[must_use]
    pub fn of(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let content = |path: PathBuf| {
            let digest = digest_of(&path);
            (path, digest)
        };
        Self(paths.into_iter().map(content).collect())
    }

    fn digest(&self, path: &Path) -> Digest {
        let known = self.0.iter().find(|(known, _)| known == path);
        known.map_or_else(|| digest_of(path), |(_, digest)| *digest)
    }
}

/// The secrets that are loaded again.
#[derive(Default)]
pub struct Reloads {
    contents: Contents,
    watched: Vec<Watched>,
}

struct Watched {
    /// The flags of its settings, for the log.
    setting: String,
    files: Vec<PathBuf>,
    /// Whether loading runs a command. Commands can be slow and can cost money, so they run only after a change of the
    /// file and after a signal.
    has_command: bool,
    load: Load,
    /// The contents in force.
    current: Digest,
    /// The contents that failed, if the failure is in the log already.
    failed: Option<Digest>,
}

impl Reloads {
    /// Watches nothing yet. `contents` are the files that are in force.
    #[must_use]
    pub fn new(contents: Contents) -> Self {
        Self { contents, watched: Vec::new() }
    }

    /// Adds a secret, if it has a file or a command.
    pub fn add(&mut self, source: SecretSource, put: impl Fn(&SecretString) -> Result<(), String> + Send + 'static) {
        if !source.is_given() {
            return;
        }
        let (setting, has_command) = (source.flag(), source.has_command());
        let files = source.file().cloned().into_iter().collect();
        let load = move || {
            let text = source.load(None).map_err(|error| error.to_string())?;
            put(&text.unwrap_or_default())
        };
        self.push(setting, files, has_command, Box::new(load));
    }

    /// Adds files, such as a certificate and its key, which `load` loads together. Does nothing if there are none.
    pub fn add_files(
        &mut self,
        files: impl IntoIterator<Item = (&'static str, Option<PathBuf>)>,
        load: impl Fn() -> Result<(), String> + Send + 'static,
    ) {
        let given = files.into_iter().filter_map(|(flag, path)| Some((flag, path?)));
        let (flags, files): (Vec<_>, Vec<_>) = given.unzip();
        if !files.is_empty() {
            self.push(flags.join(", "), files, false, Box::new(load));
        }
    }

    fn push(&mut self, setting: String, files: Vec<PathBuf>, has_command: bool, load: Load) {
        let current = together(files.iter().map(|path| self.contents.digest(path)));
        self.watched.push(Watched { setting, files, has_command, load, current, failed: None });
    }

    /// Loads what has changed until the future is dropped. A signal loads it at once, and runs all commands.
    pub async fn watch(mut self, mut signal: Signal) {
        loop {
            let signalled = tokio::time::timeout(POLL_INTERVAL, signal.recv()).await.is_ok();
            if signalled {
                tracing::info!("SIGHUP: loading changed secrets");
            }
            // In a thread of its own, because a command can take long. At its end the process does not wait for a thread.
            let (sender, checked) = oneshot::channel();
            std::thread::spawn(move || {
                self.watched.iter_mut().for_each(|watched| watched.check(signalled));
                let _ = sender.send(self);
            });
            let Ok(reloads) = checked.await else {
                tracing::error!("loading changed secrets panicked; a change now needs a restart");
                return;
            };
            self = reloads;
        }
    }
}

impl Watched {
    /// Loads the secret if it has changed. Reports a failure once, or again after a signal.
    fn check(&mut self, signalled: bool) {
        let seen = together(self.files.iter().map(|path| digest_of(path)));
        if is_same(&self.current, &seen) && !(signalled && self.has_command) {
            self.failed = None;
            return;
        }
        let is_reported = !signalled && self.failed.as_ref().is_some_and(|failed| is_same(failed, &seen));
        if is_reported && self.has_command {
            return;
        }
        let setting = &self.setting;
        match (self.load)() {
            Ok(()) => {
                (self.current, self.failed) = (seen, None);
                metrics().secret_read("ok");
                tracing::info!(setting, "loaded the changed secret");
            }
            // Tried again all the same: two files that belong together are rarely written at the same moment.
            Err(_) if is_reported => {}
            Err(error) => {
                self.failed = Some(seen);
                metrics().secret_read("failed");
                tracing::error!(setting, error, "can't load the changed secret; the old one stays in use");
            }
        }
    }
}

/// Returns the hash of a file's content, or of the error if it can't be read.
fn digest_of(path: &Path) -> Digest {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(COMPARED).read_to_end(&mut bytes));
    let mut hash = Context::new(&SHA256);
    match read {
        Ok(_) => hash.update(&bytes),
        Err(error) => hash.update(format!("error: {error}").as_bytes()),
    }
    hash.finish()
}

fn together(digests: impl Iterator<Item = Digest>) -> Digest {
    let mut hash = Context::new(&SHA256);
    digests.for_each(|digest| hash.update(digest.as_ref()));
    hash.finish()
}

fn is_same(known: &Digest, seen: &Digest) -> bool {
    known.as_ref() == seen.as_ref()
}

impl fmt::Debug for Reloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.watched.iter().map(|watched| &watched.setting)).finish()
    }
}
