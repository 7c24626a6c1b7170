//! The clock of the database server, which all relays share ([`Store::server_time`]).

use super::{Pool, Store, StoreError, on_connection};

/// The time of PostgreSQL's machine, in milliseconds since 1970.
pub(super) const SERVER_TIME: &str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

impl Store {
    /// Returns the time of PostgreSQL's machine. SQLite has the relay's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn server_time(&self) -> Result<Option<i64>, StoreError> {
        if matches!(self.pool, Pool::Sqlite(_)) {
            return Ok(None);
        }
        let sql = format!("SELECT {SERVER_TIME}");
        let time = self.run(async {
            on_connection!(self, |connection| self.query_as::<_, (i64,)>(&sql).fetch_one(connection).await)
        });
        Ok(Some(time.await?.0))
    }
}
