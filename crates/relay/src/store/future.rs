//! A relay whose clock is ahead. Times that it has stored lie too far in the future ([`Store::pull_in`]): without a
//! correction, a lost call or a webhook would wait for as long as that clock was ahead. And to it, everything is old:
//! another clock must agree ([`Store::server_time`]).

use sqlx::Connection;

use super::due::NEVER;
use super::{Store, StoreError, on_connection};

/// How far ahead a time can be if every clock is right, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// The difference between the clocks of two relays.
    pub leeway: i64,
    /// How long a relay claims a webhook for its delivery.
    pub claim: i64,
    /// How long a session lives at most.
    pub life: i64,
}

/// The longest pause before the next attempt of a webhook, in milliseconds, by the attempts so far, or a little more. Both
/// databases compute it.
pub(crate) const LONGEST_PAUSE: &str =
    "CASE WHEN attempts > 6 THEN 9000000 ELSE 1563 << CAST(2 * attempts AS INTEGER) END";

impl Store {
    /// Corrects the times that no correct clock sets: a call to the vendor gets its whole lease from now on, and a webhook is
    /// due. Returns how many there were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pull_in(&self, ahead: Ahead, now: i64) -> Result<u64, StoreError> {
        // Sessions that the sweep would not look at for too long. A clock that was ahead created them, or began a call.
        const NEW: &str = "UPDATE sessions SET due_at = 0 WHERE created_at > $1 AND due_at > 0 AND due_at < $2";
        const LATE: &str = "UPDATE sessions SET due_at = 0 WHERE due_at > $1 AND due_at < $2";
        // A lease begins when the session is updated. Another relay may have another timeout, so the row says how long.
        const LEASES: &str = "UPDATE sessions SET lease_until = lease_until - updated_at + $1, updated_at = $1 \
            WHERE due_at <= $1 AND state = 'verifying' AND updated_at > $2";
        const CLAIMS: &str = "UPDATE outbox SET claimed_until = 0 WHERE status = 'pending' AND claimed_until > $1";
        // Only the oldest of each session: the others wait for it.
        let due = format!(
            "UPDATE outbox SET next_at = $1 WHERE status = 'pending' AND next_at > $2 + {LONGEST_PAUSE} \
             AND NOT EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.session_id = outbox.session_id \
               AND earlier.endpoint = outbox.endpoint AND earlier.seq < outbox.seq AND earlier.status = 'pending')"
        );
        let latest = now.saturating_add(ahead.leeway);
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                self.query(NEW).bind(latest).bind(NEVER).execute(&mut *transaction).await?;
                let late = self.query(LATE).bind(latest.saturating_add(ahead.life)).bind(NEVER);
                late.execute(&mut *transaction).await?;
                let leases = self.query(LEASES).bind(now).bind(latest).execute(&mut *transaction).await?;
                let claims = self.query(CLAIMS).bind(latest.saturating_add(ahead.claim));
                let claims = claims.execute(&mut *transaction).await?;
                let due = self.query(&due).bind(now).bind(latest).execute(&mut *transaction).await?;
                transaction.commit().await?;
                Ok(leases.rows_affected() + claims.rows_affected() + due.rows_affected())
            })
        })
        .await
    }
}
