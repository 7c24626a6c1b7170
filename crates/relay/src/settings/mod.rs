//! Every setting of the relay ([`Settings`]), gathered from the rooms: each room says what can be set of it, with flag,
//! environment variable, default and check. Where else than from a flag or the environment a setting may come from,
//! [`layers`] says.
//!
//! The token is no setting: it has its own ways in (see [`vendor_api::token`](crate::vendor_api::token)), because the flags of
//! a process can be read by everyone on the machine.

pub mod database;
pub mod file;
pub mod layers;

use clap::Parser;

use crate::http::settings::HttpSettings;
use crate::limits::settings::LimitSettings;
use crate::server::settings::ServerSettings;
use crate::session::settings::SessionSettings;
use crate::telemetry::settings::TelemetrySettings;
use crate::vendor_api::settings::VendorSettings;

pub(crate) const TOKEN_HELP: &str = "The vendor's token comes from the file of --token-file or from the environment variable \
                          AKIBA_TOKEN, never from a flag. Durations are written as 500ms, 30s or 2m.";

/// Holds the vendor's token between the selfie widget and Akiba Digital's API.
#[derive(Clone, Debug, Parser)]
#[command(name = "akiba-relay", version, after_help = TOKEN_HELP)]
pub struct Settings {
    /// The server: where it listens, and what a connection may take.
    #[command(flatten)]
    pub server: ServerSettings,

    /// What callers meet.
    #[command(flatten)]
    pub http: HttpSettings,

    /// How often one caller may call, and how many calls may be at work.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// The vendor's API.
    #[command(flatten)]
    pub vendor: VendorSettings,

    /// Sessions and what belongs to them.
    #[command(flatten)]
    pub session: SessionSettings,

    /// Log and traces.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
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
        assert!(settings.http.body_timeout + settings.vendor.vendor_timeout < settings.server.drain_timeout);
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
