//! Checks connections out of the pool for one operation each ([`CheckedOut`]). If the operation fails or is cancelled,
//! the connection is closed instead of being reused, because:
//!
//! - A broken connection can hang for as long as the network allows, or belong to a server that has become a replica.
//! - A SQLite connection can be left in a wrong transaction state. If a write fails because the disk is full, SQLite
//!   ends the transaction itself. sqlx 0.8 does not notice, nests the next transaction in the ended one, and "commits"
//!   data that never reaches the disk.

use sqlx::pool::PoolConnection;
use sqlx::{Database, PgPool, SqlitePool};

use crate::telemetry::metrics::metrics;

/// The pool of connections to the configured database.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// How many connections a pool has.
#[derive(Clone, Copy, Debug)]
pub struct PoolUsage {
    /// Open connections.
    pub open: i64,
    /// Connections that operations hold.
    pub in_use: i64,
    /// The most connections.
    pub max: i64,
}

impl Pool {
    pub(super) fn usage(&self) -> PoolUsage {
        let (open, idle, max) = match self {
            Self::Sqlite(pool) => (pool.size(), pool.num_idle(), pool.options().get_max_connections()),
            Self::Postgres(pool) => (pool.size(), pool.num_idle(), pool.options().get_max_connections()),
        };
        let idle = i64::try_from(idle).unwrap_or(i64::MAX);
        PoolUsage { open: open.into(), in_use: i64::from(open).saturating_sub(idle).max(0), max: max.into() }
    }
}

/// A connection for one operation.
pub(super) struct CheckedOut<DB: Database> {
    pub(super) connection: PoolConnection<DB>,
    reusable: bool,
}

impl<DB: Database> CheckedOut<DB> {
    /// Waits for a free connection.
    pub(super) async fn from_pool(pool: &sqlx::Pool<DB>) -> Result<Self, sqlx::Error> {
        let _waiting = metrics().database_waiting();
        Ok(Self { connection: pool.acquire().await?, reusable: false })
    }

    /// Returns the connection to the pool if the operation left it usable, and closes it otherwise.
    pub(super) fn release<T>(mut self, result: &Result<T, sqlx::Error>) {
        self.reusable = match result {
            Ok(_) => true,
            Err(error) => is_reusable_after(error),
        };
    }
}

impl<DB: Database> Drop for CheckedOut<DB> {
    fn drop(&mut self) {
        if !self.reusable {
            self.connection.close_on_drop();
        }
    }
}

/// Returns whether an error means only that the database rejected the statement. PostgreSQL's codes have five
/// characters.
fn is_reusable_after(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    error.is_unique_violation() || (code.len() == 5 && !super::error::is_connection_error(&code))
}

/// Runs a body on a connection to the configured database. The body is compiled once for each kind of connection. Behind a
/// pooler it runs in a transaction; a transaction of its own is then nested.
macro_rules! on_connection {
    ($store:expr, |$connection:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::connection::Pool::Sqlite(pool) => {
                let mut checked_out = $crate::store::connection::CheckedOut::from_pool(pool).await?;
                let $connection = &mut *checked_out.connection;
                let result = async { $body }.await;
                checked_out.release(&result);
                result
            }
            $crate::store::connection::Pool::Postgres(pool) => {
                let mut checked_out = $crate::store::connection::CheckedOut::from_pool(pool).await?;
                let result = if $store.behind_pooler {
                    async {
                        let mut transaction = $store.begin_behind_pooler(&mut checked_out.connection).await?;
                        let $connection = &mut *transaction;
                        let done: Result<_, sqlx::Error> = async { $body }.await;
                        let done = done?;
                        transaction.commit().await?;
                        Ok(done)
                    }
                    .await
                } else {
                    let $connection = &mut *checked_out.connection;
                    async { $body }.await
                };
                checked_out.release(&result);
                result
            }
        }
    };
}
pub(super) use on_connection;

#[cfg(test)]
mod tests {
    use crate::store::Store;

    #[tokio::test]
    async fn a_connection_is_kept_unless_its_operation_fails() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("relay.db").display()).parse().unwrap();
        let store = Store::open(&url, 1).await.unwrap();
        let run = async |sql: &'static str| {
            let work =
                async { on_connection!(store, |connection| store.query(sql).execute(connection).await.map(drop)) };
            store.run(work).await
        };
        // A temporary table belongs to one connection.
        run("CREATE TEMP TABLE own (number INTEGER)").await.unwrap();
        run("INSERT INTO own VALUES (1)").await.unwrap();
        // After an error of SQLite it may be in a wrong state, so the next operation gets a new one.
        assert!(run("INSERT INTO nowhere VALUES (1)").await.is_err());
        assert!(run("INSERT INTO own VALUES (2)").await.is_err());
    }
}
