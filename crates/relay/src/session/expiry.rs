//! Applies timeouts to sessions ([`Sessions::sweep`], [`run`]): marks overdue verdicts as lost, expires sessions, and
//! deletes old ones.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::ProblemCode;

use super::record::Personal;
use super::{SessionLimits, Sessions};
use crate::clock::milliseconds;
use crate::error::RelayError;
use crate::lifecycle::{Event, State};
use crate::store::StoreError;
use crate::store::future::Ahead;
use crate::store::sessions::SessionRow;
use crate::webhook::event::News;

/// Pause between two sweeps.
const PAUSE: Duration = Duration::from_secs(15);

/// How long a repeated request with the same idempotency key at least returns the same session.
const CREATIONS_KEPT: Duration = Duration::from_secs(24 * 3_600);

/// The largest number of rows in one query.
const BATCH: i64 = 200;

/// The result of a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions that expired or whose verdict was marked as lost.
    pub lapsed: u64,
    /// Sessions that closed without a change of their state.
    pub closed: u64,
    /// Deleted sessions.
    pub deleted: u64,
}

impl Sessions {
    /// Returns the timeout event that is due for a session and not yet stored.
    fn timeout_event(&self, row: &SessionRow) -> Option<Event> {
        let latest = self.latest_end();
        match row.state {
            State::Verifying if row.lease_until.is_none_or(|until| until <= latest) => Some(Event::Lost),
            State::Created | State::LinkIssued if row.expires_at <= latest => Some(Event::LifeOver),
            _ => None,
        }
    }

    /// Returns the latest end time that has passed on every relay's clock.
    pub(super) fn latest_end(&self) -> i64 {
        self.clock.now().saturating_sub(self.limits.leeway)
    }

    /// Returns the end of a life that begins now. It is rounded down to whole seconds, which is also what tokens and answers say.
    pub(super) fn ends_at(&self, now: i64, life: Duration) -> i64 {
        now.saturating_add(milliseconds(life)).div_euclid(1_000) * 1_000
    }

    /// Returns how long a session lives whose request asked for this.
    pub(super) fn life(&self, personal: &Personal) -> Duration {
        personal.ttl.map_or(self.limits.ttl, |seconds| Duration::from_secs(seconds.into()))
    }

    /// Returns whether the life of a session has ended.
    pub(super) fn has_expired(&self, row: &SessionRow) -> bool {
        row.expires_at <= self.latest_end()
    }

    pub(super) fn is_timed_out(&self, row: &SessionRow) -> bool {
        self.timeout_event(row).is_some()
    }

    /// Stores the timeout event of a session, if one is due. Returns `false` if there is none, or another relay was
    /// faster.
    pub(super) async fn write_timeout(&self, row: SessionRow) -> Result<bool, RelayError> {
        match self.timeout_event(&row) {
            Some(event) => Ok(self.move_with_webhook(&row, event).await?),
            None => Ok(false),
        }
    }

    /// Moves a session by an event that carries no data, and stores the webhooks about it. Returns `false` if the
    /// session has changed since it was read.
    pub(super) async fn move_with_webhook(&self, row: &SessionRow, event: Event) -> Result<bool, StoreError> {
        let now = self.clock.now();
        // A session that can't be decrypted here must still end, with a webhook. That webhook then has no reference.
        let opened = self.open_session(row.clone()).ok();
        let reference = opened.as_ref().and_then(|session| session.personal.reference.as_deref());
        // A session that has closed before its life ended has had its last webhook.
        let news = row.state.after(event).and_then(|after| News::of_state(after, None));
        let messages = match news.filter(|_| row.closed_at.is_none()) {
            Some(news) => {
                let news = news.with_handoff(self.handoff_news(row).await);
                self.outbox.messages(row, reference, &news, now).map_err(|_| not_encrypted())?
            }
            None => Vec::new(),
        };
        let moved = self.store.advance(row, event, &messages, now).await?;
        if moved {
            self.outbox.wake(&messages);
        }
        Ok(moved)
    }

    /// Ends all overdue sessions, deletes old ones, and empties SQLite's write-ahead log of the deleted data. If a part
    /// fails, the others still run.
    ///
    /// # Errors
    /// The [`RelayError`] of the first part that failed.
    pub async fn sweep(&self) -> Result<Swept, RelayError> {
        let mut parts = Parts::default();
        let now = self.clock.now();
        let at = self.latest_end();
        // Before the end of overdue sessions, which a lease in the future would hide.
        parts.result("times in the future", self.pull_in(now).await);
        let lapsed = parts.result("ending sessions", self.end_overdue().await);
        let closed = parts.result("closing sessions", self.close_all_finished().await);
        // After the parts that look at what is due.
        parts.result("postponing sessions", self.store.postpone(at, self.closing_grace(), self.caps()).await);
        // Before the deletion, which keeps sessions with a pending webhook.
        parts.result("webhooks without an endpoint", self.outbox.give_up_without_endpoint().await);
        parts.result("hashes of references", self.tag_sessions(BATCH).await);
        parts.result("deleting idempotency keys", self.delete_old_creations(now).await);
        let deleted = parts.result("deleting sessions", self.delete_old(now).await);
        parts.result("deleting counts of persons", self.delete_old_persons().await);
        parts.result("emptying the write-ahead log", self.store.checkpoint().await);
        parts.end().map(|()| Swept { lapsed, closed, deleted })
    }

