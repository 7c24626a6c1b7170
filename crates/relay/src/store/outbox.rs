//! Webhooks that wait for their delivery ([`NewMessage`], [`Message`]): written in one transaction with what they tell
//! of, claimed by one relay at a time, kept until they are delivered or given up.

use sqlx::Connection;

use super::{Pool, Store, StoreError, on_connection};

/// A webhook to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, which every delivery repeats.
    pub id: String,
    /// The session that it tells of.
    pub session_id: String,
    /// What it tells, such as `session.verified`.
    pub event: String,
    /// Its body, encrypted.
    pub sealed: Vec<u8>,
    /// When it was made; it is due at once.
    pub created_at: i64,
    /// When it is given up.
    pub give_up_at: i64,
}

/// A webhook to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its body, encrypted.
    pub sealed: Vec<u8>,
    /// How often it was tried and failed. A try that the relay did not outlive says nothing of the receiver.
    pub attempts: i64,
    /// When it is given up.
    pub give_up_at: i64,
}

/// A webhook, as the operator sees it: nothing of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSummary {
    /// Its id.
    pub id: String,
    /// The session that it tells of.
    pub session_id: String,
    /// What it tells.
    pub event: String,
    /// `pending`, `delivered` or `failed`.
    pub status: String,
    /// How often it was tried.
    pub attempts: i64,
    /// How the last try ended.
    pub last_result: Option<String>,
    /// When it was made.
    pub created_at: i64,
}

/// How many webhooks wait or were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Those that wait.
    pub pending: i64,
    /// When the oldest of them was made.
    pub oldest_pending: Option<i64>,
    /// Those that were given up.
    pub failed: i64,
}

/// Inserts a [`NewMessage`] within a transaction of either database. One whose session has another that was put off waits
/// as long: it could not be sent before.
macro_rules! insert_message {
    ($transaction:ident, $message:expr) => {
        sqlx::query(
            "INSERT INTO outbox (id, session_id, event, sealed, created_at, next_at, give_up_at) \
             VALUES ($1, $2, $3, $4, $5, COALESCE((SELECT MAX(next_at) FROM outbox \
                WHERE session_id = $2 AND status = 'pending' AND next_at > $5), $5), $6)",
        )
        .bind(&$message.id)
        .bind(&$message.session_id)
        .bind(&$message.event)
        .bind(&$message.sealed)
        .bind($message.created_at)
        .bind($message.give_up_at)
        .execute(&mut *$transaction)
        .await?
    };
}
pub(super) use insert_message;

/// Finds what is due, the oldest of each session alone, so that a session's webhooks arrive in order. None is due before
/// the one that it waits for, so in this order few are looked at in vain, however many wait.
const DUE: &str = "SELECT seq FROM outbox due WHERE status = 'pending' AND next_at <= $1 AND claimed_until <= $1 \
     AND NOT EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.session_id = due.session_id \
       AND earlier.seq < due.seq AND earlier.status = 'pending') \
     ORDER BY next_at, seq LIMIT $3";

/// Most webhooks that are made due again in one statement.
const RESEND_BATCH: i64 = 2_000;

/// Makes webhooks due again; which ones is still to be said.
const RESEND: &str = "UPDATE outbox SET status = 'pending', attempts = 0, next_at = $1, give_up_at = $2, \
     ended_at = NULL, claimed_until = 0 WHERE";

