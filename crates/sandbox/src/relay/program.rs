//! The relay's program: why a call of it fails ([`RelayError`]), and the keys that it makes ([`keygen`]).

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// How long the relay may take to listen.
pub(super) const START_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no relay.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The program can't be started.
    #[error("the relay {program} can't be started: {1}", program = .0.display())]
    Start(PathBuf, io::Error),
    /// It ended before it listened.
    #[error("the relay ended before it listened ({0}); its message is above")]
    Exited(ExitStatus),
    /// It did not say in time where it listens.
    #[error("the relay did not listen within {} s", START_TIMEOUT.as_secs())]
    Timeout,
    /// Its output can't be read.
    #[error("the relay's output can't be read: {0}")]
    Output(io::Error),
    /// It made no key.
    #[error("the relay made no key; its message is above")]
    NoKey,
}

/// What the developer's own environment says of another relay is not for this one.
pub(super) fn remove_relay_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"AKIBA_") {
            command.env_remove(name);
        }
    }
}

/// Has the relay's program make a key.
///
/// # Errors
/// [`RelayError`] where it makes none.
pub async fn keygen(program: &Path, kind: &str, name: &str) -> Result<String, RelayError> {
    let mut command = Command::new(program);
    remove_relay_settings(&mut command);
    command.args(["keygen", kind, name]).stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| RelayError::Start(program.to_owned(), error))?;
    let text = String::from_utf8(output.stdout).map_err(|_| RelayError::NoKey)?;
    let key = text.trim();
    if output.status.success() && !key.is_empty() { Ok(key.to_owned()) } else { Err(RelayError::NoKey) }
}
