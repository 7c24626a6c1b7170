//! The log ([`subscriber`], [`init`]). It goes to standard error; standard output is for the lines with the addresses
//! on which the relay listens.
//!
//! - [`settings`]: the operator's settings.
//! - [`writer`]: the thread that writes the log.
//! - [`metrics`]: the metrics for Prometheus.
//! - [`traces`]: spans for OpenTelemetry. `exporter` sends them, only with the Cargo feature `otel`.

#[cfg(feature = "otel")]
pub mod exporter;
pub mod metrics;
mod process;
pub mod readings;
pub mod settings;
pub mod traces;
pub mod writer;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{panic, thread};

use clap::ValueEnum;
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

#[cfg(feature = "otel")]
use self::exporter::Exporter;
use self::traces::TARGET;
use self::writer::LogWriter;

/// Longest wait for standard error when the process ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// The writer of the process's log.
static WRITER: OnceLock<LogWriter> = OnceLock::new();

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
/// When the process already has a log, or the thread that writes it does not start.
pub fn init(
    format: LogFormat,
    filter: Targets,
    #[cfg(feature = "otel")] exporter: Option<&Exporter>,
) -> Result<(), Box<dyn Error>> {
    let writer = LogWriter::start(io::stderr())?;
    let subscriber = subscriber(format, filter, io::stderr().is_terminal(), writer.clone());
    #[cfg(feature = "otel")]
    let subscriber = subscriber.with(exporter.map(Exporter::layer));
    subscriber.try_init()?;
    let _ = WRITER.set(writer);
    // The message of a panic may quote the request, so the log gets only the source location.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
    Ok(())
}

/// Waits until the log is written. If standard error is blocked, waits only for a moment. Call it before the process
/// ends.
pub fn flush() {
    if let Some(writer) = WRITER.get() {
        writer.flush(FLUSH_TIMEOUT);
    }
}

/// Writes the last lines of the log and then a message to standard error, without waiting long if it is blocked.
pub fn print_last(message: String) {
    flush();
    let printing = thread::spawn(move || eprintln!("akiba-relay: {message}"));
    let end = Instant::now() + FLUSH_TIMEOUT;
    while !printing.is_finished() && Instant::now() < end {
        thread::sleep(Duration::from_millis(5));
    }
}
