//! Webhooks that wait for delivery ([`NewMessage`], [`Message`]). A webhook is written in the same transaction as the
//! change that it reports, and claimed by one relay at a time. It stays until its session is deleted.

use sqlx::Connection;

use super::{Pool, Store, StoreError, on_connection};

/// A webhook to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The id of the webhook, the same in every delivery.
    pub id: String,
    /// The id of its session.
    pub session_id: String,
    /// The id of the endpoint that gets it.
    pub endpoint: String,
    /// The name of its event, such as `session.verified`.
    pub event: String,
    /// The body, encrypted.
    pub sealed: Vec<u8>,
    /// When it was created. It is due at once, unless it must wait for an earlier webhook.
    pub created_at: i64,
    /// When to stop retrying.
    pub give_up_at: i64,
}

/// A claimed webhook to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id of the webhook.
    pub id: String,
    /// The body, encrypted.
    pub sealed: Vec<u8>,
    /// The number of failed attempts. An attempt that a crash of the relay interrupted does not count.
    pub attempts: i64,
    /// When to stop retrying.
    pub give_up_at: i64,
}

/// Inserts each [`NewMessage`] of a list in a transaction of either database. If an earlier webhook of the session to
/// the same endpoint is postponed, the new one is due no earlier, as an endpoint gets the webhooks of a session in order.
macro_rules! insert_messages {
    ($store:expr, $transaction:ident, $messages:expr) => {
        for message in $messages {
            $store
                .query(
                    "INSERT INTO outbox (id, session_id, endpoint, event, sealed, created_at, next_at, give_up_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, COALESCE((SELECT MAX(next_at) FROM outbox \
                    WHERE session_id = $2 AND endpoint = $3 AND status = 'pending' AND next_at > $6), $6), $7)",
                )
                .bind(&message.id)
                .bind(&message.session_id)
                .bind(&message.endpoint)
                .bind(&message.event)
                .bind(&message.sealed)
                .bind(message.created_at)
                .bind(message.give_up_at)
                .execute(&mut *$transaction)
                .await?;
        }
    };
}
pub(super) use insert_messages;

/// Returns what inserts `count` webhooks in a [`Store::change`] of their session, whose id is $1 and whose time is $4: the
/// statements of SQLite, and the part of PostgreSQL's statement, which moves the session as `moved`. The parameters of each
/// webhook begin with `first`: id, endpoint, event, body and when to stop retrying.
pub(super) fn insert_in_change(count: usize, first: usize) -> (Vec<String>, String) {
    const INSERT: &str =
        "INSERT INTO outbox (id, session_id, endpoint, event, sealed, created_at, next_at, give_up_at)";
    let row = |at: usize, from: &str| {
        let [id, endpoint, event, sealed, give_up_at] = [at, at + 1, at + 2, at + 3, at + 4];
        format!(
            "SELECT ${id}, $1, ${endpoint}, ${event}, ${sealed}, $4, COALESCE((SELECT MAX(next_at) FROM outbox \
             WHERE session_id = $1 AND endpoint = ${endpoint} AND status = 'pending' AND next_at > $4), $4), \
             ${give_up_at} {from}"
        )
    };
    let places = (0..count).map(|index| first + 5 * index);
    let sqlite = places.clone().map(|at| format!("{INSERT} {}", row(at, "WHERE changes() = 1"))).collect();
    // One INSERT: PostgreSQL runs the parts of a statement in any order, and the webhooks have an order.
    let rows: Vec<_> = places.map(|at| row(at, "FROM moved")).collect();
    let postgres =
        if rows.is_empty() { String::new() } else { format!(", told AS ({INSERT} {})", rows.join(" UNION ALL ")) };
    (sqlite, postgres)
}

/// Finds the webhooks of an endpoint that are due, only the oldest of each session, so that a session's webhooks arrive
/// in order. A webhook is never due before an earlier one of its session. So in this sort order the query rejects few
/// rows, even with a long queue.
const DUE: &str = "SELECT seq FROM outbox due WHERE endpoint = $1 AND status = 'pending' AND next_at <= $2 \
     AND claimed_until <= $2 AND created_at >= $3 \
     AND NOT EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.session_id = due.session_id \
       AND earlier.endpoint = $1 AND earlier.seq < due.seq AND earlier.status = 'pending') \
     ORDER BY next_at, seq LIMIT $4";

/// Maximum number of webhooks that one statement changes.
pub(super) const BATCH: i64 = 2_000;

