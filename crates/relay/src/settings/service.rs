//! The settings of the service as a process ([`ServiceSettings`]): its TLS, its end, and what its operator looks at.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use url::Url;

/// Settings of the service as a process.
#[derive(Clone, Debug, Args)]
pub struct ServiceSettings {
    /// File of the certificate and those that vouch for it, in PEM, where no proxy ends TLS; read again when it changes
    #[arg(long, env = "AKIBA_RELAY_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// File of the certificate's private key, in PEM
    #[arg(long, env = "AKIBA_RELAY_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Wait between the first signal, from which on /readyz says no, and the last connection that is taken
    #[arg(long, env = "AKIBA_RELAY_DRAIN_DELAY", value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    pub drain_delay: Duration,

    /// Address for /metrics, /healthz, /readyz and, on loopback, /admin; without it there is none
    #[arg(long, env = "AKIBA_RELAY_ADMIN_LISTEN", value_name = "ADDRESS")]
    pub admin_listen: Option<SocketAddr>,

    /// Lets --admin-listen be no loopback address; /admin is not served there
    #[arg(long, env = "AKIBA_RELAY_ADMIN_REMOTE")]
    pub admin_remote: bool,

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
