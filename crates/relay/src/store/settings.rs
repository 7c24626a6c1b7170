//! The settings of the database ([`DatabaseSettings`]).

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use super::url::{DatabaseUrl, PlaintextDatabase};

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

    /// Whether the URL leads to a connection pooler in transaction mode, such as PgBouncer
    #[arg(long, env = "AKIBA_RELAY_DATABASE_POOLER")]
    pub database_pooler: bool,

    /// Allows a PostgreSQL on another machine without TLS; only for a network that nobody else can reach
    #[arg(long, env = "AKIBA_RELAY_DATABASE_PLAINTEXT")]
    pub database_plaintext: bool,
}

impl DatabaseSettings {
    /// Fails if the connection to a database may cross a network in plaintext, and the operator has not allowed that.
    ///
    /// # Errors
    /// [`PlaintextDatabase`].
    pub fn check_encryption(&self, url: &DatabaseUrl) -> Result<(), PlaintextDatabase> {
        if self.database_plaintext { Ok(()) } else { url.must_be_encrypted() }
    }
}
