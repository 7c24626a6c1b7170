//! The binary `akiba-relay`: settings and secrets in, the service up, until a signal ends it; or one of its other
//! commands.

use std::cell::OnceCell;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use akiba_relay::background::Background;
use akiba_relay::cli::{self, Cli};
use akiba_relay::clock::Clock;
use akiba_relay::limits::advice::advice;
use akiba_relay::session::{SessionSecrets, Sessions};
use akiba_relay::settings::SessionMode;
use akiba_relay::shutdown::Signals;
use akiba_relay::vendor::token::{TOKEN_VARIABLE, VendorToken};
use akiba_relay::{AppState, ConnectionLimits, Drained, Settings, app, serve, telemetry};
use clap::Parser;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { settings, command } = Cli::parse();
    let done = match command {
        Some(command) => cli::run(command, &settings).await.map(|()| Drained::Whole),
        None => run(settings).await,
    };
    match done {
        Ok(Drained::Whole) => ExitCode::SUCCESS,
        Ok(Drained::Cut) => {
            tracing::warn!("requests that still ran were cut");
            ExitCode::FAILURE
        }
        Err(error) => {
            let mut text = format!("akiba-relay: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                text.push_str(&format!(": {cause}"));
                source = cause.source();
            }
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

/// The value of an environment variable. One that is no Unicode becomes one that no secret is, and is refused.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

async fn run(settings: Settings) -> Result<Drained, Box<dyn Error>> {
    let token =
        VendorToken::load(settings.token_file.as_deref(), variable(TOKEN_VARIABLE), settings.token_scheme.as_ref())?;
    telemetry::init(settings.log_format, settings.log.clone())?;
    let mut state = AppState::new(&settings, &token)?;
    if settings.session.mode() == SessionMode::Required {
        let secrets = SessionSecrets::load(&settings.session, variable)?;
        state = state.with_sessions(Arc::new(Sessions::open(&settings, &secrets, Clock::default()).await?));
    }
    let sessions = state.sessions.clone();
    let (mut first, mut second) = (Signals::listen()?, Signals::listen()?);
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", settings.listen))?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    if settings.allow_origin.is_empty() {
        tracing::warn!("no --allow-origin: every page of a browser is refused");
    }
    if let Some(advice) = advice(settings.listen.ip(), settings.limits.trusted_proxy.len()) {
        tracing::warn!("{advice}");
    }
    let background = sessions.as_ref().map(Background::start);
    let signalled = OnceCell::new();
    let shutdown = async {
        first.received().await;
        let _ = signalled.set(Instant::now());
    };
    let drained = tokio::select! {
        drained = async {
            let drained = serve(listener, app(state), ConnectionLimits::from(&settings), shutdown).await;
            match &sessions {
                Some(sessions) => {
                    let spent = signalled.get().map_or(Duration::ZERO, Instant::elapsed);
                    finish(sessions, settings.drain_timeout.saturating_sub(spent), drained).await
                }
                None => drained,
            }
        } => drained,
        () = second.received_twice() => Drained::Cut,
    };
    drop(background);
    if let Some(sessions) = &sessions {
        sessions.store().close().await;
    }
    tracing::info!("stopped");
    Ok(drained)
}

/// Waits for the vendor's calls whose callers have gone, and for verdicts that are not kept yet.
async fn finish(sessions: &Sessions, patience: Duration, drained: Drained) -> Drained {
    match tokio::time::timeout(patience, sessions.tasks().ended()).await {
        Ok(()) => drained,
        Err(_) => Drained::Cut,
    }
}
