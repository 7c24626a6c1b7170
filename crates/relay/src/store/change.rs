//! Changes of several rows in one call to the database ([`Store::change`]). A transaction of single statements would wait
//! for an answer to each of them: a round trip on PostgreSQL, and on SQLite two changes of the thread.

use super::Store;
use super::connection::Pool;

impl Store {
    /// Returns the text of a change. PostgreSQL gets one statement, and SQLite several in a transaction. Both have the
    /// same parameters and, as rows with a number, the same results. A statement of SQLite does something only if the one
    /// before it has changed a row: `changes() = 1`.
    ///
    /// If a statement of SQLite fails, the transaction stays open: [`CheckedOut::release`] then closes the connection.
    ///
    /// [`CheckedOut::release`]: super::connection::CheckedOut::release
    pub(super) fn change(&self, sqlite: &[&str], postgres: &str) -> String {
        match self.pool {
            Pool::Sqlite(_) => format!("BEGIN IMMEDIATE; {}; COMMIT", sqlite.join("; ")),
            Pool::Postgres(_) => postgres.to_owned(),
        }
    }
}
