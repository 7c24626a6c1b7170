//! What an operator sees of webhooks ([`MessageSummary`], [`OutboxCounts`]), and webhooks that
//! are sent again or dropped.

use sqlx::Connection;

use super::audit::insert_audit;
use super::outbox::BATCH;
use super::{Store, StoreError, on_connection};
use crate::audit::Entry;

/// A webhook for the operator's list, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSummary {
    /// The id of the webhook.
    pub id: String,
    /// The id of its session.
    pub session_id: String,
    /// The id of the endpoint that gets it.
    pub endpoint: String,
    /// The name of its event.
    pub event: String,
    /// `pending`, `delivered` or `failed`.
    pub status: String,
    /// The number of attempts.
    pub attempts: i64,
    /// The result of the last attempt.
    pub last_result: Option<String>,
    /// When it was created.
    pub created_at: i64,
}

/// The numbers of pending and failed webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Pending webhooks.
    pub pending: i64,
    /// When the oldest pending webhook was created.
    pub oldest_pending: Option<i64>,
    /// Webhooks that were given up.
    pub failed: i64,
}

/// Makes webhooks due again. The caller adds the condition.
const RESEND: &str = "UPDATE outbox SET status = 'pending', attempts = 0, next_at = $1, give_up_at = $2, \
     ended_at = NULL, claimed_until = 0 WHERE";

/// Lists the newest webhooks with a status. An index has them in this order, so it reads no others.
pub const LIST: &str = "SELECT id, session_id, endpoint, event, status, attempts, last_result, created_at FROM outbox \
    WHERE status = $1 ORDER BY seq DESC LIMIT $2";

/// Lists the webhooks with a status before another webhook.
pub const LIST_BEFORE: &str = "SELECT id, session_id, endpoint, event, status, attempts, last_result, created_at \
    FROM outbox WHERE status = $1 AND seq < (SELECT seq FROM outbox WHERE id = $3) ORDER BY seq DESC LIMIT $2";

/// Runs a statement that changes webhooks and, in the same transaction, stores an entry with their number, unless there
/// are none. Evaluates to their number.
macro_rules! recorded {
    ($store:ident, $entry:expr, $query:expr) => {
        $store
            .write(async {
                on_connection!($store, |connection| {
                    let mut transaction = connection.begin().await?;
                    let changed = $query.execute(&mut *transaction).await?.rows_affected();
                    if changed > 0 {
                        insert_audit!($store, transaction, $entry.clone().with_count(changed).text());
                    }
                    transaction.commit().await.map(|()| changed)
                })
            })
            .await
    };
}

impl Store {
    /// Returns the webhooks with a status, the newest first: from the newest one on, or from the one before the webhook
    /// with the id `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_messages(
        &self,
        status: &str,
        before: Option<&str>,
        limit: i64,
    ) -> Result<Vec<MessageSummary>, StoreError> {
        type Columns = (String, String, String, String, String, i64, Option<String>, i64);
        let sql = if before.is_some() { LIST_BEFORE } else { LIST };
        let found = self.run(async {
            on_connection!(self, |connection| {
                let query = self.query_as::<_, Columns>(sql).bind(status).bind(limit);
                let query = if let Some(before) = before { query.bind(before) } else { query };
                query.fetch_all(connection).await
            })
        });
        let listed = |(id, session_id, endpoint, event, status, attempts, last_result, created_at)| MessageSummary {
            id,
            session_id,
            endpoint,
            event,
            status,
            attempts,
            last_result,
            created_at,
        };
        Ok(found.await?.into_iter().map(listed).collect())
    }

    /// Counts pending and failed webhooks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        const PENDING: &str = "SELECT count(*), min(created_at) FROM outbox WHERE status = 'pending'";
        const FAILED: &str = "SELECT count(*) FROM outbox WHERE status = 'failed'";
        self.run(async {
            on_connection!(self, |connection| {
                let (pending, oldest_pending) =
                    self.query_as::<_, (i64, Option<i64>)>(PENDING).fetch_one(&mut *connection).await?;
                let (failed,) = self.query_as::<_, (i64,)>(FAILED).fetch_one(connection).await?;
                Ok(OutboxCounts { pending, oldest_pending, failed })
            })
        })
        .await
    }

    /// Makes webhooks due again under their old ids, to be retried until `give_up_at`: the webhook with this id,
    /// whatever its status, or without an id all failed webhooks. Stores the entry of the audit trail about them, unless
    /// there are none. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resend_messages(
        &self,
        id: Option<&str>,
        now: i64,
        give_up_at: i64,
        entry: &Entry<'_>,
    ) -> Result<u64, StoreError> {
        if let Some(id) = id {
            let sql = format!("{RESEND} id = $3");
            return recorded!(self, entry, self.query(&sql).bind(now).bind(give_up_at).bind(id));
        }
        let sql = format!("{RESEND} seq IN (SELECT seq FROM outbox WHERE status = 'failed' ORDER BY seq LIMIT $3)");
        let mut count = 0;
        loop {
            // In batches: one statement for all could exceed the timeout.
            match recorded!(self, entry, self.query(&sql).bind(now).bind(give_up_at).bind(BATCH))? {
                0 => return Ok(count),
                resent => count += resent,
            }
        }
    }

    /// Deletes the pending and failed webhooks of an endpoint, and stores the entry of the audit trail about them, unless
    /// there are none. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_messages(&self, endpoint: &str, entry: &Entry<'_>) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE endpoint = $1 \
            AND status IN ('pending', 'failed') ORDER BY seq LIMIT $2)";
        let mut count = 0;
        loop {
            match recorded!(self, entry, self.query(SQL).bind(endpoint).bind(BATCH))? {
                0 => return Ok(count),
                dropped => count += dropped,
            }
        }
    }
}
