//! The log ([`subscriber`], [`init`]). It goes to standard error; standard output is for the lines with the addresses
//! on which the relay listens.
//!
//! - [`settings`]: the operator's settings.
//! - [`metrics`]: the metrics for Prometheus.
//! - [`traces`]: spans for OpenTelemetry. `exporter` sends them, only with the Cargo feature `otel`.

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

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object for each line.
    Json,
    /// Plain text.
    Text,
}

/// Builds the subscriber that writes events as lines to `writer`.
pub fn subscriber<W>(
    format: LogFormat,
    filter: Targets,
    colour: bool,
    writer: W,
) -> impl Subscriber + for<'span> LookupSpan<'span> + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // A line that can't be written is lost. Otherwise the layer would report the failure on standard error, and panic
    // if that is a closed terminal.
    let lines = fmt::layer().with_writer(writer).log_internal_errors(false);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
        LogFormat::Text => lines.with_ansi(colour).boxed(),
    };
    // Spans are only for OpenTelemetry: each log line has its context in its own fields.
    Registry::default().with(lines.with_filter(filter.with_target(TARGET, LevelFilter::OFF)))
}

/// Sends the log of the process, including panics, to standard error.
///
/// # Errors
/// When the process already has a log.
pub fn init(
    format: LogFormat,
    filter: Targets,
    #[cfg(feature = "otel")] exporter: Option<&Exporter>,
) -> Result<(), TryInitError> {
    let subscriber = subscriber(format, filter, io::stderr().is_terminal(), io::stderr);
    #[cfg(feature = "otel")]
    let subscriber = subscriber.with(exporter.map(Exporter::layer));
    subscriber.try_init()?;
    // The message of a panic may quote the request, so the log gets only the source location.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
    Ok(())
}
