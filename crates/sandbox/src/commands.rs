//! The two commands ([`serve`], [`demo`]) and their errors ([`CommandError`]).

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;

use http::HeaderValue;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::bank::Bank;
use crate::cli::{CommonArgs, DemoArgs, ServeArgs};
use crate::page::{PageSettings, page_app};
use crate::process::stop::Stop;
use crate::relay::child::{RelayChild, RelaySettings, SessionSettings};
use crate::relay::keys::Keys;
use crate::relay::program::RelayError;
use crate::report::Report;
use crate::sandbox::{self, Options, Sandbox};

/// Default port of the relay with `--no-page`.
const RELAY_PORT: u16 = 8081;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The port of the page is in use.
    #[error("port {0} is in use: choose another one, such as PORT={other}", other = other_port(*.0))]
    PortInUse(u16),
    /// The folder of the page has no `index.html`.
    #[error("no index.html in {}: give the folder of the page to --site", .0.display())]
    NoSite(PathBuf),
    /// The relay did not start.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// The relay exited while the demo ran.
    #[error("the relay exited ({0}), so the demo stopped")]
    RelayEnded(ExitStatus),
    /// A second signal arrived before the relay had exited.
    #[error("second signal: the relay was killed")]
    SecondSignal,
    /// Another error of files or sockets.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl CommandError {
    /// Returns the process's exit status: 2 if other arguments can help, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::PortInUse(_) | Self::NoSite(_) => 2,
            Self::Relay(_) | Self::RelayEnded(_) | Self::SecondSignal | Self::Io(_) => 1,
        }
    }
}

/// Returns a port to suggest if `port` is in use.
fn other_port(port: u16) -> u16 {
    port.checked_add(10).unwrap_or_else(|| port - 10)
}

/// Runs the vendor's API and the S3 until [`Stop`].
///
/// # Errors
/// [`CommandError`] if they can't start.
pub async fn serve(args: ServeArgs) -> Result<(), CommandError> {
    let mut stop = Stop::listen(args.common.end_with_stdin)?;
    let options = Options { vendor_port: args.vendor_port, s3_port: args.s3_port, ..args.common.options() };
    let sandbox = Sandbox::start(options).await?;
    announce(&args.common, &Report::of(&sandbox))?;
    stop.wait().await;
    Ok(())
}

/// Runs everything, with the relay as a child process, until [`Stop`] or until the relay exits. Await it on the main
/// thread (see [`crate::process::tether`]).
///
/// # Errors
/// [`CommandError`] if a part can't start, if the relay exits, or if a second signal arrives while it shuts down.
pub async fn demo(args: DemoArgs) -> Result<(), CommandError> {
    let mut stop = Stop::listen(args.common.end_with_stdin)?;
    let mut running = tokio::select! {
        started = start(&args) => started?,
        () = stop.wait() => return Ok(()),
    };
    announce(&args.common, &running.report)?;
    tokio::select! {
        () = stop.wait() => {}
        status = running.relay.ended() => return Err(CommandError::RelayEnded(status?)),
    }
    tokio::select! {
        stopped = running.relay.stop() => stopped.map(drop)?,
        () = stop.wait() => return Err(CommandError::SecondSignal),
    }
    Ok(())
}

/// The parts of a demo. When they are dropped, the relay is killed and the others stop.
struct Running {
    report: Report,
    relay: RelayChild,
    _page: JoinSet<()>,
    _sandbox: Sandbox,
    _database: Option<TempDir>,
}

async fn start(args: &DemoArgs) -> Result<Running, CommandError> {
    // The page's port first: it is the one most likely to be in use.
    let page = match &args.site {
        Some(site) if !args.no_page => Some((page_listener(args.port).await?, checked(site)?)),
        _ => None,
    };
    let port = match &page {
        Some((listener, _)) => listener.local_addr()?.port(),
        None => args.port,
    };
    let mut options = args.common.options();
    options.origins.extend(page_origins(port)?);
    let origins = options.origins.iter().filter_map(|origin| origin.to_str().ok().map(str::to_owned)).collect();
    let sandbox = Sandbox::start(options).await?;

    let program = relay_program(args.relay.clone())?;
    let (database, sessions) = if args.has_sessions() {
        let folder = tempfile::tempdir()?;
        let keys = Keys::make(&program).await?;
        let webhook_url = format!("http://127.0.0.1:{port}/bank/hook");
        let sessions = SessionSettings { keys, webhook_url, database: folder.path().join("relay.db") };
        (Some(folder), Some(sessions))
    } else {
        (None, None)
    };
    let relay = RelayChild::start(RelaySettings {
        program,
        port: args.relay_port.unwrap_or(if page.is_some() { 0 } else { RELAY_PORT }),
        vendor_url: sandbox.vendor_url(),
        token: sandbox.token().to_owned(),
        origins,
        sessions: sessions.clone(),
        arguments: args.relay_arguments.clone(),
    })
    .await?;

    let mut report = Report { relay: Some(format!("http://{}", relay.address())), ..Report::of(&sandbox) };
    let mut servers = JoinSet::new();
    if let Some((listener, site)) = page {
        let bank = sessions.map(|sessions| Bank::new(relay.address(), &sessions.keys).map(Arc::new));
        let bank = bank.transpose().map_err(io::Error::other)?;
        let settings = PageSettings { site, upload_origin: sandbox.s3_url(), relay: relay.address(), bank };
        let router = page_app(settings).map_err(io::Error::other)?;
        report.page = Some(format!("http://127.0.0.1:{port}"));
        servers.spawn(sandbox::serve(listener, router));
    }
    Ok(Running { report, relay, _page: servers, _sandbox: sandbox, _database: database })
}

async fn page_listener(port: u16) -> Result<tokio::net::TcpListener, CommandError> {
    sandbox::bind(port).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => CommandError::PortInUse(port),
        _ => CommandError::Io(error),
    })
}

fn checked(site: &Path) -> Result<PathBuf, CommandError> {
    if site.join("index.html").is_file() { Ok(site.to_owned()) } else { Err(CommandError::NoSite(site.to_owned())) }
}

/// Returns the origins under which a browser can open the page.
fn page_origins(port: u16) -> io::Result<Vec<HeaderValue>> {
    ["127.0.0.1", "localhost"]
        .iter()
        .map(|host| HeaderValue::try_from(format!("http://{host}:{port}")).map_err(io::Error::other))
        .collect()
}

fn relay_program(given: Option<PathBuf>) -> io::Result<PathBuf> {
    match given {
        Some(program) => Ok(program),
        None => Ok(std::env::current_exe()?.with_file_name("akiba-relay")),
    }
}

/// Tells the user and waiting programs that everything is ready.
fn announce(args: &CommonArgs, report: &Report) -> io::Result<()> {
    if let Some(path) = &args.ready_file {
        report.write(path)?;
    }
    writeln!(io::stdout(), "{report}\n{}", report.ready_line())
}

#[cfg(test)]
mod tests {
    use super::CommandError;

    #[test]
    fn another_port_is_suggested() {
        for (port, other) in [(1, 11), (8080, 8090), (65525, 65535), (65526, 65516), (65535, 65525)] {
            let text = CommandError::PortInUse(port).to_string();
            assert_eq!(text, format!("port {port} is in use: choose another one, such as PORT={other}"));
        }
    }
}
