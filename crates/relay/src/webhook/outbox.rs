//! The webhooks that wait in the database ([`Outbox`]).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backoff::GIVE_UP_AFTER;
use super::endpoints::{Endpoint, Endpoints};
use super::event::{self, News};
use crate::audit::{Action, Entry};
use crate::clock::{Clock, milliseconds};
use crate::id::{is_id, new_id};
use crate::proof::{Proofs, Statement};
use crate::secrets::data_keys::{DataKeys, SealError};
use crate::store::outbox::{Message, NewMessage};
use crate::store::sessions::SessionRow;
use crate::store::{Store, StoreError};

/// The webhooks that wait in the database, and everything needed to deliver them.
#[derive(Debug)]
pub struct Outbox {
    /// The database that stores them.
    pub store: Store,
    /// The keys that encrypt their bodies.
    pub data_keys: Arc<DataKeys>,
    /// The clock.
    pub clock: Clock,
    /// The worker, claims and deliveries that run. The relay waits for them when it shuts down.
    pub tasks: TaskTracker,
    /// How the deliveries end.
    pub shutdown: Shutdown,
    /// How far the clocks of two relays may differ, in milliseconds.
    pub leeway: i64,
    /// Where they go. There are none if webhooks are not set up.
    pub endpoints: Endpoints,
    /// Signs the proofs in them. `None` if there are no keys.
    pub proofs: Option<Proofs>,
    /// The endpoints that are not set up, as far as the log names them already.
    pub missing: Mutex<BTreeSet<String>>,
}

/// How the deliveries end when the relay shuts down.
#[derive(Debug, Default)]
pub struct Shutdown {
    /// Ends the worker.
    pub(super) stopping: CancellationToken,
    /// When the worker was ended.
    pub(super) stopped_at: OnceLock<i64>,
    /// Ends the deliveries that still run, and releases their claims.
    pub(super) giving_back: CancellationToken,
}

impl Outbox {
    /// Ends the worker. From now on only [`deliver_new`](super::worker::deliver_new) claims webhooks, and only new ones.
    pub fn stop_claiming(&self) {
        let _ = self.shutdown.stopped_at.set(self.clock.now());
        self.shutdown.stopping.cancel();
    }

    /// Aborts the deliveries that still run and releases their claims, so that the next relay need not wait for the
    /// end of the claims. Waits until that is done.
    pub async fn give_back(&self) {
        self.stop_claiming();
        self.shutdown.giving_back.cancel();
        self.tasks.wait().await;
    }

