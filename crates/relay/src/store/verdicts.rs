//! Calls to the vendor for a verdict, and their results ([`NewAttempt`], [`NewVerdict`]).

use sqlx::Connection;

use super::change::{Change, OnPostgres};
use super::due::{self, FIRST_LOOK};
use super::group::Grouped;
use super::outbox::{NewMessage, insert_in_change};
use super::persons::{PersonCount, REFUND, count_in_change};
use super::server_clock::SERVER_TIME;
use super::sessions::{SessionRow, count, states_before};
use super::writer::Value;
use super::{Store, StoreError, on_connection};
use crate::lifecycle::{Event, State};

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
        /// The session as it was read.
        const READ: &str = "SELECT 1 FROM sessions WHERE id = $1 AND version = $2 AND verifies < $8";
        const MOVE: &str = "UPDATE sessions SET state = $3, version = version + 1, verifies = verifies + 1, \
            attempt = $4, link_id = $5, lease_until = $6, updated_at = $7, due_at = ";
        const MARK: &str = "UPDATE links SET idempotency = COALESCE(idempotency, $9)";
        let Some(after) = new.session.state.after(new.event) else { return Ok(Begun::Changed) };
        let limited = new.person.is_some();
        let change_sqlite = format!("{MOVE}{}", due::by("$6"));
        let change_postgres = format!("{MOVE}{}", due::by(&format!("LEAST($6, {SERVER_TIME} + {FIRST_LOOK})")));
        let count_sqlite = count_in_change(&format!("WHERE EXISTS ({READ})"));
        let move_sqlite = format!(
            "{change_sqlite} WHERE id = $1 AND version = $2 AND verifies < $8{} RETURNING 2",
            if limited { " AND changes() = 1" } else { "" }
        );
        let mark_sqlite = format!("{MARK} WHERE id = $5 AND changes() = 1");
        let mut sqlite = vec![READ, &move_sqlite, &mark_sqlite];
        if limited {
            sqlite.insert(1, &count_sqlite);
        }
        let mark_postgres = format!("marked AS ({MARK} FROM moved WHERE links.id = $5)");
        let postgres = if limited {
            // The lock first: another attempt waits, and then finds another version.
            format!(
                "WITH read AS ({READ} FOR UPDATE), counted AS ({} RETURNING 1), \
                 moved AS ({change_postgres} FROM counted WHERE id = $1 RETURNING id), {mark_postgres} \
                 SELECT 1::bigint FROM read UNION ALL SELECT 2 FROM moved",
                count_in_change("FROM read")
            )
        } else {
            format!(
                ", moved AS ({change_postgres} FROM change WHERE id = $1 AND version = $2 AND verifies < $8 \
                 RETURNING change.*), {mark_postgres} SELECT 2::bigint, n FROM moved"
            )
        };
        let postgres = match limited {
            true => OnPostgres::Alone(&postgres),
            false => OnPostgres::Grouped(Grouped { sql: &postgres, locks: true }),
        };
        let mut values: Vec<Value> = vec![
            new.session.id.as_str().into(),
            new.session.version.into(),
            after.as_str().into(),
            new.attempt.into(),
            new.link_id.into(),
            new.lease_until.into(),
            new.now.into(),
            new.cap.into(),
            new.idempotency.into(),
        ];
        if let Some(person) = new.person {
            values.extend([person.person.into(), person.expires_at.into(), person.cap.into()]);
        }
        let done: Vec<(i64,)> = self.change(Change { sqlite: &sqlite, postgres, values }).await?;
        let begun = match done.as_slice() {
            [] => Begun::Changed,
            [(1,)] => Begun::PersonLimit,
            _ => Begun::Yes,
        };
        count(begun == Begun::Yes, after);
        Ok(begun)
    }

    /// Stores a verdict and its webhooks. Returns `false` if the session no longer waits for a verdict on this link:
    /// this or another verdict is already stored, or the link was released. The verdict of any attempt counts, because
    /// all attempts on a link are about the same photo and all are billed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conclude(&self, verdict: NewVerdict<'_>) -> Result<bool, StoreError> {
        const DECIDE: &str = "UPDATE links SET verdict = $6, decided_at = $4";
        let event = if verdict.state == State::Verified { Event::Verified } else { Event::Rejected };
        let states = states_before(event);
        let moved = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, updated_at = $4, closed_at = $5, \
             due_at = CASE WHEN CAST($5 AS BIGINT) IS NULL THEN {} END",
            due::by("expires_at")
        );
        let waits = format!("WHERE id = $1 AND link_id = $2 AND state IN ({states})");
        let decide = format!("{DECIDE} WHERE id = $2 AND changes() = 1");
        let (sqlite, tell) = insert_in_change(verdict.messages.len(), 7);
        let moved_sqlite = format!("{moved} {waits} RETURNING 1");
        let mut statements = vec![moved_sqlite.as_str()];
        statements.extend(sqlite.iter().map(String::as_str));
        statements.push(&decide);
        let postgres = format!(
            ", moved AS ({moved} FROM change {waits} RETURNING change.*), \
             decided AS ({DECIDE} FROM moved WHERE links.id = $2){tell} SELECT 1::bigint, n FROM moved"
        );
        let mut values: Vec<Value> = vec![
            verdict.session_id.into(),
            verdict.link_id.into(),
            verdict.state.as_str().into(),
            verdict.now.into(),
            verdict.is_final.then_some(verdict.now).into(),
            verdict.verdict.into(),
        ];
        for message in verdict.messages {
            values.extend([
                message.id.as_str().into(),
                message.endpoint.as_str().into(),
                message.event.as_str().into(),
            ]);
            values.extend([message.sealed.as_slice().into(), message.give_up_at.into()]);
        }
        let postgres = OnPostgres::Grouped(Grouped { sql: &postgres, locks: true });
        let change = Change { sqlite: &statements, postgres, values };
        let moved = !self.change::<(i64,)>(change).await?.is_empty();
        count(moved, verdict.state);
        Ok(moved)
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