impl Store {
    /// Takes webhooks that are due, for this relay alone until `claimed_until`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_messages(&self, now: i64, claimed_until: i64, limit: i64) -> Result<Vec<Message>, StoreError> {
        // PostgreSQL skips what another relay is claiming; SQLite has one writer anyway.
        let lock = match &self.pool {
            Pool::Sqlite(_) => "",
            Pool::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        };
        // Materialized, as a plan that asked for it twice would lock twice as many.
        let sql = format!(
            "WITH due AS MATERIALIZED ({DUE}{lock}) UPDATE outbox SET claimed_until = $2 \
             WHERE seq IN (SELECT seq FROM due) RETURNING id, sealed, attempts, give_up_at"
        );
        let claimed = self.write(async {
            on_connection!(self, |connection| sqlx::query_as::<_, (String, Vec<u8>, i64, i64)>(&sql)
                .bind(now)
                .bind(claimed_until)
                .bind(limit)
                .fetch_all(connection)
                .await)
        });
        let message = |(id, sealed, attempts, give_up_at)| Message { id, sealed, attempts, give_up_at };
        Ok(claimed.await?.into_iter().map(message).collect())
    }

    /// Ends a webhook: `delivered`, or `failed` when it is given up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish_message(&self, id: &str, status: &str, result: &str, now: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE outbox SET status = $2, last_result = $3, ended_at = $4, claimed_until = 0, attempts = attempts + 1 \
            WHERE id = $1 AND status = 'pending'";
        self.write(async {
            on_connection!(self, |connection| sqlx::query(SQL)
                .bind(id)
                .bind(status)
                .bind(result)
                .bind(now)
                .execute(connection)
                .await
                .map(drop))
        })
        .await
    }

    /// Puts a webhook off to its next try, and with it what waits for it, so that nobody looks at that meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_message(&self, id: &str, next_at: i64, result: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE outbox SET next_at = $2, last_result = $3, claimed_until = 0, attempts = attempts + 1 \
            WHERE id = $1 AND status = 'pending'";
        const FOLLOWERS: &str = "UPDATE outbox SET next_at = $2 WHERE status = 'pending' AND next_at < $2 \
            AND session_id = (SELECT session_id FROM outbox WHERE id = $1)";
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let put_off = sqlx::query(SQL).bind(id).bind(next_at).bind(result);
                if put_off.execute(&mut *transaction).await?.rows_affected() > 0 {
                    sqlx::query(FOLLOWERS).bind(id).bind(next_at).execute(&mut *transaction).await?;
                }
                transaction.commit().await
            })
        })
        .await
    }

    /// The webhooks of a status, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_messages(&self, status: &str, limit: i64) -> Result<Vec<MessageSummary>, StoreError> {
        type Columns = (String, String, String, String, i64, Option<String>, i64);
        const SQL: &str = "SELECT id, session_id, event, status, attempts, last_result, created_at FROM outbox \
            WHERE status = $1 ORDER BY seq DESC LIMIT $2";
        let found = self.run(async {
            on_connection!(self, |connection| sqlx::query_as::<_, Columns>(SQL)
                .bind(status)
                .bind(limit)
                .fetch_all(connection)
                .await)
        });
        let listed = |(id, session_id, event, status, attempts, last_result, created_at)| MessageSummary {
            id,
            session_id,
            event,
            status,
            attempts,
            last_result,
            created_at,
        };
        Ok(found.await?.into_iter().map(listed).collect())
    }

    /// How many webhooks wait or were given up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        const PENDING: &str = "SELECT count(*), min(created_at) FROM outbox WHERE status = 'pending'";
        const FAILED: &str = "SELECT count(*) FROM outbox WHERE status = 'failed'";
        self.run(async {
            on_connection!(self, |connection| {
                let (pending, oldest_pending) =
                    sqlx::query_as::<_, (i64, Option<i64>)>(PENDING).fetch_one(&mut *connection).await?;
                let (failed,) = sqlx::query_as::<_, (i64,)>(FAILED).fetch_one(connection).await?;
                Ok(OutboxCounts { pending, oldest_pending, failed })
            })
        })
        .await
    }

    /// Makes webhooks due again, with their ids and another day to arrive: one by its id, whatever its status, or with
    /// no id all that failed. Says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resend_messages(&self, id: Option<&str>, now: i64, give_up_at: i64) -> Result<u64, StoreError> {
        if let Some(id) = id {
            return self.resend_message(id, now, give_up_at).await;
        }
        let mut count = 0;
        loop {
            // All at once would take longer than a statement may.
            match self.resend_failed(now, give_up_at, RESEND_BATCH).await? {
                0 => return Ok(count),
                resent => count += resent,
            }
        }
    }

    async fn resend_message(&self, id: &str, now: i64, give_up_at: i64) -> Result<u64, StoreError> {
        let sql = format!("{RESEND} id = $3");
        self.write(async {
            on_connection!(self, |connection| sqlx::query(&sql)
                .bind(now)
                .bind(give_up_at)
                .bind(id)
                .execute(connection)
                .await
                .map(|done| done.rows_affected()))
        })
        .await
    }

    async fn resend_failed(&self, now: i64, give_up_at: i64, limit: i64) -> Result<u64, StoreError> {
        let sql = format!("{RESEND} seq IN (SELECT seq FROM outbox WHERE status = 'failed' ORDER BY seq LIMIT $3)");
        self.write(async {
            on_connection!(self, |connection| sqlx::query(&sql)
                .bind(now)
                .bind(give_up_at)
                .bind(limit)
                .execute(connection)
                .await
                .map(|done| done.rows_affected()))
        })
        .await
    }
}
