//! Reads sessions, with their timeouts applied ([`Sessions::current`]), and verdicts.

use akiba_protocol::{Outcome, ProblemCode, Reason, Verdict};

use super::Sessions;
use super::record::{OpenLink, OpenSession};
use super::refusal::refusal;
use crate::error::RelayError;
use crate::lifecycle::{Event, State};
use crate::store::links::LinkRow;
use crate::store::sessions::SessionRow;
use crate::webhook::event::Capture;

impl Sessions {
    /// Returns a session, after storing a timeout that is due.
    ///
    /// # Errors
    /// [`RelayError`] if there is no such session, or the database fails.
    pub async fn current(&self, id: &str) -> Result<OpenSession, RelayError> {
        let unknown = || RelayError::new(ProblemCode::UnknownSession);
        let row = self.store.session(id).await?.ok_or_else(unknown)?;
        if !self.is_timed_out(&row) {
            return self.open_session(row);
        }
        self.write_timeout(row).await?;
        let row = self.store.session(id).await?.ok_or_else(unknown)?;
        self.open_session(row)
    }

    /// Does the same, and returns its links, the oldest first.
    pub(super) async fn current_with_links(&self, id: &str) -> Result<(OpenSession, Vec<OpenLink>), RelayError> {
        let unknown = || RelayError::new(ProblemCode::UnknownSession);
        let (mut row, mut links) = self.store.session_with_links(id).await?.ok_or_else(unknown)?;
        if self.is_timed_out(&row) {
            self.write_timeout(row).await?;
            (row, links) = self.store.session_with_links(id).await?.ok_or_else(unknown)?;
        }
        Ok((self.open_session(row)?, self.open_all(links)?))
    }

    /// Returns a session like [`current`](Self::current), for the back end with this API key. It treats the sessions of other
    /// keys as unknown.
    ///
    /// # Errors
    /// [`RelayError`] if this key has no such session, or the database fails.
    pub async fn current_of(&self, key: &str, id: &str) -> Result<OpenSession, RelayError> {
        let session = self.current(id).await?;
        if session.row.api_key == key { Ok(session) } else { Err(RelayError::new(ProblemCode::UnknownSession)) }
    }

    /// Fails if a session allows no more links.
    pub(super) fn may_issue(&self, row: &SessionRow) -> Result<(), RelayError> {
        if row.state.after(Event::LinkIssued).is_none() {
            return Err(refusal(row.state));
        }
        if self.has_expired(row) {
            return Err(refusal(State::Expired));
        }
        if row.closed_at.is_some() || row.links >= self.limits.links || row.verifies >= self.limits.verifies {
            return Err(RelayError::new(ProblemCode::SessionLimit));
        }
        Ok(())
    }

    /// Returns the verdict of a decided session, and its link. Fails if the encrypted verdict does not match the state. An
    /// attacker with write access to the database can change the state, but can't encrypt a verdict.
    pub(super) async fn decided(&self, row: &SessionRow) -> Result<(OpenLink, Verdict), RelayError> {
        let links = self.open_links(&row.id).await?;
        let link = links.into_iter().find(|link| Some(&link.row.id) == row.link_id.as_ref()).ok_or_else(disagree)?;
        let verdict = self.agreed(row, Some(&link.row))?;
        Ok((link, verdict))
    }

    /// Returns the verdict on the link of a decided session, if it matches the state.
    fn agreed(&self, row: &SessionRow, link: Option<&LinkRow>) -> Result<Verdict, RelayError> {
        let link = link.filter(|link| link.session_id == row.id).ok_or_else(disagree)?;
        let verdict = self.verdict_of(link)?.ok_or_else(disagree)?;
        let agrees = (verdict.outcome == Outcome::Verified) == (row.state == State::Verified);
        if agrees { Ok(verdict) } else { Err(disagree()) }
    }

    /// Fails if one of several sessions has a state that its encrypted verdict does not match, as [`Sessions::report`]
    /// does for one. Drops sessions that were deleted since they were read.
    pub(super) async fn check_states(&self, rows: &mut Vec<SessionRow>) -> Result<(), RelayError> {
        let is_decided = |row: &&SessionRow| matches!(row.state, State::Verified | State::Rejected);
        let ids: Vec<_> = rows.iter().filter(is_decided).filter_map(|row| row.link_id.as_deref()).collect();
        let links = self.store.links_by_id(&ids).await?;
        let mut deleted = Vec::new();
        for row in rows.iter().filter(is_decided) {
            let link = links.iter().find(|link| Some(&link.id) == row.link_id.as_ref());
            let Err(error) = self.agreed(row, link) else { continue };
            if self.store.session(&row.id).await?.is_some() {
                tracing::error!(session = row.id, "a listed session's state can't be confirmed by its verdict");
                return Err(error);
            }
            deleted.push(row.id.clone());
        }
        rows.retain(|row| !deleted.contains(&row.id));
        Ok(())
    }

    /// Returns the stored verdict of a link, or an error that says why there is none.
    pub(super) async fn verdict_on(&self, session_id: &str, link_id: &str) -> Result<Verdict, RelayError> {
        let state = self.current(session_id).await?.row.state;
        let links = self.store.links(session_id).await?;
        match links.iter().find(|link| link.id == link_id) {
            Some(link) => self.verdict_of(link)?.ok_or_else(|| refusal(state).retry_after(1)),
            None => Err(refusal(state)),
        }
    }

    /// Returns the reason of the last verdict, and what the page said about its photo.
    pub(super) async fn last_rejection(
        &self,
        session: &OpenSession,
    ) -> Result<(Option<Reason>, Option<Capture>), RelayError> {
        let links = self.store.links(&session.row.id).await?;
        let last = links.iter().find(|link| Some(&link.id) == session.row.link_id.as_ref());
        let Some(link) = last else { return Ok((None, None)) };
        Ok((self.verdict_of(link)?.and_then(|verdict| verdict.reason), self.capture_of(link)?))
    }
}

/// Returns the error for a session whose state and encrypted verdict contradict each other.
pub(in crate::session) fn disagree() -> RelayError {
    RelayError::new(ProblemCode::Internal).caused_by("the session's state contradicts its verdict")
}
