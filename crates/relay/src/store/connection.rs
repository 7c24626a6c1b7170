//! Connections, lent for one operation ([`Lent`]). One whose operation was cut off or failed is closed: it may hang for
//! as long as the network lets it, belong to a server that has become a replica, or, on SQLite, be left in a transaction
//! that the next one would take for its own. After a write that failed for want of space SQLite itself ends the
//! transaction; sqlx 0.8 does not notice, nests the next one in it, and «commits» what never gets to the disk.

use sqlx::pool::PoolConnection;
use sqlx::{Database, PgPool, SqlitePool};

/// The connections to whichever database there is.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A connection for one operation.
pub(super) struct Lent<DB: Database> {
    pub(super) connection: PoolConnection<DB>,
    sound: bool,
}

impl<DB: Database> Lent<DB> {
    /// Waits for one.
    pub(super) async fn of(pool: &sqlx::Pool<DB>) -> Result<Self, sqlx::Error> {
        Ok(Self { connection: pool.acquire().await?, sound: false })
    }

    /// Gives it back, if the operation left it in order.
    pub(super) fn ended<T>(mut self, result: &Result<T, sqlx::Error>) {
        self.sound = match result {
            Ok(_) => true,
            Err(error) => leaves_in_order(error),
        };
    }
}

impl<DB: Database> Drop for Lent<DB> {
    fn drop(&mut self) {
        if !self.sound {
            self.connection.close_on_drop();
        }
    }
}

/// Whether an error says that the database refused the statement, and nothing else is wrong. PostgreSQL's codes have
/// five characters.
fn leaves_in_order(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    error.is_unique_violation() || (code.len() == 5 && !super::error::is_of_connection(&code))
}

/// Runs one body on a connection of whichever database there is. The body is compiled for each.
macro_rules! on_connection {
    ($store:expr, |$connection:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::connection::Pool::Sqlite(pool) => {
                let mut lent = $crate::store::connection::Lent::of(pool).await?;
                let $connection = &mut *lent.connection;
                let result = async { $body }.await;
                lent.ended(&result);
                result
            }
            $crate::store::connection::Pool::Postgres(pool) => {
                let mut lent = $crate::store::connection::Lent::of(pool).await?;
                let $connection = &mut *lent.connection;
                let result = async { $body }.await;
                lent.ended(&result);
                result
            }
        }
    };
}
pub(super) use on_connection;
