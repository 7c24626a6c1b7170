//! Finds and replaces values that are encrypted under an old key ([`Column`], [`SealedRow`]).

use super::{Store, StoreError, on_connection};

/// A column that holds encrypted values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The personal fields of sessions.
    Personal,
    /// The data issued with links.
    Issued,
    /// The verdicts of links.
    Verdict,
    /// The bodies of webhooks.
    Message,
}

/// An encrypted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// The id of the row.
    pub id: String,
    /// The id of its session.
    pub session_id: String,
    /// The encrypted value.
    pub sealed: Vec<u8>,
}

impl Column {
    /// All columns.
    pub const ALL: [Self; 4] = [Self::Personal, Self::Issued, Self::Verdict, Self::Message];

    /// Returns the table, the column, and the column with the session's id. They are constants, so the SQL needs no
    /// escaping.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Personal => ("sessions", "sealed", "id"),
            Self::Issued => ("links", "sealed", "session_id"),
            Self::Verdict => ("links", "verdict", "session_id"),
            Self::Message => ("outbox", "sealed", "session_id"),
        }
    }
}

impl Store {
    /// Returns rows whose value does not begin with `prefix`, the start of every value under the first key. Sorts by id
    /// and starts after the id `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sealed_under_other_keys(
        &self,
        column: Column,
        prefix: &[u8],
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let (table, value, session) = column.names();
        let length = prefix.len();
        let sql = format!(
            "SELECT id, {session}, {value} FROM {table} \
             WHERE id > $1 AND {value} IS NOT NULL AND substr({value}, 1, {length}) <> $2 ORDER BY id LIMIT $3"
        );
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (String, String, Vec<u8>)>(&sql)
                .bind(after)
                .bind(prefix)
                .bind(limit)
                .fetch_all(connection)
                .await)
        });
        let row = |(id, session_id, sealed)| SealedRow { id, session_id, sealed };
        Ok(found.await?.into_iter().map(row).collect())
    }

    /// Replaces a value. Returns `false` if the row no longer holds the value that was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_sealed(&self, column: Column, read: &SealedRow, sealed: &[u8]) -> Result<bool, StoreError> {
        let (table, value, _) = column.names();
        // A relay computes the keyed hash of the reference again, with the new key.
        let tag = if column == Column::Personal { ", reference_tag = NULL" } else { "" };
        let sql = format!("UPDATE {table} SET {value} = $3{tag} WHERE id = $1 AND {value} = $2");
        self.write(async {
            on_connection!(self, |connection| self
                .query(&sql)
                .bind(&read.id)
                .bind(&read.sealed)
                .bind(sealed)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1))
        })
        .await
    }
}
