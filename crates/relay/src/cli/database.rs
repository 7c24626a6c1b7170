//! The commands for the database ([`DatabaseCommand`]).

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;
use sqlx::postgres::PgConnectOptions;

use crate::secrets::data_keys::DataKeys;
use crate::session::SessionSecrets;
use crate::session::reseal::reseal;
use crate::session::settings::SessionSettings;
use crate::store::backup::backup;
use crate::store::copy::copy;
use crate::store::url::holds_password;
use crate::store::{DatabaseUrl, Store};

/// A command for the database.
#[derive(Clone, Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Encrypts with the first data key everything that uses another one; relays may run at the same time
    Reseal,
    /// Copies the SQLite file to a new file; relays may run at the same time
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Copies a SQLite file into an empty PostgreSQL database; stop the relay first
    Copy {
        /// The SQLite file, as sqlite:PATH
        #[arg(long, value_name = "URL")]
        from: String,
        /// The PostgreSQL database, as postgres://USER@HOST/NAME; its password comes from PGPASSWORD or PGPASSFILE
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

/// Parses the URLs of a copy. Rejects a password in them, because every user of the machine can read a process's flags.
/// Clap does not parse them, because its error messages quote the value.
fn parse_urls(from: &str, to: &str) -> Result<(PathBuf, Box<PgConnectOptions>), &'static str> {
    if holds_password(from) || holds_password(to) {
        return Err("a URL must not hold a password: use PGPASSWORD or PGPASSFILE");
    }
    match (from.parse(), to.parse()) {
        (Ok(DatabaseUrl::Sqlite(from)), Ok(DatabaseUrl::Postgres(to))) => Ok((from, to)),
        _ => Err("--from must be sqlite:PATH, and --to postgres://USER@HOST/NAME"),
    }
}

/// Runs a command and prints its result.
///
/// # Errors
/// When a key or a database fails, or no key decrypts a value.
pub async fn run(
    command: DatabaseCommand,
    settings: &SessionSettings,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<(), Box<dyn Error>> {
    match command {
        DatabaseCommand::Reseal => {
            settings.store.database.must_exist()?;
            settings.store.check_encryption(&settings.store.database)?;
            let secrets = SessionSecrets::load_data_keys(settings, variable)?;
            let keys = DataKeys::read(&secrets)?;
            let store = Store::of(&settings.store, 1).await?;
            let resealed = reseal(&store, &keys).await?;
            store.close().await;
            writeln!(io::stdout(), "{} values encrypted with the first key", resealed.done)?;
            match resealed.stuck {
                0 => Ok(()),
                stuck => Err(format!("{stuck} values can't be decrypted with any of the data keys").into()),
            }
        }
        DatabaseCommand::Backup { file } => {
            let DatabaseUrl::Sqlite(database) = &settings.store.database else {
                return Err("this command is for SQLite: back up PostgreSQL with pg_dump".into());
            };
            settings.store.database.must_exist()?;
            backup(database, &file).await?;
            writeln!(io::stdout(), "backup written")?;
            Ok(())
        }
        DatabaseCommand::Copy { from, to } => {
            let (from, to) = parse_urls(&from, &to)?;
            settings.store.check_encryption(&DatabaseUrl::Postgres(to.clone()))?;
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