    /// Returns the earlier and the later time of two clocks: the relay's and the database server's. SQLite has only one.
    async fn clocks(&self, now: i64) -> Result<(i64, i64), StoreError> {
        let server = self.store.server_time().await?;
        let server = server.map_or(now, |time| time.saturating_add(self.clock.offset()));
        Ok((now.min(server), now.max(server)))
    }

    /// Corrects what a relay has stored while its clock was ahead. The later of both clocks decides: to a relay whose clock is
    /// behind, all times are in the future.
    async fn pull_in(&self, now: i64) -> Result<(), StoreError> {
        let (_, now) = self.clocks(now).await?;
        let SessionLimits { leeway, longest_life: life, .. } = self.limits;
        let ahead = Ahead { leeway, claim: self.outbox.longest_claim(), life };
        match self.store.pull_in(ahead, now).await? {
            0 => {}
            count => tracing::warn!(count, "a relay's clock was ahead: times in the future were corrected"),
        }
        Ok(())
    }

    /// Stores the timeouts that are due. Returns their number.
    async fn end_overdue(&self) -> Result<u64, RelayError> {
        let mut ended = 0;
        loop {
            let rows = self.store.timed_out_sessions(self.latest_end(), BATCH).await?;
            let mut moved = 0;
            for row in rows {
                moved += changed(self.write_timeout(row).await)?;
            }
            ended += moved;
            if moved == 0 {
                return Ok(ended);
            }
        }
    }

    async fn close_all_finished(&self) -> Result<u64, RelayError> {
        let mut all = 0;
        loop {
            match self.close_finished(BATCH).await? {
                0 => return Ok(all),
                closed => all += closed,
            }
        }
    }

    /// Deletes what is too old by both clocks. A relay alone would delete everything if its clock were ahead by
    /// `--retention`, and nothing brings it back.
    async fn delete_old(&self, now: i64) -> Result<u64, RelayError> {
        let (now, _) = self.clocks(now).await?;
        let mut all = 0;
        loop {
            match self.store.delete_old_sessions(now.saturating_sub(self.limits.retention), BATCH, now).await? {
                0 => return Ok(all),
                deleted => all += deleted,
            }
        }
    }

    /// Does the same for idempotency keys. A key that is forgotten too early lets a repeated request create a second session.
    async fn delete_old_creations(&self, now: i64) -> Result<(), StoreError> {
        let (now, _) = self.clocks(now).await?;
        self.store.delete_old_creations(now.saturating_sub(milliseconds(CREATIONS_KEPT))).await
    }

    async fn delete_old_persons(&self) -> Result<(), RelayError> {
        while self.store.delete_old_persons(self.latest_end(), BATCH).await? > 0 {}
        Ok(())
    }
}

/// Returns 1 if a session was changed. One damaged session must not keep all others from ending, so its error only goes
/// to the log. Without the database none can be changed.
pub(super) fn changed(result: Result<bool, RelayError>) -> Result<u64, RelayError> {
    match result {
        Ok(changed) => Ok(changed.into()),
        Err(error) if error.code() == ProblemCode::StorageUnavailable => Err(error),
        Err(error) => {
            tracing::error!(cause = error.cause(), "a session could not be ended");
            Ok(0)
        }
    }
}

/// The parts of a sweep that failed.
#[derive(Default)]
struct Parts {
    failed: Vec<&'static str>,
    first: Option<RelayError>,
}

impl Parts {
    /// Returns the result of a part, or zero if it failed.
    fn result<T: Default>(&mut self, part: &'static str, result: Result<T, impl Into<RelayError>>) -> T {
        result.unwrap_or_else(|error| {
            self.failed.push(part);
            self.first.get_or_insert_with(|| error.into());
            T::default()
        })
    }

    /// Returns the first error. One line in the log names all parts: without the database they all fail.
    fn end(self) -> Result<(), RelayError> {
        let Some(error) = self.first else { return Ok(()) };
        tracing::warn!(parts = self.failed.join(", "), cause = error.cause(), "the sweep failed");
        Err(error)
    }
}

pub(super) fn not_encrypted() -> StoreError {
    StoreError::Fault("a webhook could not be encrypted".to_owned())
}

/// Sweeps periodically until the future is dropped.
pub async fn run(sessions: Arc<Sessions>) {
    loop {
        match sessions.sweep().await {
            // The log has the failure already.
            Err(_) | Ok(Swept { lapsed: 0, closed: 0, deleted: 0 }) => {}
            Ok(Swept { lapsed, closed, deleted }) => tracing::info!(lapsed, closed, deleted, "sweep"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
