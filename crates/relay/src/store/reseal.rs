//! What is encrypted under another key than the first ([`Column`], [`SealedRow`]), to be encrypted again.

use super::{Store, StoreError, on_connection};

/// A column that holds encrypted values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The personal fields of sessions.
    Personal,
    /// What was issued with links.
    Issued,
    /// The verdicts of links.
    Verdict,
    /// The bodies of webhooks.
    Message,
}

/// An encrypted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// The row's id.
    pub id: String,
    /// The session that it belongs to.
    pub session_id: String,
    /// The value.
    pub sealed: Vec<u8>,
}

impl Column {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Personal, Self::Issued, Self::Verdict, Self::Message];

    /// Table, column, and the column that names the session. Words of this program, so they need no escape.
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
    /// Values that do not begin as those of the first key do, in the order of their rows' ids, from beyond one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sealed_under_other_keys(
        &self,
        column: Column,
        head: &[u8],
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let (table, value, session) = column.names();
        let length = head.len();
        let sql = format!(
            "SELECT id, {session}, {value} FROM {table} \
             WHERE id > $1 AND {value} IS NOT NULL AND substr({value}, 1, {length}) <> $2 ORDER BY id LIMIT $3"
        );
        let found = self.run(async {
            on_connection!(self, |connection| sqlx::query_as::<_, (String, String, Vec<u8>)>(&sql)
                .bind(after)
                .bind(head)
                .bind(limit)
                .fetch_all(connection)
                .await)
        });
        let row = |(id, session_id, sealed)| SealedRow { id, session_id, sealed };
        Ok(found.await?.into_iter().map(row).collect())
    }

    /// Puts a value in the place of the one that was read. `false` when that is there no longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_sealed(&self, column: Column, read: &SealedRow, sealed: &[u8]) -> Result<bool, StoreError> {
        let (table, value, _) = column.names();
        let sql = format!("UPDATE {table} SET {value} = $3 WHERE id = $1 AND {value} = $2");
        self.write(async {
            on_connection!(self, |connection| sqlx::query(&sql)
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
