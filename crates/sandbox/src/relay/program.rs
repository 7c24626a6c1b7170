//! The relay's program: why a call of it fails ([`RelayError`]), and the keys that it makes ([`keygen`]).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// How long the relay may take to listen.
pub(super) const START_PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no relay.
#[derive(Debug)]
pub enum RelayError {
    /// The program can't be started.
    Start(PathBuf, io::Error),
    /// It ended before it listened.
    Ended(ExitStatus),
    /// It did not say in time where it listens.
    Silent,
    /// Its output can't be read.
    Output(io::Error),
    /// It made no key.
    NoKey,
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(program, error) => write!(f, "the relay {} can't be started: {error}", program.display()),
            Self::Ended(status) => write!(f, "the relay ended before it listened ({status}); its message is above"),
            Self::Silent => write!(f, "the relay did not listen within {} s", START_PATIENCE.as_secs()),
            Self::Output(error) => write!(f, "the relay's output can't be read: {error}"),
            Self::NoKey => f.write_str("the relay made no key; its message is above"),
        }
    }
}

impl std::error::Error for RelayError {}

/// What the developer's own environment says of another relay is not for this one.
pub(super) fn forget_others(command: &mut Command) {
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
    forget_others(&mut command);
    command.args(["keygen", kind, name]).stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| RelayError::Start(program.to_owned(), error))?;
    let text = String::from_utf8(output.stdout).map_err(|_| RelayError::NoKey)?;
    let key = text.trim();
    if output.status.success() && !key.is_empty() { Ok(key.to_owned()) } else { Err(RelayError::NoKey) }
}
