//! The relay's program: its `keygen` command ([`keygen`]) and why a run fails ([`RelayError`]).

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// How long the relay may take until it listens.
pub(super) const START_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the relay does not run.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The program can't be started.
    #[error("the relay {program} can't be started: {1}", program = .0.display())]
    Start(PathBuf, io::Error),
    /// It exited before it listened.
    #[error("the relay exited before it listened ({0}); its message is above")]
    Exited(ExitStatus),
    /// It did not print its address in time.
    #[error("the relay did not listen within {} s", START_TIMEOUT.as_secs())]
    Timeout,
    /// Its output can't be read.
    #[error("the relay's output can't be read: {0}")]
    Output(io::Error),
    /// `keygen` printed no key.
    #[error("the relay printed no key; its message is above")]
    NoKey,
}

/// Removes all `AKIBA_` variables: in a developer's environment they are meant for another relay.
pub(super) fn remove_relay_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"AKIBA_") {
            command.env_remove(name);
        }
    }
}

/// Creates a key with the relay's `keygen` command.
///
/// # Errors
/// [`RelayError`] if it prints none.
pub async fn keygen(program: &Path, kind: &str, name: &str) -> Result<String, RelayError> {
    let mut command = Command::new(program);
    remove_relay_settings(&mut command);
    command.args(["keygen", kind, name]).stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| RelayError::Start(program.to_owned(), error))?;
    let text = String::from_utf8(output.stdout).map_err(|_| RelayError::NoKey)?;
    let key = text.trim();
    if output.status.success() && !key.is_empty() { Ok(key.to_owned()) } else { Err(RelayError::NoKey) }
}