    /// Returns the webhooks with these news of a session: one for each endpoint of the API key that created the session.
    /// Store them in the same transaction as the change that they report.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn messages(
        &self,
        session: &SessionRow,
        reference: Option<&str>,
        news: &News,
        now: i64,
    ) -> Result<Vec<NewMessage>, SealError> {
        let Some(body) = event::body(news, &session.id, reference, now) else { return Ok(Vec::new()) };
        let stored = match news.detail.as_ref().and_then(|detail| detail.proof.clone()) {
            Some(proof) => Stored::WithProof { body, proof },
            None => Stored::Body(body),
        };
        let message = |endpoint: &Arc<Endpoint>| {
            let id = new_id("msg");
            let sealed = self.data_keys.seal(&stored, &message_place(&id))?;
            Ok(NewMessage {
                id,
                session_id: session.id.clone(),
                endpoint: endpoint.id.clone(),
                event: news.event.to_owned(),
                sealed,
                created_at: now,
                give_up_at: now.saturating_add(milliseconds(GIVE_UP_AFTER)),
            })
        };
        self.endpoints.taking(&session.api_key, news.event).iter().map(message).collect()
    }

    /// Puts other endpoints in force. Webhooks that wait for an endpoint of the same id go to its new URL.
    pub fn replace_endpoints(&self, endpoints: Endpoints) {
        self.endpoints.replace(&endpoints);
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Wakes the workers of these webhooks, after they were stored.
    pub fn wake(&self, messages: &[NewMessage]) {
        let endpoints = self.endpoints.all();
        for message in messages {
            endpoints.iter().filter(|endpoint| endpoint.id == message.endpoint).for_each(|one| one.wake.notify_one());
        }
    }

    /// Wakes all workers, for example after webhooks were made due again.
    pub fn wake_all(&self) {
        self.endpoints.all().iter().for_each(|endpoint| endpoint.wake.notify_one());
    }

    /// Looks after webhooks that no worker claims, because their endpoint is not set up: gives up the ones that are a day
    /// old, or they would keep their sessions from being deleted. Until then, a relay on which the endpoint is set up
    /// can deliver them. Returns the number of given up ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_up_without_endpoint(&self) -> Result<u64, StoreError> {
        let mut given_up = 0;
        for endpoint in self.store.pending_endpoints().await? {
            if endpoint.is_empty() {
                // A relay of an earlier version has stored them.
                self.store.adopt_messages().await?;
            } else if !self.endpoints.all().iter().any(|known| known.id == endpoint) {
                if self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(endpoint.clone()) {
                    tracing::warn!(endpoint, "webhooks wait for an endpoint that is not set up; after a day they fail");
                }
                let count = self.store.fail_messages(&endpoint, "no endpoint", self.clock.now()).await?;
                if count > 0 {
                    tracing::error!(endpoint, count, "webhooks were given up: their endpoint is not set up");
                }
                given_up += count;
            }
        }
        Ok(given_up)
    }

    /// Decrypts the body of a webhook, and adds a proof that is valid from now on.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, message: &Message) -> Result<String, SealError> {
        match (self.data_keys.open(&message.sealed, &message_place(&message.id))?, &self.proofs) {
            (Stored::WithProof { body, proof }, Some(proofs)) => {
                let proof = proofs.sign(&proof, self.clock.now()).map_err(|_| SealError)?;
                event::with_proof(&body, &proof).ok_or(SealError)
            }
            (Stored::WithProof { body, .. } | Stored::Body(body), _) => Ok(body),
        }
    }

    /// Claims up to `limit` webhooks of an endpoint that are due and were created at `since` or later, for longer than
    /// their delivery can take.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, endpoint: &Endpoint, limit: usize, since: i64) -> Result<Vec<Message>, StoreError> {
        let now = self.clock.now();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let claimed_until = now.saturating_add(endpoint.sender.lease(self.leeway));
        self.store.claim_messages(&endpoint.id, now, claimed_until, limit, since).await
    }

    /// Returns how long a claim holds at most, in milliseconds.
    #[must_use]
    pub fn longest_claim(&self) -> i64 {
        let endpoints = self.endpoints.all();
        endpoints.iter().map(|endpoint| endpoint.sender.lease(self.leeway)).max().unwrap_or_default()
    }
}

/// What is stored of a webhook, encrypted. A proof is signed at each delivery: a webhook may be sent a day later, when a
/// proof from its beginning has expired, and perhaps its key is no longer published.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Body(String),
    WithProof { body: String, proof: Statement },
}

/// Makes webhooks due again, with another day of retries: the webhook with this id, whatever its status, or without an
/// id all failed webhooks. Returns their number. `request` is the operator's request, for the audit trail; `None` for a
/// command.
///
/// # Errors
/// [`StoreError`].
pub async fn resend(store: &Store, id: Option<&str>, request: Option<&str>, now: i64) -> Result<u64, StoreError> {
    // An id that is not one is unknown to the database, too.
    let detail = id.filter(|id| is_id(id, "msg")).unwrap_or("all-failed");
    let entry = Entry::of_operator(Action::Resend, request, now).with_detail(detail);
    store.resend_messages(id, now, now.saturating_add(milliseconds(GIVE_UP_AFTER)), &entry).await
}

/// Deletes the pending and failed webhooks of an endpoint. For an endpoint that was removed: they would be retried for a
/// day, and then count as failed for as long as their sessions are stored. Returns their number.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_all_of(store: &Store, endpoint: &str, now: i64) -> Result<u64, StoreError> {
    store.drop_messages(endpoint, &Entry::of_operator(Action::Drop, None, now).with_detail(endpoint)).await
}

/// Returns the place of a webhook's body. A value encrypted for one place can't be decrypted in another.
pub(crate) fn message_place(id: &str) -> String {
    format!("outbox/{id}")
}
