//! The settings of the database ([`DatabaseSettings`]).

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use super::url::DatabaseUrl;

/// Settings of the database.
#[derive(Clone, Debug, Args)]
pub struct DatabaseSettings {
    /// Database that stores sessions: sqlite:PATH or postgres://USER@HOST/NAME
    #[arg(
        long,
        env = "AKIBA_RELAY_DATABASE",
        value_name = "URL",
        default_value = "sqlite:akiba-relay.db",
        hide_env_values = true
    )]
    pub database: DatabaseUrl,

    /// File with the database's URL; use it if the URL contains a password
    #[arg(long, env = "AKIBA_RELAY_DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,

    /// Maximum number of connections to the database
    #[arg(long, env = "AKIBA_RELAY_DATABASE_CONNECTIONS", value_name = "COUNT", default_value = "8")]
    pub database_connections: NonZeroU32,
}
