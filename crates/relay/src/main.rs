//! The binary `akiba-relay`: settings and token in, the service up, until a signal ends it.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use akiba_relay::shutdown::Signals;
use akiba_relay::vendor::token::{TOKEN_VARIABLE, VendorToken};
use akiba_relay::{AppState, ConnectionLimits, Drained, Settings, app, serve, telemetry};
use clap::Parser;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Settings::parse()).await {
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

async fn run(settings: Settings) -> Result<Drained, Box<dyn Error>> {
    // A token that is no Unicode becomes one that no header can carry, and is refused with the others.
    let variable = std::env::var_os(TOKEN_VARIABLE).map(|token| token.to_string_lossy().into_owned());
    let token = VendorToken::load(settings.token_file.as_deref(), variable, settings.token_scheme.as_ref())?;
    telemetry::init(settings.log_format, settings.log.clone())?;
    let state = AppState::new(&settings, &token)?;
    let (mut first, mut second) = (Signals::listen()?, Signals::listen()?);
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", settings.listen))?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    if settings.allow_origin.is_empty() {
        tracing::warn!("no --allow-origin: every page of a browser is refused");
    }
    let drained = tokio::select! {
        drained = serve(listener, app(state), ConnectionLimits::from(&settings), first.received()) => drained,
        () = second.received_twice() => Drained::Cut,
    };
    tracing::info!("stopped");
    Ok(drained)
}
