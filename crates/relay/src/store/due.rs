//! When the sweep looks at a session next: the column `due_at`. No other column that changes is in an index.
//!
//! It is never later than the next thing that time does to the session: the end of its life or of a call to the vendor, or
//! closing because its limits are used up. It may be earlier: then the sweep finds nothing to do, and [`Store::postpone`] sets
//! the time again. So a change of a session sets it only if the next thing comes earlier than before. The first look comes so
//! early that most sessions have ended by then: only their last change sets it, and on PostgreSQL only that change writes to
//! the indexes.
//!
//! A session has a time as long as it is in one of the [`LISTED`] states, or rejected and open.

use super::server_clock::SERVER_TIME;
use super::{Pool, Store, StoreError, on_connection};
use crate::lifecycle::State;

/// How long after the creation of a session the sweep looks at it first, and at the earliest looks again, in milliseconds:
/// shorter than the default time of a call to the vendor, which then does not bring the look forward.
pub(super) const FIRST_LOOK: i64 = 30_000;

/// The `due_at` of a session to which time does nothing: the back end decides. Later than every time.
pub(super) const NEVER: i64 = 9_000_000_000_000_000;

/// The most sessions in one statement.
const BATCH: u64 = 1_000;

/// The most statements of a sweep: a relay whose clock is ahead may find the same calls to the vendor again and again.
const STATEMENTS: usize = 100;

/// The states whose sessions all have a `due_at`, so that a list of them can use its index.
pub(super) const LISTED: [State; 4] = [State::Created, State::LinkIssued, State::Verifying, State::Unknown];

/// Returns when the sweep looks at a session that has just moved to a state without a verdict.
pub(super) fn after_move(state: State, now: i64) -> Option<i64> {
    match state {
        State::Unknown => Some(NEVER),
        state if LISTED.contains(&state) => Some(now),
        _ => None,
    }
}

/// Returns the SQL for a `due_at` that is not later than `time`.
pub(super) fn by(time: &str) -> String {
    format!("CASE WHEN due_at < {time} THEN due_at ELSE {time} END")
}

/// Returns the SQL for the time of the next look. `$1` is the time up to which the sweep has looked, `$2` the time after which a
/// session whose limits are used up closes, `$3` the most links and `$4` the most calls for a verdict.
///
/// `lease` is the SQL for the next look at a call to the vendor that has not ended yet.
fn next_look(lease: &str) -> String {
    // A session that is still here is locked, damaged, or waits for something else.
    let later = |time: &str| format!("CASE WHEN {time} > $1 THEN {time} ELSE $1 + {FIRST_LOOK} END");
    let used_up = later("(CASE WHEN updated_at + $2 < expires_at THEN updated_at + $2 ELSE expires_at END)");
    format!(
        "CASE WHEN state = 'unknown' THEN {NEVER} \
         WHEN state = 'verifying' THEN CASE WHEN lease_until > $1 THEN {lease} ELSE $1 + {FIRST_LOOK} END \
         WHEN state IN ('created', 'link_issued', 'rejected') AND closed_at IS NULL AND (links >= $3 OR verifies >= $4) \
           THEN {used_up} \
         WHEN state IN ('created', 'link_issued') OR (state = 'rejected' AND closed_at IS NULL) THEN {} END",
        later("expires_at")
    )
}

impl Store {
    /// Sets when the sweep looks again at the sessions that were due at the time `at`. `grace` is the time without a call after
    /// which a session whose limits are used up closes, and `caps` are these limits: links and calls for a verdict.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone(&self, at: i64, grace: i64, caps: (i64, i64)) -> Result<(), StoreError> {
        const ANY: &str = "SELECT count(*) FROM (SELECT 1 FROM sessions WHERE due_at <= $1 LIMIT 1) AS due";
        // A call ends by the clock of the relay that made it. If that one was ahead, another relay must see the call all the same.
        let on_server = format!("LEAST(lease_until, {SERVER_TIME} + {FIRST_LOOK})");
        let (lock, lease) = match self.pool {
            Pool::Sqlite(_) => ("", "lease_until"),
            // Relays that sweep at the same time postpone different ones.
            Pool::Postgres(_) => ("FOR UPDATE SKIP LOCKED", on_server.as_str()),
        };
        let sql = format!(
            "UPDATE sessions SET due_at = {} WHERE id IN (SELECT id FROM sessions WHERE due_at <= $1 LIMIT {BATCH} {lock})",
            next_look(lease)
        );
        let any = self.run(async {
            on_connection!(self, |connection| self.query_as::<_, (i64,)>(ANY).bind(at).fetch_one(connection).await)
        });
        if any.await?.0 == 0 {
            return Ok(());
        }
        for _ in 0..STATEMENTS {
            let postponed = self.write(async {
                on_connection!(self, |connection| {
                    let postpone = self.query(&sql).bind(at).bind(grace).bind(caps.0).bind(caps.1);
                    postpone.execute(connection).await.map(|done| done.rows_affected())
                })
            });
            if postponed.await? < BATCH {
                break;
            }
        }
        Ok(())
    }
}
