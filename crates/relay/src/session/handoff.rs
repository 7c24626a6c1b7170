//! What the back end learns about a hand-off ([`Sessions::handoff_facts`]), and the page for phones.

use super::Sessions;
use super::settings::HandoffPage;
use crate::clock::rfc3339;
use crate::store::StoreError;
use crate::store::handoffs::HandoffRow;
use crate::store::sessions::SessionRow;
use crate::webhook::event::HandoffFacts;

/// Returns what the back end learns about a hand-off that a phone has opened.
pub(super) fn facts(row: &HandoffRow, used: bool) -> Option<HandoffFacts> {
    Some(HandoffFacts { used, opened_at: rfc3339(row.opened_at?), same_network: row.same_network })
}

impl Sessions {
    /// Returns the address of the page for phones, if there is one.
    #[must_use]
    pub fn page_for_phones(&self) -> Option<&HandoffPage> {
        self.handoffs.handoff_page.as_ref()
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