impl Store {
    /// Claims webhooks of an endpoint that are due and were created at `since` or later: until `claimed_until`, no other
    /// relay can claim them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_messages(
        &self,
        endpoint: &str,
        now: i64,
        claimed_until: i64,
        limit: i64,
        since: i64,
    ) -> Result<Vec<Message>, StoreError> {
        // On SQLite, an UPDATE takes the turn of the only writer and a flush of the disk, even if it changes nothing.
        // Each endpoint asks once a second.
        if matches!(self.pool, Pool::Sqlite(_)) && !self.has_due(endpoint, now, since).await? {
            return Ok(Vec::new());
        }
        // On PostgreSQL, skip rows that another relay is claiming. SQLite has only one writer anyway.
        let lock = match &self.pool {
            Pool::Sqlite(_) => "",
            Pool::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        };
        // MATERIALIZED, because a plan that evaluates the subquery twice would lock twice as many rows.
        let sql = format!(
            "WITH due AS MATERIALIZED ({DUE}{lock}) UPDATE outbox SET claimed_until = $5 \
             WHERE seq IN (SELECT seq FROM due) RETURNING id, sealed, attempts, give_up_at"
        );
        let claimed = self.write(async {
            on_connection!(self, |connection| self
                .query_as::<_, (String, Vec<u8>, i64, i64)>(&sql)
                .bind(endpoint)
                .bind(now)
                .bind(since)
                .bind(limit)
                .bind(claimed_until)
                .fetch_all(connection)
                .await)
        });
        let message = |(id, sealed, attempts, give_up_at)| Message { id, sealed, attempts, give_up_at };
        Ok(claimed.await?.into_iter().map(message).collect())
    }

    async fn has_due(&self, endpoint: &str, now: i64, since: i64) -> Result<bool, StoreError> {
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (i64,)>(DUE)
                .bind(endpoint)
                .bind(now)
                .bind(since)
                .bind(1_i64)
                .fetch_optional(connection)
                .await)
        });
        Ok(found.await?.is_some())
    }

    /// Releases the claim of a webhook whose delivery was aborted. It stays due, and the attempt does not count.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_message(&self, id: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE outbox SET claimed_until = 0 WHERE id = $1 AND status = 'pending'";
        self.write(async {
            on_connection!(self, |connection| self.query(SQL).bind(id).execute(connection).await.map(drop))
        })
        .await
    }

    /// Sets the final status of a webhook: `delivered`, or `failed` if it is given up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish_message(&self, id: &str, status: &str, result: &str, now: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE outbox SET status = $2, last_result = $3, ended_at = $4, claimed_until = 0, attempts = attempts + 1 \
            WHERE id = $1 AND status = 'pending'";
        self.write(async {
            on_connection!(self, |connection| self
                .query(SQL)
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

    /// Postpones a webhook to its next attempt. Also postpones the webhooks of its session to the same endpoint, which
    /// wait for it, so that no query reads them before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_message(&self, id: &str, next_at: i64, result: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE outbox SET next_at = $2, last_result = $3, claimed_until = 0, attempts = attempts + 1 \
            WHERE id = $1 AND status = 'pending'";
        const FOLLOWERS: &str = "UPDATE outbox SET next_at = $2 WHERE status = 'pending' AND next_at < $2 \
            AND session_id = (SELECT session_id FROM outbox WHERE id = $1) \
            AND endpoint = (SELECT endpoint FROM outbox WHERE id = $1)";
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let postponed = self.query(SQL).bind(id).bind(next_at).bind(result);
                if postponed.execute(&mut *transaction).await?.rows_affected() > 0 {
                    self.query(FOLLOWERS).bind(id).bind(next_at).execute(&mut *transaction).await?;
                }
                transaction.commit().await
            })
        })
        .await
    }

    /// Returns the ids of the endpoints that have pending webhooks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending_endpoints(&self) -> Result<Vec<String>, StoreError> {
        // One look-up in the index for each endpoint. DISTINCT would read every pending webhook.
        const SQL: &str = "SELECT min(endpoint) FROM outbox WHERE status = 'pending' AND endpoint > $1";
        const OF_EARLIER_VERSIONS: &str = "SELECT min(endpoint) FROM outbox WHERE status = 'pending' AND endpoint = $1";
        self.run(async {
            on_connection!(self, |connection| {
                let mut found: Vec<String> = Vec::new();
                let (first,): (Option<String>,) =
                    self.query_as(OF_EARLIER_VERSIONS).bind("").fetch_one(&mut *connection).await?;
                found.extend(first);
                loop {
                    let after = found.last().cloned().unwrap_or_default();
                    let (next,): (Option<String>,) = self.query_as(SQL).bind(after).fetch_one(&mut *connection).await?;
                    match next {
                        Some(next) => found.push(next),
                        None => return Ok(found),
                    }
                }
            })
        })
        .await
    }

    /// Gives the pending webhooks that a relay of an earlier version has stored, without an endpoint, to the unnamed
    /// endpoint of their session's API key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn adopt_messages(&self) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE outbox SET endpoint = (SELECT api_key FROM sessions WHERE sessions.id = session_id) \
            WHERE status = 'pending' AND endpoint = ''";
        self.write(async { on_connection!(self, |connection| self.query(SQL).execute(connection).await.map(drop)) })
            .await
    }

    /// Gives up the pending webhooks of an endpoint whose time is over. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fail_messages(&self, endpoint: &str, result: &str, now: i64) -> Result<u64, StoreError> {
        const SQL: &str = "UPDATE outbox SET status = 'failed', last_result = $2, ended_at = $3, claimed_until = 0 \
            WHERE seq IN (SELECT seq FROM outbox WHERE status = 'pending' AND endpoint = $1 AND give_up_at <= $3 LIMIT $4)";
        let mut count = 0;
        loop {
            let failed = self.write(async {
                on_connection!(self, |connection| self
                    .query(SQL)
                    .bind(endpoint)
                    .bind(result)
                    .bind(now)
                    .bind(BATCH)
                    .execute(connection)
                    .await
                    .map(|done| done.rows_affected()))
            });
            match failed.await? {
                0 => return Ok(count),
                failed => count += failed,
            }
        }
    }
}
