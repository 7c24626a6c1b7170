//! What begins a hand-off, at a desktop or at the back end ([`Sessions::store_handoff`]), and what the back end learns about it
//! ([`Sessions::handoff_facts`]).

use akiba_protocol::ProblemCode;

use super::Sessions;
use super::record::{OpenSession, Personal};
use super::return_url::allows;
use super::settings::HandoffPage;
use crate::audit::Entry;
use crate::clock::rfc3339;
use crate::error::RelayError;
use crate::handoff::code::{Secret, hash};
use crate::handoff::{MOST, Policy};
use crate::store::StoreError;
use crate::store::handoffs::{Begun, HandoffRow};
use crate::store::sessions::SessionRow;
use crate::webhook::event::HandoffFacts;

/// Returns what the back end learns about a hand-off that a phone has opened.
pub(super) fn facts(row: &HandoffRow, used: bool) -> Option<HandoffFacts> {
    Some(HandoffFacts { used, opened_at: rfc3339(row.opened_at?), kind: row.kind(), same_network: row.same_network })
}

impl Sessions {
    /// Returns the address of the page for phones, if there is one.
    #[must_use]
    pub fn page_for_phones(&self) -> Option<&HandoffPage> {
        self.handoffs.handoff_page.as_ref()
    }

    /// Does the same for a call that needs it.
    pub(super) fn handoff_page(&self) -> Result<&HandoffPage, RelayError> {
        let off = || RelayError::new(ProblemCode::Forbidden).with_detail("This relay has no page for phones.");
        self.page_for_phones().ok_or_else(off)
    }

    /// Returns where the page for phones may send the person back to. The operator's list counts as it is now.
    pub(super) fn return_url<'a>(&self, personal: &'a Personal) -> Option<&'a str> {
        personal.return_url.as_deref().filter(|url| allows(&self.handoffs.return_url, url))
    }

    /// Returns the name of the session's API key, if that has a name of its own for phones.
    pub(super) fn own_look<'a>(&self, row: &'a SessionRow) -> Option<&'a str> {
        self.handoffs.own_name(&row.api_key).map(|_| row.api_key.as_str())
    }

    /// Returns the link with a code, for the look and the language of the session.
    pub(super) fn handoff_url(&self, page: &HandoffPage, session: &OpenSession, code: &str) -> String {
        page.link(code, self.own_look(&session.row), session.personal.lang.as_deref())
    }

    /// Fails if a session is not to be handed over, or allows no more links.
    pub(super) fn may_hand_over(&self, session: &OpenSession) -> Result<(), RelayError> {
        if session.personal.handoff == Some(Policy::Forbid) {
            return Err(RelayError::new(ProblemCode::Forbidden).with_detail("The back end forbids hand-offs here."));
        }
        self.may_issue(&session.row)
    }

    /// Stores a new hand-off under the hash of its code, and wakes the desktop that follows the one before.
    pub(super) async fn store_handoff(
        &self,
        row: &HandoffRow,
        code: &str,
        entry: &Entry<'_>,
    ) -> Result<(), RelayError> {
        match self.store.begin_handoff(row, &hash(Secret::Code, code), MOST, entry).await? {
            Begun::Yes => {
                self.following.wake(&row.session_id);
                Ok(())
            }
            Begun::Changed => Err(handoff_state("Another call changed the session.").retry_after(1)),
            Begun::Limit => {
                let detail = "The session has used all its hand-offs.";
                Err(RelayError::new(ProblemCode::SessionLimit).with_detail(detail))
            }
        }
    }

    /// Returns the last hand-off of a session that a phone has opened, for the back end.
    pub(super) async fn handoff_facts(&self, row: &SessionRow) -> Result<Option<HandoffFacts>, StoreError> {
        let holder = match &row.holder {
            Some(id) => self.store.handoff(id).await?,
            None => self.store.opened_handoff(&row.id).await?,
        };
        Ok(holder.and_then(|handoff| facts(&handoff, row.holder.is_some())))
    }

    /// Does the same for a webhook, which names a hand-off only if a phone has the session: other sessions need no read.
    pub(super) async fn handoff_news(&self, row: &SessionRow) -> Option<HandoffFacts> {
        row.holder.as_ref()?;
        // Without it, the webhook still goes out.
        self.handoff_facts(row).await.ok().flatten()
    }
}

pub(super) fn handoff_state(detail: &'static str) -> RelayError {
    RelayError::new(ProblemCode::HandoffState).with_detail(detail)
}

pub(super) fn no_random() -> RelayError {
    RelayError::new(ProblemCode::Internal).caused_by("the system's random generator failed")
}
