//! The settings of the server ([`ServerSettings`]): addresses, TLS, connections, shutdown and the operator's listener.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::clock::duration;

/// Settings of the server.
#[derive(Clone, Debug, Args)]
pub struct ServerSettings {
    /// Address to listen on; port 0 selects a free port
    #[arg(long, env = "AKIBA_RELAY_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,

    /// File with the certificate chain, in PEM, if no proxy terminates TLS; loaded again when it changes
    #[arg(long, env = "AKIBA_RELAY_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// File with the certificate's private key, in PEM
    #[arg(long, env = "AKIBA_RELAY_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Longest wait for a request's headers, and longest idle time of a connection
    #[arg(long, env = "AKIBA_RELAY_HEADER_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub header_timeout: Duration,

    /// Longest wait for a client that does not read its answer
    #[arg(long, env = "AKIBA_RELAY_WRITE_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub write_timeout: Duration,

    /// Longest time in which a client must read its whole answer
    #[arg(long, env = "AKIBA_RELAY_ANSWER_TIMEOUT", value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub answer_timeout: Duration,

    /// Most open connections; for a further one, the longest idle one is closed, or it waits if none is idle
    #[arg(long, env = "AKIBA_RELAY_MAX_CONNECTIONS", value_name = "COUNT", default_value = "1024")]
    pub max_connections: NonZeroUsize,

    /// Longest wait for running requests after a signal; a second signal stops the relay at once
    #[arg(long, env = "AKIBA_RELAY_DRAIN_TIMEOUT", value_name = "DURATION", default_value = "45s", value_parser = duration)]
    pub drain_timeout: Duration,

    /// How long the relay still accepts connections after the first signal; /readyz fails from the signal on
    #[arg(long, env = "AKIBA_RELAY_DRAIN_DELAY", value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    pub drain_delay: Duration,

    /// Address of the operator's listener: /metrics, /healthz, /readyz and, only on loopback, /admin; off if not set
    #[arg(long, env = "AKIBA_RELAY_ADMIN_LISTEN", value_name = "ADDRESS")]
    pub admin_listen: Option<SocketAddr>,

    /// Allows an --admin-listen address that is not loopback; /admin is not served there
    #[arg(long, env = "AKIBA_RELAY_ADMIN_REMOTE")]
    pub admin_remote: bool,
}
