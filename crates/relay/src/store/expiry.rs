//! Changes to sessions without a call of a page: a timeout, the release of a link, deletion.

use sqlx::Connection;

use super::audit::insert_audit;
use super::due;
use super::outbox::{NewMessage, insert_messages};
use super::sessions::{COLUMNS, Columns, SessionRow, count, session};
use super::{Store, StoreError, on_connection};
use crate::audit::Entry;
use crate::lifecycle::{Event, State};
use crate::telemetry::metrics::metrics;

/// The condition of [`Store::sessions_to_close`]. `$1` is the latest end of a life, `$2` the latest change, `$3` the most links
/// and `$4` the most calls for a verdict. With links used up, an issued link that is still open can get a verdict.
pub const TO_CLOSE: &str = "due_at <= $1 AND closed_at IS NULL AND ((state = 'rejected' AND expires_at <= $1) \
     OR (state IN ('created', 'link_issued', 'rejected') AND updated_at <= $2 AND (state = 'rejected' OR expires_at > $1) \
       AND (verifies >= $4 OR (links >= $3 AND (state = 'rejected' OR NOT EXISTS \
         (SELECT 1 FROM links WHERE session_id = sessions.id AND released = 0 AND verdict IS NULL))))))";

impl Store {
    /// Moves a session by an event that carries no data: [`Event::Lost`], [`Event::LifeOver`] or [`Event::Released`],
    /// which also marks the session's link as released. Returns `false` if the session has changed since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advance(
        &self,
        row: &SessionRow,
        event: Event,
        messages: &[NewMessage],
        now: i64,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, \
            updated_at = $4, closed_at = COALESCE(closed_at, $5), due_at = $6 WHERE id = $1 AND version = $2";
        const LINK: &str = "UPDATE links SET released = 1 WHERE id = $1";
        let Some(after) = row.state.after(event) else { return Ok(false) };
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let closed_at = (after == State::Expired).then_some(now);
                let moved = self.query(SQL).bind(&row.id).bind(row.version).bind(after.as_str()).bind(now);
                let moved = moved.bind(closed_at).bind(due::after_move(after, now));
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                if event == Event::Released {
                    self.query(LINK).bind(&row.link_id).execute(&mut *transaction).await?;
                }
                insert_messages!(self, transaction, messages);
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, after))
    }

    /// Returns sessions that had timed out at the time `at`: the lease of their vendor call has expired, or they have
    /// expired without a verdict.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timed_out_sessions(&self, at: i64, limit: i64) -> Result<Vec<SessionRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions WHERE due_at <= $1 AND ((state = 'verifying' AND lease_until <= $1) \
             OR (state IN ('created', 'link_issued') AND expires_at <= $1)) LIMIT $2"
        );
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, Columns>(&sql)
                .bind(at)
                .bind(limit)
                .fetch_all(connection)
                .await)
        });
        found.await?.into_iter().map(session).collect()
    }

    /// Returns open sessions in which nothing more can happen, although no state says so: their life ended after a
    /// rejection at the time `at`, or no call has run since `idle_since` and `caps` (links and calls for a verdict) leave
    /// the page nothing to do.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions_to_close(
        &self,
        at: i64,
        idle_since: i64,
        caps: (i64, i64),
        limit: i64,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE {TO_CLOSE} LIMIT $5");
        let found = self.run(async {
            on_connection!(self, |connection| {
                let query = self.query_as::<_, Columns>(&sql).bind(at).bind(idle_since).bind(caps.0).bind(caps.1);
                query.bind(limit).fetch_all(connection).await
            })
        });
        found.await?.into_iter().map(session).collect()
    }

    /// Closes a session whose state stays, and stores the webhooks about it. Returns `false` if the session has changed
    /// since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_session(&self, row: &SessionRow, messages: &[NewMessage], now: i64) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE sessions SET closed_at = $3, updated_at = $3, version = version + 1, \
            due_at = CASE WHEN state <> 'rejected' THEN due_at END \
            WHERE id = $1 AND version = $2 AND closed_at IS NULL";
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let closed = self.query(SQL).bind(&row.id).bind(row.version).bind(now);
                if closed.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                insert_messages!(self, transaction, messages);
                transaction.commit().await.map(|()| true)
            })
        })
        .await
    }

    /// Deletes a session with its links and webhooks, and stores the entry of the audit trail about it. Returns `false` if
    /// there is no such session, or if it waits for the vendor.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_session(&self, id: &str, audit: &Entry<'_>) -> Result<bool, StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE id = $1 AND state <> 'verifying'";
        let audit = audit.text();
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                if self.query(SQL).bind(id).execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                insert_audit!(self, transaction, &audit);
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&deleted| metrics().sessions_deleted(deleted.into()))
    }

    /// Deletes sessions that were created before a time, with their links and webhooks, and stores the entry of the audit
    /// trail about them. Returns their number. Keeps sessions that have not ended, and sessions with a pending webhook.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_old_sessions(&self, created_before: i64, limit: i64, now: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE id IN \
            (SELECT id FROM sessions WHERE created_at < $1 AND state NOT IN ('created', 'link_issued', 'verifying') \
             AND (state <> 'rejected' OR closed_at IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.session_id = sessions.id AND outbox.status = 'pending') \
             ORDER BY created_at LIMIT $2) RETURNING id";
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let delete = self.query_as::<_, (String,)>(SQL).bind(created_before).bind(limit);
                let deleted = delete.fetch_all(&mut *transaction).await?;
                let deleted: Vec<String> = deleted.into_iter().map(|(id,)| id).collect();
                if !deleted.is_empty() {
                    insert_audit!(self, transaction, Entry::of_purge(&deleted, now).text());
                }
                transaction.commit().await.map(|()| deleted.len() as u64)
            })
        })
        .await
        .inspect(|&deleted| metrics().sessions_deleted(deleted))
    }
}
