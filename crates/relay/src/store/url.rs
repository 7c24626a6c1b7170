//! The address of the database ([`DatabaseUrl`]).

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::file_system::FileSystem;

/// The address of the database: `sqlite:PATH`, or `postgres://HOST/NAME`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A SQLite file. It is created if it does not exist.
    Sqlite(PathBuf),
    /// A PostgreSQL server, with the options from the URL and from libpq's environment variables.
    Postgres(Box<PgConnectOptions>),
}

/// The text is not a [`DatabaseUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct NotADatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = NotADatabaseUrl;

    fn from_str(text: &str) -> Result<Self, NotADatabaseUrl> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            // Other programs write `sqlite://`. A database in memory would be a separate one for each connection.
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains(":memory:") || path.contains('?') {
                return Err(NotADatabaseUrl);
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The parser's own message can quote the password.
            return text.parse().map(|options| Self::Postgres(Box::new(options))).map_err(|_| NotADatabaseUrl);
        }
        Err(NotADatabaseUrl)
    }
}

impl DatabaseUrl {
    /// Fails if it is a SQLite file that does not exist, because opening the file would create it.
    ///
    /// # Errors
    /// [`NoSuchDatabase`].
    pub fn must_exist(&self) -> Result<(), NoSuchDatabase> {
        match self {
            Self::Sqlite(path) if !path.exists() => Err(NoSuchDatabase),
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        }
    }

    /// Returns the file system of a SQLite file, and the file.
    #[must_use]
    pub fn file_system(&self) -> Option<(FileSystem, &Path)> {
        match self {
            Self::Sqlite(path) => Some((FileSystem::of(path), path)),
            Self::Postgres(_) => None,
        }
    }

    /// Fails if the connection may cross a network in plaintext. The default `sslmode=prefer` is not enough: anyone
    /// between the relay and the server can make it fall back to plaintext.
    ///
    /// # Errors
    /// [`PlaintextDatabase`].
    pub fn must_be_encrypted(&self) -> Result<(), PlaintextDatabase> {
        match self {
            Self::Postgres(options) if !is_encrypted(options) && !is_on_this_machine(options) => Err(PlaintextDatabase),
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        }
    }
}

fn is_encrypted(options: &PgConnectOptions) -> bool {
    matches!(options.get_ssl_mode(), PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull)
}

fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    options.get_socket().is_some()
        // The folder of a Unix socket.
        || host.starts_with('/')
        || host == "localhost"
        || address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The connection to PostgreSQL may cross a network in plaintext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the connection to PostgreSQL could be in plaintext: add sslmode=verify-full to the database's URL, or allow it with \
     --database-plaintext"
)]
pub struct PlaintextDatabase;

/// The SQLite file does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such database")]
pub struct NoSuchDatabase;

/// Returns whether a database URL contains a password.
#[must_use]
pub fn holds_password(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| matches!(&*name, "password" | "sslpassword"))
    })
}

impl fmt::Debug for DatabaseUrl {
    /// Leaves out the address, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite",
            Self::Postgres(_) => "Postgres",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, holds_password};

    #[test]
    fn a_password_is_found_anywhere_in_the_url() {
        for with in ["postgres://relay:s3cret@db/relay", "postgres://db/relay?user=relay&password=s3cret"] {
            assert!(holds_password(with), "{with}");
        }
        for without in ["sqlite:relay.db", "postgres://relay@db/relay?sslmode=verify-full", "postgres://db:5432/relay"]
        {
            assert!(!holds_password(without), "{without}");
        }
    }

    #[test]
    fn plaintext_may_not_leave_the_machine() {
        let refused = |text: &str| text.parse::<DatabaseUrl>().unwrap().must_be_encrypted().is_err();
        for plain in [
            "postgres://relay@db.example/relay",
            "postgres://relay@10.0.0.1/relay",
            "postgres://relay@db.example/relay?sslmode=prefer",
            "postgres://relay@db.example/relay?sslmode=allow",
            "postgres://relay@db.example/relay?sslmode=disable",
            "postgresql://relay@[2001:db8::1]/relay",
            "postgres://relay@localhost.example/relay",
            "postgres://relay@localhost/relay?host=db.example",
        ] {
            assert!(refused(plain), "{plain}");
        }
        for right in [
            "sqlite:relay.db",
            "postgres://relay@db.example/relay?sslmode=require",
            "postgres://relay@db.example/relay?sslmode=verify-ca",
            "postgres://relay@db.example/relay?sslmode=verify-full",
            "postgres://relay@localhost/relay",
            "postgres://relay@127.0.0.1:5433/relay?sslmode=disable",
            "postgres://relay@[::1]/relay",
            "postgres://relay@db.example/relay?host=/run/postgresql",
        ] {
            assert!(!refused(right), "{right}");
        }
    }

    #[test]
    fn urls_of_both_databases_are_parsed() {
        for sqlite in ["sqlite:relay.db", "sqlite:///var/lib/relay.db", "sqlite:/var/lib/relay.db"] {
            assert!(matches!(sqlite.parse(), Ok(DatabaseUrl::Sqlite(_))), "{sqlite}");
        }
        let url: DatabaseUrl = "postgres://relay:s3cret@db.example:5433/relay?sslmode=verify-full".parse().unwrap();
        assert!(!format!("{url:?}").contains("s3cret"));
        for wrong in ["", "relay.db", "sqlite:", "sqlite::memory:", "sqlite:a?mode=ro", "mysql://x/y", "postgres://[/"]
        {
            assert!(wrong.parse::<DatabaseUrl>().is_err(), "{wrong}");
        }
    }
}
