//! Every setting of the relay ([`Settings`]): its flag, its environment variable, its default and its check, in one
//! place. Where else than from a flag or the environment it may come from, [`layers`] says.
//!
//! The token is no setting: it has its own ways in (see [`vendor_api::token`](crate::vendor_api::token)), because the flags of
//! a process can be read by everyone on the machine.

pub mod database;
pub mod file;
pub mod layers;
pub mod service;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Parser;
use tracing_subscriber::filter::Targets;

use crate::clock::duration;
use crate::origin::Origin;
use crate::telemetry::LogFormat;

pub use self::service::ServiceSettings;
pub use crate::limits::settings::LimitSettings;
pub use crate::session::settings::{SessionMode, SessionSettings};
pub use crate::vendor_api::settings::VendorSettings;

pub(crate) const TOKEN_HELP: &str = "The vendor's token comes from the file of --token-file or from the environment variable \
                          AKIBA_TOKEN, never from a flag. Durations are written as 500ms, 30s or 2m.";

/// Holds the vendor's token between the selfie widget and Akiba Digital's API.
#[derive(Clone, Debug, Parser)]
#[command(name = "akiba-relay", version, after_help = TOKEN_HELP)]
pub struct Settings {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "AKIBA_RELAY_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,

    /// Origin of a page that may call, spelt as browsers send it; repeat it, or part several by commas
    #[arg(long, env = "AKIBA_RELAY_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// The vendor's API.
    #[command(flatten)]
    pub vendor: VendorSettings,

    /// Longest wait for a connection to the vendor
    #[arg(long, env = "AKIBA_RELAY_CONNECT_TIMEOUT", value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub connect_timeout: Duration,

    /// Longest wait for the vendor's whole answer, the connection included
    #[arg(long, env = "AKIBA_RELAY_VENDOR_TIMEOUT", value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub vendor_timeout: Duration,

    /// Largest answer that is read from the vendor, in bytes
    #[arg(long, env = "AKIBA_RELAY_MAX_REPLY_BYTES", value_name = "BYTES", default_value = "262144")]
    pub max_reply_bytes: NonZeroUsize,

    /// Largest request body, in bytes
    #[arg(long, env = "AKIBA_RELAY_MAX_BODY_BYTES", value_name = "BYTES", default_value = "4096")]
    pub max_body_bytes: NonZeroUsize,

    /// Longest wait for a request's body
    #[arg(long, env = "AKIBA_RELAY_BODY_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub body_timeout: Duration,

    /// Longest wait for a request's headers, and longest idle time of a connection
    #[arg(long, env = "AKIBA_RELAY_HEADER_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub header_timeout: Duration,

    /// Longest wait for a client that does not read its answer
    #[arg(long, env = "AKIBA_RELAY_WRITE_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub write_timeout: Duration,

    /// Most calls at the vendor at once; further ones get 503. A call whose body is still on its way does not count
    #[arg(long, env = "AKIBA_RELAY_MAX_IN_FLIGHT", value_name = "COUNT", default_value = "128")]
    pub max_in_flight: NonZeroUsize,

    /// Most open connections; further ones wait to be accepted
    #[arg(long, env = "AKIBA_RELAY_MAX_CONNECTIONS", value_name = "COUNT", default_value = "1024")]
    pub max_connections: NonZeroUsize,

    /// How often one caller may call.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// Longest wait for running requests after a signal; a second signal ends it at once
    #[arg(long, env = "AKIBA_RELAY_DRAIN_TIMEOUT", value_name = "DURATION", default_value = "45s", value_parser = duration)]
    pub drain_timeout: Duration,

    /// How log lines look
    #[arg(long, env = "AKIBA_RELAY_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// What is logged: a level, or target=level pairs parted by commas
    #[arg(long, env = "AKIBA_RELAY_LOG", value_name = "FILTER", default_value = "info")]
    pub log: Targets,

    /// The service as a process.
    #[command(flatten)]
    pub service: ServiceSettings,

    /// Sessions and what belongs to them.
    #[command(flatten)]
    pub session: SessionSettings,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Settings;

    #[test]
    fn the_command_is_well_formed() {
        Settings::command().debug_assert();
    }

    #[test]
    fn a_request_that_is_as_slow_as_it_may_be_ends_within_the_drain_timeout() {
        let settings = Settings::try_parse_from(["akiba-relay"]).unwrap();
        assert!(settings.body_timeout + settings.vendor_timeout < settings.drain_timeout);
    }

    #[test]
    fn limits_of_nothing_are_refused() {
        for wrong in
            ["--vendor-timeout=0s", "--vendor-timeout=30", "--max-body-bytes=0", "--max-in-flight=0", "--listen=8081"]
        {
            assert!(Settings::try_parse_from(["akiba-relay", wrong]).is_err(), "{wrong}");
        }
    }
}
