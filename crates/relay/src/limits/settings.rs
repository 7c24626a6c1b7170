//! The settings of rates and capacity ([`LimitSettings`]).

use std::num::NonZeroUsize;

use clap::Args;
use ipnet::IpNet;

use super::client_address::network;
use super::rate::Rate;

/// Settings of how often one caller may call, and how many calls may be at work.
#[derive(Clone, Debug, Args)]
pub struct LimitSettings {
    /// Most calls at the vendor at once; further ones get 503. A call whose body is still on its way does not count
    #[arg(long, env = "AKIBA_RELAY_MAX_IN_FLIGHT", value_name = "COUNT", default_value = "128")]
    pub max_in_flight: NonZeroUsize,

    /// Network or address of a proxy whose X-Forwarded-For is believed; repeat it, or part several by commas
    #[arg(
        long,
        env = "AKIBA_RELAY_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// Calls of a client's address, such as 60/m, 60/m:10 with at most 10 at once, or off
    #[arg(long, env = "AKIBA_RELAY_RATE_ADDRESS", value_name = "RATE", default_value = "600/m")]
    pub rate_address: Rate,

    /// Calls of a session's page, likewise
    #[arg(long, env = "AKIBA_RELAY_RATE_SESSION", value_name = "RATE", default_value = "120/m")]
    pub rate_session: Rate,

    /// Calls with an API key, likewise
    #[arg(long, env = "AKIBA_RELAY_RATE_API_KEY", value_name = "RATE", default_value = "6000/m")]
    pub rate_api_key: Rate,

    /// Most open connections of one address that is no trusted proxy; further ones are closed
    #[arg(long, env = "AKIBA_RELAY_MAX_CONNECTIONS_ADDRESS", value_name = "COUNT", default_value = "256")]
    pub max_connections_address: NonZeroUsize,
}
