//! Loads secrets and certificates again when their files change, so that a rotation needs no restart ([`Reloads`]).

use std::fmt;
use std::fs::{File, metadata};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use ring::digest::{Context, Digest, SHA256};
use secrecy::SecretString;
use tokio::signal::unix::Signal;
use tokio::sync::mpsc;

use super::source::SecretSource;
use crate::telemetry::metrics::metrics;
use crate::telemetry::readings::Reading;

/// Time between two reads of the files. They are short, and a change of their content counts, not their times: those are
/// coarse, and container runtimes replace files by renaming folders.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// A changed file is loaded once its content has stayed the same for this long. It may be in the middle of a write: a list of
/// keys without its last ones looks like a whole one.
const SETTLED_AFTER: Duration = Duration::from_millis(200);

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
        // In a thread of its own, because a command can take long. At its end the process does not wait for a thread.
        let (look, looks) = std_mpsc::channel();
        let (done, mut ended) = mpsc::channel(1);
        let check_all = move || {
            for signalled in looks {
                self.check(signalled);
                if done.blocking_send(()).is_err() {
                    return;
                }
            }
        };
        if let Err(error) = thread::Builder::new().name("reload".to_owned()).spawn(check_all) {
            return tracing::error!(%error, "no thread for changed secrets; a change now needs a restart");
        }
        loop {
            let signalled = tokio::time::timeout(POLL_INTERVAL, signal.recv()).await.is_ok();
            if signalled {
                tracing::info!("SIGHUP: loading changed secrets");
            }
            if look.send(signalled).is_err() || ended.recv().await.is_none() {
                return tracing::error!("loading changed secrets panicked; a change now needs a restart");
            }
        }
    }

    /// Loads what has changed. Secrets can need each other: an API key stays while an endpoint names it. So after each
    /// round in which some could be loaded, the others are tried again.
    fn check(&mut self, signalled: bool) {
        let mut changed: Vec<_> = self.watched.iter_mut().filter_map(|watched| watched.changed(signalled)).collect();
        if !changed.is_empty() {
            thread::sleep(SETTLED_AFTER);
            changed.retain(|(watched, seen)| is_same(&watched.seen(), seen));
        }
        while !changed.is_empty() {
            let (before, mut errors) = (changed.len(), Vec::new());
            changed.retain_mut(|(watched, seen)| {
                let loaded = watched.load();
                if loaded.is_ok() {
                    watched.loaded(*seen);
                }
                loaded.map_err(|error| errors.push(error)).is_err()
            });
            if changed.len() == before {
                let failed = changed.into_iter().zip(errors);
                failed.for_each(|((watched, seen), error)| watched.failed(seen, &error, signalled));
                break;
            }
        }
        let outdated = self.watched.iter().filter(|watched| watched.failed.is_some()).count();
        metrics().read(Reading::SecretsOutdated, i64::try_from(outdated).ok());
    }
}

impl Watched {
    /// Returns the contents of the files.
    fn seen(&self) -> Digest {
        together(self.files.iter().map(|path| digest_of(path)))
    }

    /// Returns the secret and the contents of its files, if it must be loaded again.
    fn changed(&mut self, signalled: bool) -> Option<(&mut Self, Digest)> {
        let (seen, has_command) = (self.seen(), self.has_command);
        let is_known = self.failed.as_ref().is_some_and(|failed| is_same(failed, &seen));
        if is_same(&self.current, &seen) && !(signalled && has_command) {
            // A command that failed without a change of the file still has another secret.
            self.failed = self.failed.filter(|_| is_known && has_command);
            return None;
        }
        // Files are tried again: two that belong together are rarely written at the same moment.
        (signalled || !is_known || !has_command).then_some((self, seen))
    }

    /// Loads the secret. A panic must not end the watch.
    fn load(&self) -> Result<(), String> {
        let loaded = catch_unwind(AssertUnwindSafe(|| (self.load)()));
        loaded.unwrap_or_else(|_| Err("the relay panicked while loading it".to_owned()))
    }

    fn loaded(&mut self, seen: Digest) {
        (self.current, self.failed) = (seen, None);
        metrics().secret_read("ok");
        tracing::info!(setting = self.setting, "loaded the changed secret");
    }

    /// Reports a failure once, or again after a signal.
    fn failed(&mut self, seen: Digest, error: &str, signalled: bool) {
        let is_known = self.failed.replace(seen).is_some_and(|failed| is_same(&failed, &seen));
        if signalled || !is_known {
            metrics().secret_read("failed");
            tracing::error!(setting = self.setting, error, "can't load the changed secret; the old one stays in use");
        }
    }
}

