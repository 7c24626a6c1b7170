//! What is done about the database by itself ([`DatabaseCommand`]).

use std::error::Error;
use std::io::{self, Write};

use clap::Subcommand;

use crate::session::SessionSecrets;
use crate::session::reseal::reseal;
use crate::session::seal::DataKeys;
use crate::settings::SessionSettings;
use crate::store::copy::copy;
use crate::store::url::{NotADatabaseUrl, holds_password};
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
        from: DatabaseUrl,
        /// The other database, as postgres://USER@HOST/NAME; its password comes from PGPASSWORD or PGPASSFILE
        #[arg(long, value_name = "URL", value_parser = without_password)]
        to: DatabaseUrl,
    },
}

/// A database's URL as a flag may hold it: the flags of a process can be read by everyone on the machine.
fn without_password(text: &str) -> Result<DatabaseUrl, String> {
    if holds_password(text) {
        return Err("it holds a password: use PGPASSWORD or PGPASSFILE".to_owned());
    }
    text.parse().map_err(|error: NotADatabaseUrl| error.to_string())
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
            super::must_exist(&settings.database)?;
            let secrets = SessionSecrets::load_data_keys(settings, variable)?;
            let keys = DataKeys::read(&secrets)?;
            let store = Store::open(&settings.database, 1).await?;
            let resealed = reseal(&store, &keys).await?;
            store.close().await;
            writeln!(io::stdout(), "{} encrypted again", resealed.done)?;
            match resealed.stuck {
                0 => Ok(()),
                stuck => Err(format!("{stuck} can't be opened by any of the data keys").into()),
            }
        }
        DatabaseCommand::Copy { from: DatabaseUrl::Sqlite(from), to: DatabaseUrl::Postgres(to) } => {
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
        DatabaseCommand::Copy { .. } => Err("--from must be sqlite:PATH, and --to postgres://USER@HOST/NAME".into()),
    }
}
