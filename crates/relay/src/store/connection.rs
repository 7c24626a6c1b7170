//! Connections, checked out of the pool for one operation ([`CheckedOut`]). If the operation fails or is cut off, the
//! connection is closed. It may hang for as long as the network lets it, or belong to a server that has become a replica. On
//! SQLite it may be left in a transaction, which the next operation would take for its own: after a write fails for lack of
//! space, SQLite itself ends the transaction; sqlx 0.8 does not notice, nests the next one in it, and "commits" data that
//! never gets to the disk.

use sqlx::pool::PoolConnection;
use sqlx::{Database, PgPool, SqlitePool};

/// The connections to whichever database there is.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A connection for one operation.
pub(super) struct CheckedOut<DB: Database> {
    pub(super) connection: PoolConnection<DB>,
    reusable: bool,
}

impl<DB: Database> CheckedOut<DB> {
    /// Waits for one.
    pub(super) async fn from_pool(pool: &sqlx::Pool<DB>) -> Result<Self, sqlx::Error> {
        Ok(Self { connection: pool.acquire().await?, reusable: false })
    }

    /// Gives it back, if the operation left it in order.
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

/// Whether an error says that the database refused the statement, and nothing else is wrong. PostgreSQL's codes have
/// five characters.
fn is_reusable_after(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    error.is_unique_violation() || (code.len() == 5 && !super::error::is_connection_error(&code))
}

/// Runs one body on a connection of whichever database there is. The body is compiled for each.
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
                let $connection = &mut *checked_out.connection;
                let result = async { $body }.await;
                checked_out.release(&result);
                result
            }
        }
    };
}
pub(super) use on_connection;
