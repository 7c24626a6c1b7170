//! The webhooks that wait in the database, and what it takes to deliver them ([`Outbox`]).

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::backoff::GIVE_UP_AFTER;
use super::delivery::Sender;
use super::event::{self, VerdictDetail};
use crate::clock::{Clock, milliseconds};
use crate::id::new_id;
use crate::lifecycle::State;
use crate::secrets::data_keys::{DataKeys, SealError};
use crate::store::outbox::{Message, NewMessage};
use crate::store::{Store, StoreError};

/// The webhooks that wait in the database, and what it takes to deliver them.
#[derive(Debug)]
pub struct Outbox {
    /// Where they wait.
    pub store: Store,
    /// The keys that encrypt their bodies.
    pub data_keys: Arc<DataKeys>,
    /// The time.
    pub clock: Clock,
    /// Deliveries under way, which the relay's end waits for.
    pub tasks: TaskTracker,
    /// How far the clocks of the relays may be apart, in milliseconds.
    pub leeway: i64,
    /// What sends them; `None` where webhooks are not set up.
    pub sender: Option<Sender>,
    /// Rings when a webhook was written.
    pub wake: Notify,
}

impl Outbox {
    /// Returns the webhook about a session that comes to a state, to be stored with it; `None` where webhooks are not set
    /// up, or the state has none.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn message(
        &self,
        session_id: &str,
        reference: Option<&str>,
        state: State,
        end: Option<VerdictDetail>,
        now: i64,
    ) -> Result<Option<NewMessage>, SealError> {
        if self.sender.is_none() {
            return Ok(None);
        }
        let (Some(event), Some(body)) = (event::name(state), event::body(session_id, reference, state, end, now))
        else {
            return Ok(None);
        };
        let id = new_id("msg");
        let sealed = self.data_keys.seal(&body, &message_place(&id))?;
        let give_up_at = now.saturating_add(milliseconds(GIVE_UP_AFTER));
        let session_id = session_id.to_owned();
        Ok(Some(NewMessage { id, session_id, event: event.to_owned(), sealed, created_at: now, give_up_at }))
    }

    /// Decrypts the body of a webhook.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, message: &Message) -> Result<String, SealError> {
        self.data_keys.open(&message.sealed, &message_place(&message.id))
    }

    /// Claims webhooks that are due, at most `limit`, for longer than `sender` needs to deliver them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, sender: &Sender, limit: usize) -> Result<Vec<Message>, StoreError> {
        let now = self.clock.now();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.store.claim_messages(now, now.saturating_add(sender.lease(self.leeway)), limit).await
    }
}

/// Makes webhooks due again, for another day: one by its id, whatever its status, or with no id all that failed. Returns
/// how many.
///
/// # Errors
/// [`StoreError`].
pub async fn resend(store: &Store, id: Option<&str>, now: i64) -> Result<u64, StoreError> {
    store.resend_messages(id, now, now.saturating_add(milliseconds(GIVE_UP_AFTER))).await
}

/// Where a webhook stands.
pub(crate) fn message_place(id: &str) -> String {
    format!("outbox/{id}")
}
