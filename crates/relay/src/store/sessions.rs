//! Sessions and their links ([`SessionRow`], [`LinkRow`]). Every move names the state that it starts from, so of two at
//! once one moves nothing, and says so.

use super::{Store, StoreError, on_pool};
use crate::metrics::metrics;
use crate::session::state::{Event, State};
use crate::store::outbox::{NewMessage, insert_message};

/// A session, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// Name of the API key that made it.
    pub api_key: String,
    /// The vendor's `"1"` or `"2"`.
    pub customer_type: String,
    /// The personal fields, encrypted.
    pub sealed: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// Counts the moves.
    pub version: i64,
    /// When it was made.
    pub created_at: i64,
    /// When its life ends.
    pub expires_at: i64,
    /// When it was last moved.
    pub updated_at: i64,
    /// Links that were asked for.
    pub links: i64,
    /// Verdicts that were asked for.
    pub verifies: i64,
    /// The vendor's call that is under way, or was the last one.
    pub attempt: Option<String>,
    /// The link of that call.
    pub link_id: Option<String>,
    /// Until when that call must have ended.
    pub lease_until: Option<i64>,
}

/// A link that was issued, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Its id.
    pub id: String,
    /// What was issued, encrypted.
    pub sealed: Vec<u8>,
    /// SHA-256 of the idempotency key of its verify call.
    pub idempotency: Option<Vec<u8>>,
    /// Whether it was given up after its verdict was lost.
    pub released: bool,
    /// The verdict, encrypted.
    pub verdict: Option<Vec<u8>>,
    /// When the verdict came.
    pub decided_at: Option<i64>,
}

/// A call to the vendor for a verdict, about to be made.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
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
pub struct Conclusion<'a> {
    /// The session.
    pub session_id: &'a str,
    /// The attempt that it answers.
    pub attempt: &'a str,
    /// The link of that attempt.
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

pub(super) const COLUMNS: &str = "id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links, \
                       verifies, attempt, link_id, lease_until";

pub(super) type Columns = (
    String,
    String,
    String,
    Vec<u8>,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
);

pub(super) fn session(columns: Columns) -> Result<SessionRow, StoreError> {
    #[rustfmt::skip]
    let (
        id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links,
        verifies, attempt, link_id, lease_until,
    ) = columns;
    let state = state.parse().map_err(|_| StoreError::Fault("a session's state is none".to_owned()))?;
    #[rustfmt::skip]
    let row = SessionRow {
        id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links,
        verifies, attempt, link_id, lease_until,
    };
    Ok(row)
}

/// Counts a move, if it was made.
pub(super) fn count(moved: bool, to: State) {
    if moved {
        metrics().session_moved(to);
    }
}

/// The words of the states in which an event may happen, for a condition in SQL: `'created','link_issued'`. They are
/// words of this program, so they need no escape.
fn states_before(event: Event) -> String {
    let words = State::ALL.into_iter().filter(|state| state.after(event).is_some());
    words.map(|state| format!("'{}'", state.as_str())).collect::<Vec<_>>().join(",")
}

