//! The binary `akiba-relay`: loads the settings and secrets and runs the service until a signal stops it, or runs one
//! of the other commands.

use std::cell::OnceCell;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use akiba_relay::cli::check_config::{Prepared, Problems};
use akiba_relay::cli::{self, Cli, check_config};
use akiba_relay::clock::Clock;
use akiba_relay::error::sentence;
use akiba_relay::http::admin;
use akiba_relay::secrets::reload::Contents;
use akiba_relay::server::background::Background;
use akiba_relay::server::reload;
use akiba_relay::server::shutdown::{self, Signals};
use akiba_relay::session::Sessions;
use akiba_relay::settings::layers::{EffectiveSetting, LayerError};
#[cfg(feature = "otel")]
use akiba_relay::telemetry::exporter::Exporter;
use akiba_relay::webhook::worker::deliver_new;
use akiba_relay::{ConnectionLimits, Drained, Settings, app, serve, serve_tls, telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::Signal;
use tokio::task::JoinSet;

/// Longest wait, after everything else, for the claims of aborted webhooks to be released. It is a write to the database.
const GIVE_BACK_TIMEOUT: Duration = Duration::from_secs(1);

/// The exit status if the settings are wrong.
const WRONG_SETTINGS: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let flags: Vec<OsString> = std::env::args_os().collect();
    let (Cli { settings, command, check_config, .. }, effective) = match Cli::load(&flags) {
        Ok(loaded) => loaded,
        Err(LayerError::Flags(error)) => error.exit(),
        Err(LayerError::Problems(problems)) => return print_problems(&Problems(problems)),
    };
    let result = match command {
        Some(command) => cli::run(command, &settings, variable).await.map(|()| Drained::Whole),
        None => {
            // Before anything that takes long, because SIGHUP would end the process.
            let hang_up = shutdown::hang_up();
            let contents = reload::contents(&settings.vendor, &settings.session);
            let prepared = match check_config::check(&settings, &effective, variable) {
                Ok(prepared) => prepared,
                Err(problems) => return print_problems(&problems),
            };
            match check_config {
                true => report(&settings, &effective, &prepared),
                false => run(settings, &effective, prepared, (contents, hang_up)).await,
            }
        }
    };
    let code = match result {
        Ok(Drained::Whole) => ExitCode::SUCCESS,
        Ok(Drained::Cut) => {
            tracing::warn!("running requests were cut off");
            ExitCode::FAILURE
        }
        Err(error) => {
            telemetry::print_last(sentence(&*error));
            ExitCode::FAILURE
        }
    };
    telemetry::flush();
    code
}

fn print_problems(problems: &Problems) -> ExitCode {
    eprintln!("{problems}");
    ExitCode::from(WRONG_SETTINGS)
}

/// Prints every setting in force and, on standard error, the warnings.
fn report(settings: &Settings, effective: &[EffectiveSetting], prepared: &Prepared) -> Result<Drained, Box<dyn Error>> {
    write!(io::stdout(), "{}", check_config::listing(effective))?;
    for warning in check_config::warnings(settings, effective, prepared.session.as_ref(), variable) {
        eprintln!("akiba-relay: warning: {warning}");
    }
    Ok(Drained::Whole)
}

/// Returns the value of an environment variable. Bytes that are not Unicode are replaced, so the check of the secret
/// then rejects the value.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

