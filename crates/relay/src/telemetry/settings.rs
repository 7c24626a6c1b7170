//! The settings of log and traces ([`TelemetrySettings`]).

use clap::Args;
use tracing_subscriber::filter::Targets;
use url::Url;

use super::LogFormat;

/// Settings of log and traces.
#[derive(Clone, Debug, Args)]
pub struct TelemetrySettings {
    /// Format of log lines
    #[arg(long, env = "AKIBA_RELAY_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// What is logged: a level, or target=level pairs separated by commas
    #[arg(long, env = "AKIBA_RELAY_LOG", value_name = "FILTER", default_value = "info")]
    pub log: Targets,

    /// Base URL of the OpenTelemetry collector for traces (OTLP over HTTP); needs a build with the Cargo feature otel
    #[arg(long, env = "AKIBA_RELAY_OTEL_ENDPOINT", value_name = "URL", value_parser = collector)]
    pub otel_endpoint: Option<Url>,
}

/// Parses the URL of a collector. Spans hold no personal data, so plain `http` is allowed.
fn collector(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.query().is_none();
    url.filter(plain).ok_or_else(|| {
        "it must be a URL such as http://127.0.0.1:4318, without user name, password or query".to_owned()
    })
}
