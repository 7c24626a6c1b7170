//! Every setting of the relay ([`Settings`]), gathered from the modules: each module declares its own settings with
//! flag, environment variable, default and check. [`layers`] adds the settings file.
//!
//! The vendor's token is not a setting, because every user of the machine can read a process's flags. See
//! [`vendor_api::token`](crate::vendor_api::token).

pub mod file;
pub mod layers;
pub mod url_files;

use clap::Parser;

use crate::http::settings::HttpSettings;
use crate::limits::settings::LimitSettings;
use crate::server::settings::ServerSettings;
use crate::session::settings::SessionSettings;
use crate::telemetry::settings::TelemetrySettings;
use crate::vendor_api::settings::VendorSettings;

pub(crate) const TOKEN_HELP: &str = "The vendor's token comes from the file named by --token-file or from the environment variable \
                          AKIBA_TOKEN, never from a flag. Write durations as 500ms, 30s or 2m.";

/// Forwards the calls of the selfie widget to Akiba Digital's API, so that the API's token stays out of the page.
#[derive(Clone, Debug, Parser)]
#[command(name = "akiba-relay", version, after_help = TOKEN_HELP)]
pub struct Settings {
    /// The server: addresses, TLS, connections, shutdown.
    #[command(flatten)]
    pub server: ServerSettings,

    /// The HTTP service.
    #[command(flatten)]
    pub http: HttpSettings,

    /// Rate limits, and the number of concurrent calls.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// The vendor's API.
    #[command(flatten)]
    pub vendor: VendorSettings,

    /// Sessions, their database and webhooks.
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
    fn clap_accepts_the_settings() {
        Settings::command().debug_assert();
    }

    #[test]
    fn the_slowest_allowed_request_ends_within_the_drain_timeout() {
        let settings = Settings::try_parse_from(["akiba-relay"]).unwrap();
        assert!(settings.http.body_timeout + settings.vendor.vendor_timeout < settings.server.drain_timeout);
    }

    #[test]
    fn zero_and_malformed_values_are_rejected() {
        for wrong in
            ["--vendor-timeout=0s", "--vendor-timeout=30", "--max-body-bytes=0", "--max-in-flight=0", "--listen=8081"]
        {
            assert!(Settings::try_parse_from(["akiba-relay", wrong]).is_err(), "{wrong}");
        }
    }
}