/// Returns the hash of a file's content, or of the error if it can't be read. A pipe is not read: its content could be read
/// only once.
fn digest_of(path: &Path) -> Digest {
    let mut bytes = Vec::new();
    let read = metadata(path).and_then(|about| match about.is_file() {
        true => File::open(path)?.take(COMPARED).read_to_end(&mut bytes),
        false => Ok(0),
    });
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use secrecy::ExposeSecret;

    use super::{Contents, Reloads};
    use crate::secrets::source::SecretSource;

    /// What was loaded, in order.
    type Log = Arc<Mutex<Vec<String>>>;

    fn source(path: &Path, command: Option<&str>) -> SecretSource {
        let command = command.map(|command| command.parse().unwrap());
        SecretSource::new("x", "X", Some(&path.to_owned()), command.as_ref())
    }

    /// Adds a secret that loads if `allow` says so for its text.
    fn add(reloads: &mut Reloads, source: SecretSource, log: &Log, allow: impl Fn(&str) -> bool + Send + 'static) {
        let log = Arc::clone(log);
        reloads.add(source, move |text| {
            let text = text.expose_secret();
            if !allow(text) {
                return Err("not now".to_owned());
            }
            log.lock().unwrap().push(text.to_owned());
            Ok(())
        });
    }

    #[test]
    fn a_file_is_not_loaded_in_the_middle_of_a_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, "old").unwrap();
        let (mut reloads, log) = (Reloads::new(Contents::default()), Log::default());
        add(&mut reloads, source(&path, None), &log, |_| true);
        std::fs::write(&path, "one").unwrap();
        let rest = path.clone();
        let writer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            std::fs::write(rest, "one two").unwrap();
        });
        reloads.check(false);
        writer.join().unwrap();
        reloads.check(false);
        assert_eq!(*log.lock().unwrap(), ["one two"]);
    }

    /// Both files are swapped in one step. The first secret can be loaded only after the second one, and a command does not
    /// run again without a change.
    #[test]
    fn secrets_that_need_each_other_are_loaded_in_any_order() {
        for command in [None, Some("cat")] {
            let folder = tempfile::tempdir().unwrap();
            let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
            let write = |text: &str| [&first, &second].map(|path| std::fs::write(path, text).unwrap());
            write("old");
            let (mut reloads, log) = (Reloads::new(Contents::default()), Log::default());
            let seen = Arc::clone(&log);
            add(&mut reloads, source(&first, command), &log, move |_| !seen.lock().unwrap().is_empty());
            add(&mut reloads, source(&second, command), &log, |_| true);
            write("new");
            reloads.check(false);
            assert_eq!(log.lock().unwrap().len(), 2, "{command:?}");
            assert!(reloads.watched.iter().all(|watched| watched.failed.is_none()), "{command:?}");
        }
    }

    #[test]
    fn a_failed_command_counts_as_failed_until_it_succeeds() {
        let folder = tempfile::tempdir().unwrap();
        let (path, ready) = (folder.path().join("keys"), folder.path().join("ready"));
        std::fs::write(&path, "old").unwrap();
        let (mut reloads, log) = (Reloads::new(Contents::default()), Log::default());
        add(&mut reloads, source(&path, Some(&format!("cat {}", ready.display()))), &log, |_| true);
        let mut failed = |signalled: bool| {
            reloads.check(signalled);
            reloads.watched[0].failed.is_some()
        };
        assert_eq!([false, true, false, false].map(&mut failed), [false, true, true, true]);
        std::fs::write(&ready, "new").unwrap();
        assert_eq!([false, true, false].map(&mut failed), [true, false, false]);
        assert_eq!(*log.lock().unwrap(), ["new"]);
    }

    #[test]
    fn a_panic_keeps_the_old_secret_and_the_watch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, "old").unwrap();
        let (mut reloads, log) = (Reloads::new(Contents::default()), Log::default());
        add(&mut reloads, source(&path, None), &log, |text| {
            assert_ne!(text, "bad", "the mistake under test");
            true
        });
        for text in ["bad", "new"] {
            std::fs::write(&path, text).unwrap();
            reloads.check(false);
        }
        assert_eq!(*log.lock().unwrap(), ["new"]);
    }

    /// For example `--data-keys-file <(…)` of a shell.
    #[test]
    fn a_pipe_is_left_to_the_one_who_loads_it() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        std::io::Write::write_all(&mut writer, b"s3cret").unwrap();
        drop(writer);
        let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        let contents = Contents::of([path.clone().into()]);
        let text = source(Path::new(&path), None).load(None).unwrap().unwrap();
        assert_eq!(text.expose_secret(), "s3cret");
        drop(contents);
    }
}
