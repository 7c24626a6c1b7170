//! Which database is meant ([`DatabaseUrl`]).

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use url::Url;

/// The place of the database: `sqlite:PATH`, or `postgres://HOST/NAME`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file of SQLite; it is made where there is none.
    Sqlite(PathBuf),
    /// A server of PostgreSQL, with all that the URL and libpq's environment variables say.
    Postgres(Box<PgConnectOptions>),
}

/// The text is no [`DatabaseUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct NotADatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = NotADatabaseUrl;

    fn from_str(text: &str) -> Result<Self, NotADatabaseUrl> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            // `sqlite://` is how others write it; a database in memory would be one for each connection.
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains(":memory:") || path.contains('?') {
                return Err(NotADatabaseUrl);
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The parser's own message may quote the password.
            return text.parse().map(|options| Self::Postgres(Box::new(options))).map_err(|_| NotADatabaseUrl);
        }
        Err(NotADatabaseUrl)
    }
}

impl DatabaseUrl {
    /// Fails if it names a file of SQLite that is not there: opening it would create it.
    ///
    /// # Errors
    /// [`NoSuchDatabase`].
    pub fn must_exist(&self) -> Result<(), NoSuchDatabase> {
        match self {
            Self::Sqlite(path) if !path.exists() => Err(NoSuchDatabase),
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        }
    }
}

/// The file of SQLite is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such database")]
pub struct NoSuchDatabase;

/// Whether a database's URL holds a password.
#[must_use]
pub fn holds_password(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| matches!(&*name, "password" | "sslpassword"))
    })
}

impl fmt::Debug for DatabaseUrl {
    /// Leaves the address out: it may hold a password.
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
    fn a_password_is_seen_wherever_it_stands() {
        for with in ["postgres://relay:s3cret@db/relay", "postgres://db/relay?user=relay&password=s3cret"] {
            assert!(holds_password(with), "{with}");
        }
        for without in ["sqlite:relay.db", "postgres://relay@db/relay?sslmode=verify-full", "postgres://db:5432/relay"]
        {
            assert!(!holds_password(without), "{without}");
        }
    }

    #[test]
    fn both_databases_are_named_by_their_url() {
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
