//! What is done about the database by itself ([`DatabaseCommand`]).

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;
use sqlx::postgres::PgConnectOptions;

use crate::secrets::data_keys::DataKeys;
use crate::session::SessionSecrets;
use crate::session::reseal::reseal;
use crate::session::settings::SessionSettings;
use crate::store::copy::copy;
use crate::store::url::holds_password;
use crate::store::{DatabaseUrl, Store};

/// What to do about the database.
#[derive(Clone, Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Encrypts again, under the first data key, what is under another one; relays may run meanwhile
    Reseal,
    /// Copies a file of SQLite, whose relay has been stopped, into an empty database of PostgreSQL
    Copy {
        /// The file, as sqlite:PATH
        #[arg(long, value_name = "URL")]
        from: String,
        /// The other database, as postgres://USER@HOST/NAME; its password comes from PGPASSWORD or PGPASSFILE
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

/// From where to where, as flags may say it: the flags of a process can be read by everyone on the machine. Clap's own
/// messages would repeat them.
fn parse_urls(from: &str, to: &str) -> Result<(PathBuf, Box<PgConnectOptions>), &'static str> {
    if holds_password(from) || holds_password(to) {
        return Err("a URL holds a password: use PGPASSWORD or PGPASSFILE");
    }
    match (from.parse(), to.parse()) {
        (Ok(DatabaseUrl::Sqlite(from)), Ok(DatabaseUrl::Postgres(to))) => Ok((from, to)),
        _ => Err("--from must be sqlite:PATH, and --to postgres://USER@HOST/NAME"),
    }
}

/// Runs a command and prints what it has to say.
///
/// # Errors
/// When a key or a database fails, or something can't be opened by any key.
pub async fn run(
    command: DatabaseCommand,
    settings: &SessionSettings,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<(), Box<dyn Error>> {
    match command {
        DatabaseCommand::Reseal => {
            settings.store.database.must_exist()?;
            let secrets = SessionSecrets::load_data_keys(settings, variable)?;
            let keys = DataKeys::read(&secrets)?;
            let store = Store::open(&settings.store.database, 1).await?;
            let resealed = reseal(&store, &keys).await?;
            store.close().await;
            writeln!(io::stdout(), "{} encrypted again", resealed.done)?;
            match resealed.stuck {
                0 => Ok(()),
                stuck => Err(format!("{stuck} can't be opened by any of the data keys").into()),
            }
        }
        DatabaseCommand::Copy { from, to } => {
            let (from, to) = parse_urls(&from, &to)?;
            let copied = copy(&from, &to).await?;
            writeln!(
                io::stdout(),
                "{} sessions, {} links and {} webhooks copied",
                copied.sessions,
                copied.links,
                copied.messages
            )?;
            Ok(())
        }
    }
}
