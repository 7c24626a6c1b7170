//! Calls to the vendor for a verdict, and their results ([`NewAttempt`], [`NewVerdict`]).

use sqlx::Connection;

use super::persons::{PersonCount, REFUND, count_person};
use super::sessions::{SessionRow, count, states_before};
use super::{Store, StoreError, on_connection};
use crate::lifecycle::{Event, State};
use crate::store::outbox::{NewMessage, insert_messages};

/// A call to the vendor for a verdict that is about to start.
#[derive(Clone, Copy, Debug)]
pub struct NewAttempt<'a> {
    /// The session as it was read.
    pub session: &'a SessionRow,
    /// [`Event::VerifyStarted`] or [`Event::Repeated`].
    pub event: Event,
    /// The id of the new attempt.
    pub attempt: &'a str,
    /// The link that the call is about.
    pub link_id: &'a str,
    /// SHA-256 of the idempotency key, if the page sent one.
    pub idempotency: Option<&'a [u8]>,
    /// Maximum number of calls to the vendor for a verdict in a session.
    pub cap: i64,
    /// The count of the person. `None` if there is no limit.
    pub person: Option<PersonCount<'a>>,
    /// When the call counts as lost.
    pub lease_until: i64,
    /// The current time.
    pub now: i64,
}

/// Whether a call to the vendor for a verdict may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Begun {
    /// It is recorded.
    Yes,
    /// The session has changed since it was read, or its verdicts are used up.
    Changed,
    /// The attempts of the person are used up.
    PersonLimit,
}

/// A verdict that arrived.
#[derive(Clone, Copy, Debug)]
pub struct NewVerdict<'a> {
    /// The id of the session.
    pub session_id: &'a str,
    /// The link that the verdict is about.
    pub link_id: &'a str,
    /// [`State::Verified`] or [`State::Rejected`].
    pub state: State,
    /// The verdict, encrypted.
    pub verdict: &'a [u8],
    /// The webhooks about it.
    pub messages: &'a [NewMessage],
    /// Whether it is the last one, so that the session closes.
    pub is_final: bool,
    /// The current time.
    pub now: i64,
}

impl Store {
    /// Records that the vendor is about to be asked for a verdict.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Conflict`] if the idempotency key belongs to another link.
    pub async fn begin_attempt(&self, new: NewAttempt<'_>) -> Result<Begun, StoreError> {
        const LINK: &str = "UPDATE links SET idempotency = COALESCE(idempotency, $2) WHERE id = $1";
        const SQL: &str = "UPDATE sessions SET state = $3, version = version + 1, verifies = verifies + 1, \
            attempt = $4, link_id = $5, lease_until = $6, updated_at = $7 \
            WHERE id = $1 AND version = $2 AND verifies < $8";
        let Some(after) = new.session.state.after(new.event) else { return Ok(Begun::Changed) };
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let moved = self
                    .query(SQL)
                    .bind(&new.session.id)
                    .bind(new.session.version)
                    .bind(after.as_str())
                    .bind(new.attempt)
                    .bind(new.link_id)
                    .bind(new.lease_until)
                    .bind(new.now)
                    .bind(new.cap);
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(Begun::Changed);
                }
                // The transaction is dropped, which undoes the rest.
                if let Some(person) = new.person
                    && !count_person!(self, transaction, person, new.now)
                {
                    return Ok(Begun::PersonLimit);
                }
                self.query(LINK).bind(new.link_id).bind(new.idempotency).execute(&mut *transaction).await?;
                transaction.commit().await.map(|()| Begun::Yes)
            })
        })
        .await
        .inspect(|&begun| count(begun == Begun::Yes, after))
    }

    /// Stores a verdict and its webhooks. Returns `false` if the session no longer waits for a verdict on this link:
    /// this or another verdict is already stored, or the link was released. The verdict of any attempt counts, because
    /// all attempts on a link are about the same photo and all are billed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conclude(&self, verdict: NewVerdict<'_>) -> Result<bool, StoreError> {
        const LINK: &str = "UPDATE links SET verdict = $2, decided_at = $3 WHERE id = $1";
        let event = if verdict.state == State::Verified { Event::Verified } else { Event::Rejected };
        let states = states_before(event);
        let sql = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, updated_at = $4, closed_at = $5 \
             WHERE id = $1 AND link_id = $2 AND state IN ({states})"
        );
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let moved = self
                    .query(&sql)
                    .bind(verdict.session_id)
                    .bind(verdict.link_id)
                    .bind(verdict.state.as_str())
                    .bind(verdict.now)
                    .bind(verdict.is_final.then_some(verdict.now));
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                let link = self.query(LINK).bind(verdict.link_id).bind(verdict.verdict).bind(verdict.now);
                link.execute(&mut *transaction).await?;
                insert_messages!(self, transaction, verdict.messages);
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, verdict.state))
    }

    /// Undoes an attempt for which the vendor certainly did no work. With `refund`, the attempt no longer counts toward
    /// the limits of the session and of the person. Returns `false` if the session no longer waits for this attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revert_attempt(
        &self,
        id: &str,
        attempt: &str,
        person: Option<&[u8]>,
        refund: bool,
        now: i64,
    ) -> Result<bool, StoreError> {
        let states = states_before(Event::NotDone);
        let sql = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, \
             verifies = verifies - $4, updated_at = $5 WHERE id = $1 AND attempt = $2 AND state IN ({states})"
        );
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let moved = self.query(&sql).bind(id).bind(attempt).bind(State::LinkIssued.as_str());
                let moved = moved.bind(i64::from(refund)).bind(now).execute(&mut *transaction).await?;
                if moved.rows_affected() == 0 {
                    return Ok(false);
                }
                if let Some(person) = person.filter(|_| refund) {
                    self.query(REFUND).bind(person).execute(&mut *transaction).await?;
                }
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, State::LinkIssued))
    }
}