async fn run(
    settings: Settings,
    effective: &[EffectiveSetting],
    prepared: Prepared,
    (contents, hang_up): (Contents, io::Result<Signal>),
) -> Result<Drained, Box<dyn Error>> {
    #[cfg(feature = "otel")]
    let exporter = settings.telemetry.otel_endpoint.as_ref().map(Exporter::to).transpose()?;
    #[cfg(feature = "otel")]
    telemetry::init(settings.telemetry.log_format, settings.telemetry.log.clone(), exporter.as_ref())?;
    #[cfg(not(feature = "otel"))]
    telemetry::init(settings.telemetry.log_format, settings.telemetry.log.clone())?;
    for warning in check_config::warnings(&settings, effective, prepared.session.as_ref(), variable) {
        tracing::warn!("{warning}");
    }
    let Prepared { mut state, tls, session } = prepared;
    if let Some(secrets) = session {
        let (vendor, capacity) = (state.vendor.clone(), state.capacity.clone());
        let sessions = Sessions::open(&settings.session, &secrets, vendor, capacity, Clock::default()).await?;
        state = state.with_sessions(Arc::new(sessions));
    }
    let (sessions, readiness) = (state.sessions.clone(), state.readiness.clone());
    let (mut first_signal, mut second_signal) = (Signals::listen()?, Signals::listen()?);
    let listener = listen(settings.server.listen).await?;
    let limits = ConnectionLimits::new(&settings.server, &settings.limits);
    let mut side_tasks = JoinSet::new();
    side_tasks.spawn(readiness.clone().beat());
    if let Some(address) = settings.server.admin_listen {
        let listener = listen(address).await?;
        writeln!(io::stdout(), "admin on http://{}", listener.local_addr()?)?;
        let admin = admin::app(state.clone(), address.ip().is_loopback());
        // It serves until everything else has ended, so that metrics and health stay available.
        let serving = serve(listener, admin, limits.for_admin(), std::future::pending());
        side_tasks.spawn(async move {
            let _ = serving.await;
        });
    }
    if let Some(tls) = tls.clone() {
        side_tasks.spawn(tls.watch());
    }
    side_tasks.spawn(reload::reloads(&settings.vendor, &settings.session, &state, contents).watch(hang_up?));
    let scheme = if tls.is_some() { "https" } else { "http" };
    writeln!(io::stdout(), "listening on {scheme}://{}", listener.local_addr()?)?;
    let background = sessions.as_ref().map(Background::start);
    let stopped_accepting = OnceCell::new();
    let shutdown = async {
        first_signal.received().await;
        readiness.drain();
        if let Some(sessions) = &sessions {
            sessions.outbox().stop_claiming();
        }
        tracing::info!("shutting down: waiting for running requests");
        tokio::time::sleep(settings.server.drain_delay).await;
        let _ = stopped_accepting.set(Instant::now());
    };
    let drained = tokio::select! {
        drained = async {
            let drained = serve_tls(listener, tls.as_ref(), app(state), limits, shutdown).await;
            match &sessions {
                Some(sessions) => {
                    let spent = stopped_accepting.get().map_or(Duration::ZERO, Instant::elapsed);
                    finish(sessions, settings.server.drain_timeout.saturating_sub(spent), drained).await
                }
                None => drained,
            }
        } => drained,
        () = second_signal.received_twice() => Drained::Cut,
    };
    if let Some(sessions) = &sessions {
        let given_back = tokio::time::timeout(GIVE_BACK_TIMEOUT, sessions.outbox().give_back()).await;
        if given_back.is_err() {
            tracing::warn!("some webhooks stay claimed; another relay delivers them once their claims expire");
        }
    }
    drop((background, side_tasks));
    if let Some(sessions) = &sessions {
        sessions.store().close().await;
    }
    #[cfg(feature = "otel")]
    if let Some(exporter) = exporter {
        tokio::task::spawn_blocking(move || exporter.end()).await?;
    }
    // A full queue would drop the last line.
    tokio::task::spawn_blocking(telemetry::flush).await?;
    tracing::info!("stopped");
    Ok(drained)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("can't listen on {address}: {error}"))
}

/// Waits for vendor calls whose callers have hung up, and for verdicts that are not stored yet. Then delivers the webhooks
/// of the last verdicts. Webhooks that can't be delivered in time are kept in the database, so nothing is cut off.
async fn finish(sessions: &Arc<Sessions>, time_left: Duration, drained: Drained) -> Drained {
    let deadline = tokio::time::Instant::now() + time_left;
    if tokio::time::timeout_at(deadline, sessions.tasks().wait()).await.is_err() {
        return Drained::Cut;
    }
    let outbox = sessions.outbox();
    let deliveries = async {
        if let Err(error) = deliver_new(outbox).await {
            tracing::warn!(%error, "the last webhooks were not delivered; the next relay delivers them");
        }
        outbox.tasks.wait().await;
    };
    if tokio::time::timeout_at(deadline, deliveries).await.is_err() {
        tracing::info!("time is up for webhooks in delivery; the next relay delivers them");
    }
    drained
}
