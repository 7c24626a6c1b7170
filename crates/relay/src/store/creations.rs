//! Inserts sessions. A session that was created with an idempotency key is remembered with it until the key is deleted, so
//! that a repeated request creates no second one. Only the deletion reads a clock: a relay whose clock is ahead would
//! otherwise take each key for an old one. And on PostgreSQL, what a relay creates whose clock is behind has the time of the
//! database server: a relay whose clock is right would otherwise take it for old, and delete it.

use super::change::{Change, OnPostgres};
use super::due::FIRST_LOOK;
use super::group::Grouped;
use super::server_clock::SERVER_TIME;
use super::sessions::{SessionRow, count};
use super::writer::Value;
use super::{Store, StoreError, on_connection};
use crate::audit::Entry;

impl Store {
    /// Stores a new session, and the entry of the audit trail about it. `reference_tag` is the keyed hash of its reference, empty
    /// without one. `idempotency` is the SHA-256 of the request's idempotency key, if it has one.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Conflict`] if another request has used the idempotency key.
    pub async fn insert_session(
        &self,
        row: &SessionRow,
        reference_tag: &[u8],
        idempotency: Option<&[u8]>,
        audit: &Entry<'_>,
    ) -> Result<(), StoreError> {
        const NOTE: &str = "INSERT INTO audit_new (record) SELECT $9";
        let session = |created_at: &str| {
            format!(
                "INSERT INTO sessions \
                 (id, api_key, customer_type, sealed, state, created_at, expires_at, updated_at, reference_tag, due_at) \
                 SELECT $1, $2, $3, $4, $5, {created_at}, $7, $6, $8, \
                   CASE WHEN $7 < $6 + {FIRST_LOOK} THEN $7 ELSE $6 + {FIRST_LOOK} END"
            )
        };
        let key = |created_at: &str, from: &str| {
            format!(
                "INSERT INTO creations (api_key, idempotency, session_id, created_at) \
                 SELECT $2, $10, $1, {created_at} {from} ON CONFLICT (api_key, idempotency) DO NOTHING"
            )
        };
        let sqlite = [
            &format!(
                "{} WHERE NOT EXISTS (SELECT 1 FROM creations \
                 WHERE api_key = $2 AND idempotency = $10) RETURNING 1",
                session("$6")
            ),
            &format!("{NOTE} WHERE changes() = 1"),
            &key("$6", "WHERE changes() = 1 AND $10 IS NOT NULL"),
        ];
        let later = format!("GREATEST($6, {SERVER_TIME})");
        // The key first: another request with it waits, and then finds it used.
        let postgres = format!(
            ", used AS ({} RETURNING session_id), \
             added AS ({} FROM change WHERE $10 IS NULL OR $1 IN (SELECT session_id FROM used) RETURNING id), \
             noted AS ({NOTE} FROM change JOIN added ON added.id = $1) \
             SELECT 1::bigint, n FROM change JOIN added ON added.id = $1",
            key(&later, "FROM change WHERE $10 IS NOT NULL"),
            session(&later)
        );
        let audit = audit.text();
        let values: Vec<Value> = vec![
            row.id.as_str().into(),
            row.api_key.as_str().into(),
            row.customer_type.as_str().into(),
            row.sealed.as_slice().into(),
            row.state.as_str().into(),
            row.created_at.into(),
            row.expires_at.into(),
            reference_tag.into(),
            audit.as_str().into(),
            idempotency.into(),
        ];
        let postgres = OnPostgres::Grouped(Grouped { sql: &postgres, locks: false });
        let change = Change { sqlite: &sqlite.map(String::as_str), postgres, values };
        if self.change::<(i64,)>(change).await?.is_empty() {
            return Err(StoreError::Conflict);
        }
        count(true, row.state);
        Ok(())
    }

    /// Returns the id of the session that an API key of this name created with an idempotency key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn created_session(&self, api_key: &str, idempotency: &[u8]) -> Result<Option<String>, StoreError> {
        const SQL: &str = "SELECT session_id FROM creations WHERE api_key = $1 AND idempotency = $2";
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (String,)>(SQL)
                .bind(api_key)
                .bind(idempotency)
                .fetch_optional(connection)
                .await)
        });
        Ok(found.await?.map(|(id,)| id))
    }

    /// Deletes idempotency keys that were used at this time or before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_old_creations(&self, expired_at: i64) -> Result<(), StoreError> {
        const ANY: &str = "SELECT count(*) FROM (SELECT 1 FROM creations WHERE created_at <= $1 LIMIT 1) AS old";
        const SQL: &str = "DELETE FROM creations WHERE created_at <= $1";
        let any = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (i64,)>(ANY)
                .bind(expired_at)
                .fetch_one(connection)
                .await)
        });
        if any.await?.0 == 0 {
            return Ok(());
        }
        self.write(async {
            on_connection!(self, |connection| self.query(SQL).bind(expired_at).execute(connection).await.map(drop))
        })
        .await
    }
}
