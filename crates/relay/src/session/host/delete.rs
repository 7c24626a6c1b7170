//! Deletes a session on request ([`Sessions::delete`]), for example when a person asks for the deletion of their data.

use crate::audit::Action;
use crate::error::RelayError;
use crate::lifecycle::State;
use crate::session::Sessions;
use crate::session::audit::AuditedCall;
use crate::session::refusal::refusal;

impl Sessions {
    /// Deletes a session of the back end with this API key, with its links, verdict and webhooks. Webhooks that are not
    /// delivered yet are deleted, too.
    ///
    /// # Errors
    /// [`RelayError`] if there is no such session, the vendor is being asked for its verdict, or the database fails.
    pub async fn delete(&self, call: AuditedCall<'_>, id: &str) -> Result<(), RelayError> {
        let _permit = self.capacity.host.acquire()?;
        self.current_of(call.key, id).await?;
        if self.store.delete_session(id, &call.entry(Action::Delete, id, self.clock.now())).await? {
            return Ok(());
        }
        // Another call deleted it, or it waits for a verdict. That verdict may be billed, so the row must stay to hold
        // it.
        self.current_of(call.key, id).await?;
        Err(refusal(State::Verifying))
    }
}
