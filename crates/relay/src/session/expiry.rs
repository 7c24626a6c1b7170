//! What time does to sessions ([`Sessions::sweep`], [`run`]): an answer that did not come is lost, a life ends, and what
//! is old is deleted.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::ProblemCode;

use super::Sessions;
use crate::error::RelayError;
use crate::lifecycle::{Event, State};
use crate::store::StoreError;
use crate::store::sessions::SessionRow;

/// Pause between two sweeps.
const PAUSE: Duration = Duration::from_secs(15);

/// Most rows of one query.
const BATCH: i64 = 200;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions that lapsed.
    pub lapsed: u64,
    /// Sessions that were deleted.
    pub deleted: u64,
}

impl Sessions {
    /// What time has done to a session that is not written yet.
    fn timeout_event(&self, row: &SessionRow) -> Option<Event> {
        let late = self.latest_end();
        match row.state {
            State::Verifying if row.lease_until.is_none_or(|until| until <= late) => Some(Event::Lost),
            State::Created | State::LinkIssued if row.expires_at <= late => Some(Event::LifeOver),
            _ => None,
        }
    }

    /// What ended before is over by every relay's clock.
    pub(super) fn latest_end(&self) -> i64 {
        self.clock.now().saturating_sub(self.limits.leeway)
    }

    pub(super) fn is_timed_out(&self, row: &SessionRow) -> bool {
        self.timeout_event(row).is_some()
    }

    /// Writes what time has done to a session. Where another relay was faster, nothing is done.
    pub(super) async fn write_timeout(&self, row: SessionRow) -> Result<bool, RelayError> {
        match self.timeout_event(&row) {
            Some(event) => Ok(self.move_with_webhook(&row, event).await?),
            None => Ok(false),
        }
    }

    /// Moves a session by an event that needs nothing but itself, with the webhook that tells of it. `false` when it is
    /// no longer as it was read.
    pub(super) async fn move_with_webhook(&self, row: &SessionRow, event: Event) -> Result<bool, StoreError> {
        let now = self.clock.now();
        // Even a session that can't be opened here must come to its end, and be told of.
        let opened = self.open_session(row.clone()).ok();
        let reference = opened.as_ref().and_then(|session| session.personal.reference.as_deref());
        let message = match row.state.after(event) {
            Some(after) => self.outbox.message(&row.id, reference, after, None, now).map_err(|_| no_randomness())?,
            None => None,
        };
        let moved = self.store.advance(row, event, message.as_ref(), now).await?;
        if moved && message.is_some() {
            self.outbox.wake.notify_one();
        }
        Ok(moved)
    }

    /// Lets all overdue sessions lapse, deletes the old ones, and sees to it that what was deleted is gone.
    ///
    /// # Errors
    /// [`RelayError`] when the database fails.
    pub async fn sweep(&self) -> Result<Swept, RelayError> {
        let mut swept = Swept::default();
        let now = self.clock.now();
        loop {
            let rows = self.store.timed_out_sessions(self.latest_end(), BATCH).await?;
            let mut moved = 0;
            for row in rows {
                match self.write_timeout(row).await {
                    Ok(lapsed) => moved += u64::from(lapsed),
                    Err(error) if error.code() == ProblemCode::StorageUnavailable => return Err(error),
                    // One row that is damaged must not keep all others from their end.
                    Err(error) => tracing::error!(cause = error.cause(), "a session could not lapse"),
                }
            }
            swept.lapsed += moved;
            if moved == 0 {
                break;
            }
        }
        loop {
            let deleted = self.store.delete_old_sessions(now.saturating_sub(self.limits.retention), BATCH).await?;
            swept.deleted += deleted;
            if deleted == 0 {
                self.store.truncate_log().await?;
                return Ok(swept);
            }
        }
    }
}

fn no_randomness() -> StoreError {
    StoreError::Fault("a webhook could not be encrypted".to_owned())
}

/// Sweeps until it is dropped.
pub async fn run(sessions: Arc<Sessions>) {
    loop {
        match sessions.sweep().await {
            Ok(Swept { lapsed: 0, deleted: 0 }) => {}
            Ok(Swept { lapsed, deleted }) => tracing::info!(lapsed, deleted, "sweep"),
            Err(error) => tracing::warn!(cause = error.cause(), "sweep"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
