//! The relay as a child process ([`RelayChild`]).

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use super::keys::Keys;
use super::program::{RelayError, START_TIMEOUT, remove_relay_settings};
use crate::process::tether;

/// How long the relay may take to exit after SIGTERM.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);
/// The text that the relay prints before its address.
const LISTENING: &str = "listening on http://";

/// The settings of the relay.
#[derive(Clone)]
pub struct RelaySettings {
    /// The `akiba-relay` program.
    pub program: PathBuf,
    /// Its port; 0 picks a free one.
    pub port: u16,
    /// Base URL of the vendor's API.
    pub vendor_url: String,
    /// The vendor's token. It is passed in the environment, never in the arguments, which other users can see.
    pub token: String,
    /// Origins of the pages that may call.
    pub origins: Vec<String>,
    /// The settings of its sessions; `None` turns sessions off.
    pub sessions: Option<SessionSettings>,
    /// More arguments.
    pub arguments: Vec<OsString>,
}

/// The settings of the relay's sessions.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// The secrets. Like the token, they are passed in the environment.
    pub keys: Keys,
    /// URL that receives the webhooks.
    pub webhook_url: String,
    /// Path of the SQLite database.
    pub database: PathBuf,
}

/// A running relay that listens. Dropping this kills it.
#[derive(Debug)]
pub struct RelayChild {
    child: Child,
    address: SocketAddr,
}

impl RelayChild {
    /// Starts the relay and waits until it listens.
    ///
    /// # Errors
    /// [`RelayError`] if it can't be started or does not listen in time.
    pub async fn start(settings: RelaySettings) -> Result<Self, RelayError> {
        let mut child = spawn(&settings).map_err(|error| RelayError::Start(settings.program, error))?;
        let Some(stdout) = child.stdout.take() else { return Err(RelayError::Timeout) };
        let mut lines = BufReader::new(stdout).lines();
        let address = match tokio::time::timeout(START_TIMEOUT, listening_address(&mut lines)).await {
            Err(_) => return Err(RelayError::Timeout),
            Ok(Err(error)) => return Err(RelayError::Output(error)),
            Ok(Ok(Some(address))) => address,
            Ok(Ok(None)) => return Err(child.wait().await.map_or_else(RelayError::Output, RelayError::Exited)),
        };
        tokio::spawn(forward_output(lines));
        Ok(Self { child, address })
    }

    /// Returns the address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it exits by itself.
    ///
    /// # Errors
    /// Fails if the system can't wait for it.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Terminates it.
    ///
    /// # Errors
    /// Fails if the system can't wait for it.
    pub async fn stop(mut self) -> io::Result<ExitStatus> {
        tether::terminate(&mut self.child, STOP_TIMEOUT).await
    }
}

fn spawn(settings: &RelaySettings) -> io::Result<Child> {
    if !settings.program.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let program = Path::new(&settings.program).canonicalize()?;
    let mut command = tether::command(&program)?;
    remove_relay_settings(&mut command);
    match &settings.sessions {
        None => command.args(["--sessions", "off"]),
        Some(SessionSettings { keys, webhook_url, database }) => command
            .env("AKIBA_SESSION_KEYS", &keys.session_key)
            .env("AKIBA_DATA_KEYS", &keys.data_key)
            .env("AKIBA_WEBHOOK_SECRETS", &keys.webhook_secret)
            .args(["--sessions", "required", "--api-key", &keys.api_setting, "--webhook-url", webhook_url])
            .args(["--link-host", "127.0.0.1", "--database", &format!("sqlite:{}", database.display())]),
    };
    command
        .env("AKIBA_TOKEN", &settings.token)
        .args(["--listen", &format!("127.0.0.1:{}", settings.port), "--vendor-base", &settings.vendor_url])
        // Browsers reach the relay only through the page's server.
        .args(["--trusted-proxy", "127.0.0.1"])
        .args(settings.origins.iter().flat_map(|origin| ["--allow-origin", origin]))
        .args(&settings.arguments)
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

/// Forwards the rest of the relay's output to standard error, so that its pipe never fills up.
async fn forward_output(mut lines: Lines<BufReader<ChildStdout>>) {
    let mut stderr = tokio::io::stderr();
    while let Ok(Some(line)) = lines.next_line().await {
        if stderr.write_all(format!("{line}\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
