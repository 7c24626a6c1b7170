//! How the database fails ([`StoreError`]). What an error displays is for the log, so it holds nothing of a row: the
//! databases' own messages quote values.

use akiba_protocol::ProblemCode;
use sqlx::migrate::MigrateError;

use crate::error::RelayError;

/// Seconds after which a call may be tried again.
const RETRY_AFTER_SECONDS: u32 = 2;

/// An operation that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, is too slow, is locked or is full. It may mend itself.
    #[error("database: {0}")]
    Unavailable(String),
    /// A row that must not be there twice.
    #[error("database: the row already exists")]
    Conflict,
    /// A fault of the relay or of the database's content.
    #[error("database: {0}")]
    Fault(String),
}

impl StoreError {
    /// Returns the word for the metrics; `None` for a conflict, which is how a second row is kept out.
    pub(super) fn metric_kind(&self) -> Option<&'static str> {
        match self {
            Self::Unavailable(_) => Some("unavailable"),
            Self::Fault(_) => Some("fault"),
            Self::Conflict => None,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) => Self::Unavailable(error.kind().to_string()),
            sqlx::Error::Tls(_) => Self::Unavailable("TLS failed".to_owned()),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection is free, or none can be made".to_owned()),
            sqlx::Error::PoolClosed => Self::Unavailable("the connections are closed".to_owned()),
            sqlx::Error::WorkerCrashed => Self::Unavailable("a connection has ended".to_owned()),
            sqlx::Error::BeginFailed => Self::Unavailable("no transaction could be begun".to_owned()),
            // What breaks off in the middle of a message is one, too.
            sqlx::Error::Protocol(_) => Self::Unavailable("the connection is out of step".to_owned()),
            sqlx::Error::Database(error) if error.is_unique_violation() => Self::Conflict,
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                let text = format!("error {code}");
                if may_mend(&code) { Self::Unavailable(text) } else { Self::Fault(text) }
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Fault("a column is wrong".to_owned()),
            _ => Self::Fault("the query failed".to_owned()),
        }
    }
}

/// Whether an error's code is of those that pass. PostgreSQL's codes have five characters, of which the first two name
/// the class: rollbacks, want of resources, an operator's intervention, the system, its own faults; and the wait for a
/// lock. SQLite's are shorter numbers, whose lowest eight bits name the error: busy, locked, no memory, read-only,
/// interrupted, I/O, full, can't open, a lock that was lost.
fn may_mend(code: &str) -> bool {
    if code.len() == 5 {
        let passing = ["40", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class));
        return passing || code == "55P03" || is_connection_error(code);
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xFF, 5 | 6 | 7 | 8 | 9 | 10 | 13 | 14 | 15))
}

/// Whether one of PostgreSQL's codes says that another connection may do better: this one has failed or was ended, or
/// its server is one that may not be written to, as after a failover.
pub(super) fn is_connection_error(code: &str) -> bool {
    code == "25006" || ["08", "57P"].iter().any(|class| code.starts_with(class))
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(version) => {
                Self::Fault(format!("it is of a newer relay (migration {version})"))
            }
            MigrateError::VersionMismatch(version) => Self::Fault(format!("migration {version} was another one")),
            MigrateError::Dirty(version) => Self::Fault(format!("migration {version} was not ended")),
            _ => Self::Fault("its tables can't be brought up to date".to_owned()),
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
    use super::may_mend;

    #[test]
    fn errors_that_pass_are_told_from_faults() {
        for passing in
            ["57P01", "57014", "08006", "25006", "40001", "53300", "55P03", "5", "261", "6", "13", "14", "3850"]
        {
            assert!(may_mend(passing), "{passing}");
        }
        for fault in ["", "42P01", "23505", "22001", "1", "11", "19", "787"] {
            assert!(!may_mend(fault), "{fault}");
        }
    }
}
