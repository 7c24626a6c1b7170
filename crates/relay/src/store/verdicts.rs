//! The vendor's calls for a verdict, and what came of them ([`NewAttempt`], [`NewVerdict`]).

use sqlx::Connection;

use super::sessions::{SessionRow, count, states_before};
use super::{Store, StoreError, on_connection};
use crate::lifecycle::{Event, State};
use crate::store::outbox::{NewMessage, insert_message};

/// A call to the vendor for a verdict, about to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewAttempt<'a> {
    /// The session as it was read.
    pub session: &'a SessionRow,
    /// [`Event::VerifyStarted`] or [`Event::Repeated`].
    pub event: Event,
    /// The new attempt's id.
    pub attempt: &'a str,
    /// The link that it is about.
    pub link_id: &'a str,
    /// SHA-256 of the idempotency key, if one was sent.
    pub idempotency: Option<&'a [u8]>,
    /// Most verdicts that a session may ask for.
    pub cap: i64,
    /// Until when it must have ended.
    pub lease_until: i64,
    /// Now.
    pub now: i64,
}

/// A verdict that came.
#[derive(Clone, Copy, Debug)]
pub struct NewVerdict<'a> {
    /// The session.
    pub session_id: &'a str,
    /// The link that it is about.
    pub link_id: &'a str,
    /// [`State::Verified`] or [`State::Rejected`].
    pub state: State,
    /// The verdict, encrypted.
    pub verdict: &'a [u8],
    /// The webhook about it.
    pub message: Option<&'a NewMessage>,
    /// Now.
    pub now: i64,
}

impl Store {
    /// Marks that the vendor is about to be asked. `false` when the session is no longer as it was read, or its
    /// verdicts are used up.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Conflict`] when the idempotency key is another link's.
    pub async fn begin_attempt(&self, new: NewAttempt<'_>) -> Result<bool, StoreError> {
        const LINK: &str = "UPDATE links SET idempotency = COALESCE(idempotency, $2) WHERE id = $1";
        const SQL: &str = "UPDATE sessions SET state = $3, version = version + 1, verifies = verifies + 1, \
            attempt = $4, link_id = $5, lease_until = $6, updated_at = $7 \
            WHERE id = $1 AND version = $2 AND verifies < $8";
        let Some(after) = new.session.state.after(new.event) else { return Ok(false) };
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let moved = sqlx::query(SQL)
                    .bind(&new.session.id)
                    .bind(new.session.version)
                    .bind(after.as_str())
                    .bind(new.attempt)
                    .bind(new.link_id)
                    .bind(new.lease_until)
                    .bind(new.now)
                    .bind(new.cap);
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                sqlx::query(LINK).bind(new.link_id).bind(new.idempotency).execute(&mut *transaction).await?;
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, after))
    }

    /// Keeps a verdict, and with it the webhook about it. `false` when the session waits for none on this link any more:
    /// this one was kept before, another one stands, or it was given up. Which attempt it answers does not matter: each
    /// asked about the same photo, and each is billed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conclude(&self, verdict: NewVerdict<'_>) -> Result<bool, StoreError> {
        const LINK: &str = "UPDATE links SET verdict = $2, decided_at = $3 WHERE id = $1";
        let event = if verdict.state == State::Verified { Event::Verified } else { Event::Rejected };
        let states = states_before(event);
        let sql = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, updated_at = $4 \
             WHERE id = $1 AND link_id = $2 AND state IN ({states})"
        );
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let moved = sqlx::query(&sql)
                    .bind(verdict.session_id)
                    .bind(verdict.link_id)
                    .bind(verdict.state.as_str())
                    .bind(verdict.now);
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                let link = sqlx::query(LINK).bind(verdict.link_id).bind(verdict.verdict).bind(verdict.now);
                link.execute(&mut *transaction).await?;
                if let Some(message) = verdict.message {
                    insert_message!(transaction, message);
                }
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, verdict.state))
    }

    /// Takes an attempt back of which it is sure that the vendor did nothing. `refund` gives the session its verdict
    /// back. `false` when the session waits for this attempt no longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revert_attempt(&self, id: &str, attempt: &str, refund: bool, now: i64) -> Result<bool, StoreError> {
        let states = states_before(Event::NotDone);
        let sql = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, \
             verifies = verifies - $4, updated_at = $5 WHERE id = $1 AND attempt = $2 AND state IN ({states})"
        );
        self.write(async {
            on_connection!(self, |connection| sqlx::query(&sql)
                .bind(id)
                .bind(attempt)
                .bind(State::LinkIssued.as_str())
                .bind(i64::from(refund))
                .bind(now)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1))
        })
        .await
        .inspect(|&moved| count(moved, State::LinkIssued))
    }
}
