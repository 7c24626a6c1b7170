//! Deletion of one session before its time ([`Sessions::delete`]), as a person may ask for it.

use crate::error::RelayError;
use crate::lifecycle::State;
use crate::session::Sessions;
use crate::session::refusal::refusal;

impl Sessions {
    /// Deletes a session that a key's back end made, with its links, its verdict and its webhooks, also those that were
    /// not delivered yet.
    ///
    /// # Errors
    /// [`RelayError`] when there is none, the vendor is being asked for its verdict, or the database fails.
    pub async fn delete(&self, key: &str, id: &str) -> Result<(), RelayError> {
        self.current_of(key, id).await?;
        if self.store.delete_session(id).await? {
            return Ok(());
        }
        // It was deleted meanwhile, or it waits for an answer that may be billed and must have its place.
        self.current_of(key, id).await?;
        Err(refusal(State::Verifying))
    }
}