impl Store {
    /// Keeps a new session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_session(&self, row: &SessionRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO sessions \
            (id, api_key, customer_type, sealed, state, created_at, expires_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $6)";
        self.run(async {
            let _turn = self.turn().await;
            on_pool!(self, |pool| sqlx::query(SQL)
                .bind(&row.id)
                .bind(&row.api_key)
                .bind(&row.customer_type)
                .bind(&row.sealed)
                .bind(row.state.as_str())
                .bind(row.created_at)
                .bind(row.expires_at)
                .execute(pool)
                .await
                .map(drop))
        })
        .await
        .inspect(|()| metrics().session_moved(row.state))
    }

    /// How many sessions there are in each state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_sessions(&self) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "SELECT state, count(*) FROM sessions GROUP BY state";
        self.run(async { on_pool!(self, |pool| sqlx::query_as::<_, (String, i64)>(SQL).fetch_all(pool).await) }).await
    }

    /// The session of an id, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, id: &str) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id = $1");
        let found = self.run(async {
            on_pool!(self, |pool| sqlx::query_as::<_, Columns>(&sql).bind(id).fetch_optional(pool).await)
        });
        found.await?.map(session).transpose()
    }

    /// The links of a session, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn links(&self, session_id: &str) -> Result<Vec<LinkRow>, StoreError> {
        type Columns = (String, Vec<u8>, Option<Vec<u8>>, i64, Option<Vec<u8>>, Option<i64>);
        const SQL: &str = "SELECT id, sealed, idempotency, released, verdict, decided_at FROM links \
            WHERE session_id = $1 ORDER BY issued_at, id";
        let found = self.run(async {
            on_pool!(self, |pool| sqlx::query_as::<_, Columns>(SQL).bind(session_id).fetch_all(pool).await)
        });
        let link = |(id, sealed, idempotency, released, verdict, decided_at)| LinkRow {
            id,
            sealed,
            idempotency,
            released: released != 0,
            verdict,
            decided_at,
        };
        Ok(found.await?.into_iter().map(link).collect())
    }

    /// Counts a link that is about to be asked for. `false` when the session's state allows none, or its links are
    /// used up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reserve_link(&self, id: &str, cap: i64, now: i64) -> Result<bool, StoreError> {
        let states = states_before(Event::LinkIssued);
        let sql = format!(
            "UPDATE sessions SET links = links + 1, version = version + 1, updated_at = $3 \
             WHERE id = $1 AND links < $2 AND state IN ({states})"
        );
        self.run(async {
            let _turn = self.turn().await;
            on_pool!(self, |pool| sqlx::query(&sql)
                .bind(id)
                .bind(cap)
                .bind(now)
                .execute(pool)
                .await
                .map(|done| done.rows_affected() == 1))
        })
        .await
    }

    /// Keeps a link that was issued. `false` when the session's state no longer allows it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issue_link(&self, session_id: &str, id: &str, sealed: &[u8], now: i64) -> Result<bool, StoreError> {
        const INSERT: &str = "INSERT INTO links (id, session_id, issued_at, sealed) VALUES ($1, $2, $3, $4)";
        let states = states_before(Event::LinkIssued);
        let sql = format!(
            "UPDATE sessions SET state = $2, version = version + 1, updated_at = $3 \
             WHERE id = $1 AND state IN ({states})"
        );
        self.run(async {
            let _turn = self.turn().await;
            on_pool!(self, |pool| {
                let mut transaction = pool.begin().await?;
                let moved = sqlx::query(&sql).bind(session_id).bind(State::LinkIssued.as_str()).bind(now);
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                let insert = sqlx::query(INSERT).bind(id).bind(session_id).bind(now).bind(sealed);
                insert.execute(&mut *transaction).await?;
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, State::LinkIssued))
    }

    /// Marks that the vendor is about to be asked. `false` when the session is no longer as it was read, or its
    /// verdicts are used up.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Conflict`] when the idempotency key is another link's.
    pub async fn begin(&self, begin: Begin<'_>) -> Result<bool, StoreError> {
        const LINK: &str = "UPDATE links SET idempotency = COALESCE(idempotency, $2) WHERE id = $1";
        const SQL: &str = "UPDATE sessions SET state = $3, version = version + 1, verifies = verifies + 1, \
            attempt = $4, link_id = $5, lease_until = $6, updated_at = $7 \
            WHERE id = $1 AND version = $2 AND verifies < $8";
        let Some(after) = begin.session.state.after(begin.event) else { return Ok(false) };
        self.run(async {
            let _turn = self.turn().await;
            on_pool!(self, |pool| {
                let mut transaction = pool.begin().await?;
                let moved = sqlx::query(SQL)
                    .bind(&begin.session.id)
                    .bind(begin.session.version)
                    .bind(after.as_str())
                    .bind(begin.attempt)
                    .bind(begin.link_id)
                    .bind(begin.lease_until)
                    .bind(begin.now)
                    .bind(begin.cap);
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                sqlx::query(LINK).bind(begin.link_id).bind(begin.idempotency).execute(&mut *transaction).await?;
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved, after))
    }

    /// Keeps a verdict, and with it the webhook about it. `false` when the session waits for this attempt no longer,
    /// which is so after the same call has done its work before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conclude(&self, verdict: Conclusion<'_>) -> Result<bool, StoreError> {
        const LINK: &str = "UPDATE links SET verdict = $2, decided_at = $3 WHERE id = $1";
        let event = if verdict.state == State::Verified { Event::Verified } else { Event::Rejected };
        let states = states_before(event);
        let sql = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, updated_at = $4 \
             WHERE id = $1 AND attempt = $2 AND state IN ({states})"
        );
        self.run(async {
            let _turn = self.turn().await;
            on_pool!(self, |pool| {
                let mut transaction = pool.begin().await?;
                let moved = sqlx::query(&sql)
                    .bind(verdict.session_id)
                    .bind(verdict.attempt)
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
    pub async fn take_back(&self, id: &str, attempt: &str, refund: bool, now: i64) -> Result<bool, StoreError> {
        let states = states_before(Event::NotDone);
        let sql = format!(
            "UPDATE sessions SET state = $3, version = version + 1, lease_until = NULL, \
             verifies = verifies - $4, updated_at = $5 WHERE id = $1 AND attempt = $2 AND state IN ({states})"
        );
        self.run(async {
            let _turn = self.turn().await;
            on_pool!(self, |pool| sqlx::query(&sql)
                .bind(id)
                .bind(attempt)
                .bind(State::LinkIssued.as_str())
                .bind(i64::from(refund))
                .bind(now)
                .execute(pool)
                .await
                .map(|done| done.rows_affected() == 1))
        })
        .await
        .inspect(|&moved| count(moved, State::LinkIssued))
    }
}
