//! Inserts sessions (`NewSessionRow`). A session that was created with an idempotency key is remembered with it
//! ([`Creation`]), so that a repeated request creates no second one.

use sqlx::Connection;

use super::audit::insert_audit;
use super::sessions::{SessionRow, count};
use super::{Store, StoreError, on_connection};
use crate::audit::Entry;

/// The idempotency key of a request that creates a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// SHA-256 of the key.
    pub idempotency: Vec<u8>,
    /// A key that was used at this time or before counts as unused.
    pub expired_at: i64,
}

impl Store {
    /// Stores a new session, and the entry of the audit trail about it. `reference_tag` is the keyed hash of its reference, empty without one.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Conflict`] if another request has used the idempotency key.
    pub async fn insert_session(
        &self,
        row: &SessionRow,
        reference_tag: &[u8],
        creation: Option<&Creation>,
        audit: &Entry<'_>,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO sessions \
            (id, api_key, customer_type, sealed, state, created_at, expires_at, updated_at, reference_tag) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $8)";
        const FORGET: &str = "DELETE FROM creations WHERE api_key = $1 AND idempotency = $2 AND created_at <= $3";
        const REMEMBER: &str = "INSERT INTO creations (api_key, idempotency, session_id, created_at) \
            VALUES ($1, $2, $3, $4)";
        let audit = audit.text();
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let insert = self
                    .query(SQL)
                    .bind(&row.id)
                    .bind(&row.api_key)
                    .bind(&row.customer_type)
                    .bind(&row.sealed)
                    .bind(row.state.as_str())
                    .bind(row.created_at)
                    .bind(row.expires_at)
                    .bind(reference_tag);
                insert.execute(&mut *transaction).await?;
                if let Some(creation) = creation {
                    let forget = self.query(FORGET).bind(&row.api_key).bind(&creation.idempotency);
                    forget.bind(creation.expired_at).execute(&mut *transaction).await?;
                    let remember = self.query(REMEMBER).bind(&row.api_key).bind(&creation.idempotency);
                    remember.bind(&row.id).bind(row.created_at).execute(&mut *transaction).await?;
                }
                insert_audit!(self, transaction, &audit);
                transaction.commit().await
            })
        })
        .await
        .inspect(|()| count(true, row.state))
    }

    /// Returns the id of the session that an API key of this name created with an idempotency key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn created_session(&self, api_key: &str, creation: &Creation) -> Result<Option<String>, StoreError> {
        const SQL: &str =
            "SELECT session_id FROM creations WHERE api_key = $1 AND idempotency = $2 AND created_at > $3";
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (String,)>(SQL)
                .bind(api_key)
                .bind(&creation.idempotency)
                .bind(creation.expired_at)
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
