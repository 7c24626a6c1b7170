//! The settings of the HTTP service ([`HttpSettings`]).

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;

use crate::clock::duration;
use crate::origin::Origin;

/// Settings of the HTTP service.
#[derive(Clone, Debug, Args)]
pub struct HttpSettings {
    /// Origin of a page that may call, spelled as browsers send it; repeat the flag or separate with commas
    #[arg(long, env = "AKIBA_RELAY_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// Largest request body, in bytes
    #[arg(long, env = "AKIBA_RELAY_MAX_BODY_BYTES", value_name = "BYTES", default_value = "4096")]
    pub max_body_bytes: NonZeroUsize,

    /// Longest wait for a request's body
    #[arg(long, env = "AKIBA_RELAY_BODY_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub body_timeout: Duration,
}
