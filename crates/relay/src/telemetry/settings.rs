//! The settings of log and traces ([`TelemetrySettings`]).

use clap::Args;
use tracing_subscriber::filter::Targets;
use url::Url;

use super::LogFormat;

/// Settings of log and traces.
#[derive(Clone, Debug, Args)]
pub struct TelemetrySettings {
    /// How log lines look
    #[arg(long, env = "AKIBA_RELAY_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// What is logged: a level, or target=level pairs parted by commas
    #[arg(long, env = "AKIBA_RELAY_LOG", value_name = "FILTER", default_value = "info")]
    pub log: Targets,

    /// Base URL of the OpenTelemetry collector that gets traces, by OTLP over HTTP; takes a build with the feature otel
    #[arg(long, env = "AKIBA_RELAY_OTEL_ENDPOINT", value_name = "URL", value_parser = collector)]
    pub otel_endpoint: Option<Url>,
}

/// Reads the URL of a collector. No person is named in what it gets, so it need not be `https`.
fn collector(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.query().is_none();
    url.filter(plain).ok_or_else(|| "it must be a URL such as http://127.0.0.1:4318, with no user name".to_owned())
}
