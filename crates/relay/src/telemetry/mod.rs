//! Where log lines go and how they look ([`subscriber`], [`init`]). Standard error is for the log; standard output is
//! for the one line that names the address.
//!
//! - [`settings`]: what the operator sets.
//! - [`metrics`]: what is counted.
//! - [`traces`]: spans for OpenTelemetry; `exporter` sends them, with the Cargo feature `otel` alone.

#[cfg(feature = "otel")]
pub mod exporter;
pub mod metrics;
pub mod settings;
pub mod traces;

use std::io::{self, IsTerminal};
use std::panic;

use clap::ValueEnum;
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, Registry, fmt};

#[cfg(feature = "otel")]
use self::exporter::Exporter;
use self::traces::TARGET;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// One line of text.
    Text,
}

/// What turns events into lines on `writer`.
pub fn subscriber<W>(
    format: LogFormat,
    filter: Targets,
    colour: bool,
    writer: W,
) -> impl Subscriber + for<'span> LookupSpan<'span> + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // A line that can't be written is lost. Without this the layer would complain on standard error, and panic where
    // that is a terminal that has been closed.
    let lines = fmt::layer().with_writer(writer).log_internal_errors(false);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
        LogFormat::Text => lines.with_ansi(colour).boxed(),
    };
    // Spans are for OpenTelemetry: a line says by itself what it is about.
    Registry::default().with(lines.with_filter(filter.with_target(TARGET, LevelFilter::OFF)))
}

/// Sends the process's log to standard error, panics included.
///
/// # Errors
/// When the process has a log already.
pub fn init(
    format: LogFormat,
    filter: Targets,
    #[cfg(feature = "otel")] exporter: Option<&Exporter>,
) -> Result<(), TryInitError> {
    let subscriber = subscriber(format, filter, io::stderr().is_terminal(), io::stderr);
    #[cfg(feature = "otel")]
    let subscriber = subscriber.with(exporter.map(Exporter::layer));
    subscriber.try_init()?;
    // What a panic says may quote the request, so only its place is told.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
    Ok(())
}
