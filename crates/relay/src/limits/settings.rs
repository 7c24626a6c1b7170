//! The settings of all limits ([`LimitSettings`]).

use std::num::NonZeroUsize;

use clap::Args;
use ipnet::IpNet;

use super::client_address::network;
use super::rate::Rate;

/// Settings of rate limits, concurrent calls and connections.
#[derive(Clone, Debug, Args)]
pub struct LimitSettings {
    /// Most concurrent calls to the vendor for links, and as many for verdicts; further ones get 503. A call counts from
    /// when its whole body has arrived
    #[arg(long, env = "AKIBA_RELAY_MAX_IN_FLIGHT", value_name = "COUNT", default_value = "128")]
    pub max_in_flight: NonZeroUsize,

    /// Most concurrent calls of back ends that create, read or delete a session; further ones get 503
    #[arg(long, env = "AKIBA_RELAY_MAX_HOST_CALLS", value_name = "COUNT", default_value = "64")]
    pub max_host_calls: NonZeroUsize,

    /// Most desktops that wait at once for a change of their hand-off, for up to 25 s each; further ones get 503
    #[arg(long, env = "AKIBA_RELAY_MAX_HANDOFF_WAITS", value_name = "COUNT", default_value = "512")]
    pub max_handoff_waits: NonZeroUsize,

    /// Network or address of a proxy whose X-Forwarded-For the relay trusts; repeat the flag or separate with commas
    #[arg(
        long,
        env = "AKIBA_RELAY_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// Rate limit of each client address: 60/m, 60/m:10 (at most 10 at once), or off
    #[arg(long, env = "AKIBA_RELAY_RATE_ADDRESS", value_name = "RATE", default_value = "600/m:200")]
    pub rate_address: Rate,

    /// Rate limit of each session's page, in the same form; calls for links and calls for verdicts count apart
    #[arg(long, env = "AKIBA_RELAY_RATE_SESSION", value_name = "RATE", default_value = "120/m:60")]
    pub rate_session: Rate,

    /// Rate limit of each API key, in the same form
    #[arg(long, env = "AKIBA_RELAY_RATE_API_KEY", value_name = "RATE", default_value = "6000/m:1000")]
    pub rate_api_key: Rate,

    /// Rate limit of each client address for files of --serve-widget, in the same form; they count apart from all calls
    #[arg(long, env = "AKIBA_RELAY_RATE_WIDGET", value_name = "RATE", default_value = "3000/m:1000")]
    pub rate_widget: Rate,

    /// Most open connections of one address, except a trusted proxy's; for a further one, its longest idle one is closed, or
    /// the further one if none is idle
    #[arg(long, env = "AKIBA_RELAY_MAX_CONNECTIONS_ADDRESS", value_name = "COUNT", default_value = "64")]
    pub max_connections_address: NonZeroUsize,
}
