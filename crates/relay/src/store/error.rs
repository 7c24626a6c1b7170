//! Errors of the database ([`StoreError`]). Their texts go to the log, so they hold no data of a row. That is why they
//! do not repeat the database's own message, which can quote values.

use akiba_protocol::ProblemCode;
use sqlx::migrate::MigrateError;

use crate::error::RelayError;

/// Seconds after which the caller may retry.
const RETRY_AFTER_SECONDS: u32 = 2;

/// Why a database operation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, is too slow, is locked or is full. A retry may succeed.
    #[error("database: {0}")]
    Unavailable(String),
    /// The row violates a unique constraint.
    #[error("database: the row already exists")]
    Conflict,
    /// A bug of the relay, or damaged data. A retry does not help.
    #[error("database: {0}")]
    Fault(String),
}

impl StoreError {
    /// Returns the word for the metrics. Returns `None` for a conflict, which is expected: the database rejects a
    /// duplicate.
    pub(super) fn metric_kind(&self) -> Option<&'static str> {
        match self {
            Self::Unavailable(_) => Some("unavailable"),
            Self::Fault(_) => Some("fault"),
            Self::Conflict => None,
        }
    }

    /// Returns the error of a database's code.
    pub(super) fn of_code(code: &str) -> Self {
        let hint = if is_of_pooler(code) { POOLER_HINT } else { "" };
        let text = format!("error {code}{hint}");
        if is_transient(code) { Self::Unavailable(text) } else { Self::Fault(text) }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) => Self::Unavailable(error.kind().to_string()),
            sqlx::Error::Tls(_) => Self::Unavailable("TLS failed".to_owned()),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection is free, or connecting failed".to_owned()),
            sqlx::Error::PoolClosed => Self::Unavailable("the connection pool is closed".to_owned()),
            sqlx::Error::WorkerCrashed => Self::Unavailable("a connection was closed".to_owned()),
            sqlx::Error::BeginFailed => Self::Unavailable("a transaction could not be started".to_owned()),
            // Also the error of a connection that breaks in the middle of a message.
            sqlx::Error::Protocol(_) => Self::Unavailable("protocol error on a connection".to_owned()),
            sqlx::Error::Database(error) if error.is_unique_violation() => Self::Conflict,
            sqlx::Error::Database(error) => Self::of_code(&error.code().unwrap_or_default()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Fault("a column has an unexpected value".to_owned())
            }
            _ => Self::Fault("the query failed".to_owned()),
        }
    }
}

/// Added to an error that a connection pooler causes.
const POOLER_HINT: &str =
    "; if a connection pooler such as PgBouncer is in front of PostgreSQL, give --database-pooler";

/// Returns whether a pooler in transaction mode causes this error of PostgreSQL for a client that does not expect it: it
/// rejects the start-up message, or a named statement is missing or already there.
fn is_of_pooler(code: &str) -> bool {
    matches!(code, "08P01" | "26000" | "42P05")
}

/// Returns whether the error with this code may go away by itself.
///
/// PostgreSQL's codes have five characters. The first two are the class: 40 transaction rollback, 53 insufficient
/// resources, 57 operator intervention, 58 system error, XX internal error. `55P03` is a lock timeout. SQLite's codes
/// are shorter numbers. Their lowest eight bits are the error: busy, locked, no memory, read-only, interrupted, I/O,
/// full, can't open, locking protocol.
fn is_transient(code: &str) -> bool {
    if code.len() == 5 {
        let class_passes = ["40", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class));
        return class_passes || code == "55P03" || is_connection_error(code);
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xFF, 5 | 6 | 7 | 8 | 9 | 10 | 13 | 14 | 15))
}

/// Returns whether a PostgreSQL error means that another connection may succeed: this one has failed or was closed, or
/// its server is read-only, as after a failover.
pub(super) fn is_connection_error(code: &str) -> bool {
    code == "25006" || ["08", "57P"].iter().any(|class| code.starts_with(class))
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(version) => {
                Self::Fault(format!("a newer relay created its tables (migration {version} is unknown here)"))
            }
            MigrateError::VersionMismatch(version) => {
                Self::Fault(format!("migration {version} differs from the applied one"))
            }
            MigrateError::Dirty(version) => Self::Fault(format!("migration {version} was not completed")),
            _ => Self::Fault("its tables can't be migrated".to_owned()),
        }
    }
}

impl From<StoreError> for RelayError {
    fn from(error: StoreError) -> Self {
        let cause = error.to_string();
        match error {
            StoreError::Unavailable(_) => {
                Self::new(ProblemCode::StorageUnavailable).retry_after(RETRY_AFTER_SECONDS).caused_by(cause)
            }
            StoreError::Conflict | StoreError::Fault(_) => Self::new(ProblemCode::Internal).caused_by(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{StoreError, is_transient};

    #[test]
    fn a_database_of_a_newer_version_is_named() {
        let error = StoreError::from(sqlx::migrate::MigrateError::VersionMissing(99));
        assert!(error.to_string().contains("a newer relay created its tables (migration 99"), "{error}");
    }

    #[test]
    fn errors_of_a_connection_may_go_away() {
        for error in [
            sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into()),
            sqlx::Error::Tls("handshake".into()),
            sqlx::Error::PoolTimedOut,
            sqlx::Error::PoolClosed,
            sqlx::Error::WorkerCrashed,
            sqlx::Error::BeginFailed,
            sqlx::Error::Protocol("cut off".to_owned()),
        ] {
            let text = error.to_string();
            assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)), "{text}");
        }
        assert!(matches!(StoreError::from(sqlx::Error::RowNotFound), StoreError::Fault(_)));
    }

    #[test]
    fn transient_errors_are_distinguished_from_faults() {
        for transient in
            ["57P01", "57014", "08006", "25006", "40001", "53300", "55P03", "5", "261", "6", "13", "14", "3850"]
        {
            assert!(is_transient(transient), "{transient}");
        }
        for fault in ["", "42P01", "23505", "22001", "1", "11", "19", "787"] {
            assert!(!is_transient(fault), "{fault}");
        }
    }
}
