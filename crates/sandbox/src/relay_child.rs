//! The relay as a child process ([`RelayChild`], [`RelayError`]).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::tether;

/// How long the relay may take to listen.
const START_PATIENCE: Duration = Duration::from_secs(10);
/// How long the relay may take to end.
const STOP_PATIENCE: Duration = Duration::from_secs(3);
/// What the relay prints before its address.
const LISTENING: &str = "listening on http://";

/// How the relay is to run.
#[derive(Clone)]
pub struct RelaySettings {
    /// The `akiba-relay` program.
    pub program: PathBuf,
    /// Its port; 0 takes a free one.
    pub port: u16,
    /// Base URL of the vendor's API.
    pub vendor_url: String,
    /// The vendor's token. It goes through the environment, never through the arguments.
    pub token: String,
    /// Origins of the pages that may call.
    pub origins: Vec<String>,
}

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
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(program, error) => write!(f, "the relay {} can't be started: {error}", program.display()),
            Self::Ended(status) => write!(f, "the relay ended before it listened ({status}); its message is above"),
            Self::Silent => write!(f, "the relay did not listen within {} s", START_PATIENCE.as_secs()),
            Self::Output(error) => write!(f, "the relay's output can't be read: {error}"),
        }
    }
}

impl std::error::Error for RelayError {}

/// A relay that runs and listens. It is killed when this is dropped.
#[derive(Debug)]
pub struct RelayChild {
    child: Child,
    address: SocketAddr,
}

impl RelayChild {
    /// Starts the relay and waits until it listens.
    ///
    /// # Errors
    /// [`RelayError`] where it can't be started or does not come to listen.
    pub async fn start(settings: RelaySettings) -> Result<Self, RelayError> {
        let mut child = spawn(&settings).map_err(|error| RelayError::Start(settings.program, error))?;
        let Some(stdout) = child.stdout.take() else { return Err(RelayError::Silent) };
        let mut lines = BufReader::new(stdout).lines();
        let address = match tokio::time::timeout(START_PATIENCE, listening_address(&mut lines)).await {
            Err(_) => return Err(RelayError::Silent),
            Ok(Err(error)) => return Err(RelayError::Output(error)),
            Ok(Ok(Some(address))) => address,
            Ok(Ok(None)) => return Err(child.wait().await.map_or_else(RelayError::Output, RelayError::Ended)),
        };
        tokio::spawn(pass_on(lines));
        Ok(Self { child, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for it to end by itself.
    ///
    /// # Errors
    /// Where it can't be waited for.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends it.
    ///
    /// # Errors
    /// Where it can't be waited for.
    pub async fn stop(mut self) -> io::Result<ExitStatus> {
        tether::terminate(&mut self.child, STOP_PATIENCE).await
    }
}

fn spawn(settings: &RelaySettings) -> io::Result<Child> {
    if !settings.program.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let program = Path::new(&settings.program).canonicalize()?;
    let mut command = tether::command(&program)?;
    // What the developer's own environment says of another relay is not for this one.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"AKIBA_") {
            command.env_remove(name);
        }
    }
    command
        .env("AKIBA_TOKEN", &settings.token)
        .args(["--listen", &format!("127.0.0.1:{}", settings.port), "--vendor-base", &settings.vendor_url])
        .args(settings.origins.iter().flat_map(|origin| ["--allow-origin", origin]))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
}

async fn listening_address(lines: &mut Lines<BufReader<ChildStdout>>) -> io::Result<Option<SocketAddr>> {
    while let Some(line) = lines.next_line().await? {
        if let Some(address) = line.trim().strip_prefix(LISTENING).and_then(|address| address.parse().ok()) {
            return Ok(Some(address));
        }
    }
    Ok(None)
}

/// Passes the rest of the relay's output on, so that its pipe never fills.
async fn pass_on(mut lines: Lines<BufReader<ChildStdout>>) {
    let mut stderr = tokio::io::stderr();
    while let Ok(Some(line)) = lines.next_line().await {
        if stderr.write_all(format!("{line}\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
