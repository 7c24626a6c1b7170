//! Closes sessions in which nothing more can happen, although their state does not say so (`Sessions::close_finished`):
//! a rejected person could send another photo until the session's life ended, or the limits are used up. The back end
//! gets `session.closed`. So each session ends with exactly one last event: a verdict with `final`, `session.expired`,
//! `session.disowned` or `session.closed`.
//!
//! A session in the state `unknown` does not close: its back end decides.

use akiba_protocol::Outcome;

use super::Sessions;
use super::attempt::MARGIN;
use super::expiry::{changed, not_encrypted};
use super::record::OpenSession;
use crate::clock::milliseconds;
use crate::error::RelayError;
use crate::lifecycle::State;
use crate::store::sessions::SessionRow;
use crate::webhook::event::{News, VerdictDetail};

impl Sessions {
    /// Returns the most links and the most calls for a verdict.
    pub(super) fn caps(&self) -> (i64, i64) {
        (self.limits.links, self.limits.verifies)
    }

    /// Returns how long a session whose limits are used up stays open after its last change, in milliseconds: a call to the
    /// vendor that was counted longer ago has ended.
    pub(super) fn closing_grace(&self) -> i64 {
        milliseconds(self.vendor.timeout().saturating_add(MARGIN))
    }

    /// Closes up to `limit` sessions. Returns their number.
    pub(super) async fn close_finished(&self, limit: i64) -> Result<u64, RelayError> {
        let (at, grace) = (self.latest_end(), self.closing_grace());
        let rows = self.store.sessions_to_close(at, at.saturating_sub(grace), self.caps(), limit).await?;
        let mut closed = 0;
        for row in rows {
            closed += changed(self.close(&row).await)?;
        }
        Ok(closed)
    }

    async fn close(&self, row: &SessionRow) -> Result<bool, RelayError> {
        let now = self.clock.now();
        // A session that can't be decrypted here must still close, with a webhook. That webhook then has no reference.
        let session = self.open_session(row.clone()).ok();
        let (reason, capture) = match &session {
            Some(session) if row.state == State::Rejected => self.last_rejection(session).await.unwrap_or_default(),
            _ => (None, None),
        };
        // No verdict was reported as the last one: that would have closed the session.
        let proof = session.as_ref().zip(row.link_id.as_ref()).filter(|_| self.proofs().is_some());
        let proof = proof.map(|(session, link)| self.statement(session, link, Outcome::Rejected, reason, true));
        let detail = (row.state == State::Rejected).then_some(VerdictDetail { reason, is_final: true, proof, capture });
        let reference = session.as_ref().and_then(|session: &OpenSession| session.personal.reference.as_deref());
        let news = News::closed(row.state, detail).with_handoff(self.handoff_news(row).await);
        let messages = self.outbox.messages(row, reference, &news, now).map_err(|_| not_encrypted())?;
        let closed = self.store.close_session(row, &messages, now).await?;
        if closed {
            self.outbox.wake(&messages);
        }
        Ok(closed)
    }
}
