//! The relay as a child process ([`RelayChild`], [`RelayError`]), and the keys that its program makes ([`keygen`]).

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::keys::Keys;
use crate::process::tether;

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
    /// How its sessions are to be; `None` for none.
    pub sessions: Option<SessionSettings>,
    /// Further arguments.
    pub arguments: Vec<OsString>,
}

/// How the relay's sessions are to be.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// The secrets. Like the token, they go through the environment.
    pub keys: Keys,
    /// Where webhooks go.
    pub webhook_url: String,
    /// The database's file.
    pub database: PathBuf,
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
    forget_others(&mut command);
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
        // The page's server, which is the only way to it for a browser.
        .args(["--trusted-proxy", "127.0.0.1"])
        .args(settings.origins.iter().flat_map(|origin| ["--allow-origin", origin]))
        .args(&settings.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
}

/// What the developer's own environment says of another relay is not for this one.
fn forget_others(command: &mut Command) {
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
