//! Asks the vendor for a verdict in a separate task (`Sessions::attempt`). The task continues if the caller hangs up.
//! If the database is unavailable, the task keeps the vendor's answer in memory until it can store it.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::{Outcome, ProblemCode, Verdict, VerifyRequest};
use tokio::sync::oneshot;
use tokio::time::sleep;
use tracing::Instrument;

use super::Sessions;
use super::record::{OpenLink, OpenSession};
use super::retained::retained;
use crate::clock::milliseconds;
use crate::error::RelayError;
use crate::id::new_id;
use crate::lifecycle::{Event, State};
use crate::store::StoreError;
use crate::store::lanes::with_priority;
use crate::store::persons::PersonCount;
use crate::store::verdicts::{Begun, NewAttempt, NewVerdict};
use crate::vendor_api::{VendorError, Work};
use crate::webhook::event::{Capture, HandoffFacts, News, VerdictDetail};

/// Time for the database, added to the vendor's timeout. After both, an answer counts as lost.
pub(super) const MARGIN: Duration = Duration::from_secs(15);

/// Pauses between two attempts to write to an unavailable database.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What a caller gets: the verdict, or `None` if another call changed the session before the attempt was recorded.
type Answer = Result<Option<Verdict>, RelayError>;

/// One call to the vendor for a verdict.
struct Attempt {
    id: String,
    session: OpenSession,
    link_id: String,
    /// The keyed hash of the person, if their attempts are limited.
    person: Option<Vec<u8>>,
    event: Event,
    request: VerifyRequest,
    /// The hand-off to the phone that asks. Read before the vendor is asked: its answer must not wait for it.
    handoff: Option<HandoffFacts>,
    /// What the page says about the photo.
    capture: Option<Capture>,
}

/// The caller that waits for the answer. It gets the first answer; later ones are dropped.
struct Waiter(Option<oneshot::Sender<Answer>>);

impl Waiter {
    fn send(&mut self, answer: Answer) {
        if let Some(sender) = self.0.take() {
            // The caller may have hung up.
            let _ = sender.send(answer);
        }
    }
}

impl Sessions {
    /// Asks the vendor for a verdict, and waits until it is stored or storing it has failed for the first time. Returns
    /// `None` if another call changed the session in the meantime.
    ///
    /// One task records the attempt in the database and asks the vendor. A caller that hangs up can't stop it between
    /// the two, which would leave an attempt that never reached the vendor and counts as lost.
    pub(super) async fn attempt(
        self: &Arc<Self>,
        session: &OpenSession,
        link: &OpenLink,
        event: Event,
        idempotency: Option<&[u8]>,
        capture: Option<Capture>,
    ) -> Answer {
        let permit = self.capacity.verdicts.acquire()?;
        let request = VerifyRequest {
            selfie_filename: link.issued.selfie_filename.clone(),
            id: session.personal.identifier.clone(),
            user_type: session.customer_type,
            s3_key: link.issued.s3_key.clone(),
        };
        let (session, link_id) = (session.clone(), link.row.id.clone());
        let person = self.person(&session.row.api_key, session.customer_type, &session.personal.identifier);
        let handoff = self.handoff_news(&session.row).await;
        let attempt = Attempt { id: new_id("att"), session, link_id, person, event, request, handoff, capture };
        let idempotency = idempotency.map(<[u8]>::to_vec);
        let (sender, receiver) = oneshot::channel();
        let sessions = Arc::clone(self);
        let work = async move {
            // Held until the end. So while the database is unavailable, the relay rejects new calls instead of
            // collecting verdicts in memory.
            let _permit = permit;
            sessions.run_attempt(&attempt, idempotency.as_deref(), &mut Waiter(Some(sender))).await;
            sessions.waiting.wake(&attempt.session.row.id);
            sessions.following.wake(&attempt.session.row.id);
        };
        self.tasks.spawn(with_priority(work).in_current_span());
        let panicked = |_| RelayError::new(ProblemCode::Internal).caused_by("the task that calls the vendor panicked");
        receiver.await.map_err(panicked)?
    }

    /// Records the attempt, asks the vendor, and stores its answer.
    async fn run_attempt(&self, attempt: &Attempt, idempotency: Option<&[u8]>, waiter: &mut Waiter) {
        let session = &attempt.session;
        match self.record_attempt(attempt, idempotency).await {
            Ok(Begun::Yes) => match self.vendor.verify(&attempt.request, session.personal.consent.is_some()).await {
                Ok(verdict) => self.conclude(attempt, verdict, waiter).await,
                Err(error) => self.settle_failure(attempt, error, waiter).await,
            },
            Ok(Begun::Changed) => waiter.send(Ok(None)),
            Ok(Begun::PersonLimit) => waiter.send(Err(RelayError::new(ProblemCode::PersonLimit))),
            Err(StoreError::Conflict) => waiter.send(Err(RelayError::new(ProblemCode::IdempotencyMismatch))),
            Err(error) => {
                waiter.send(Err(error.into()));
                // The write may have succeeded despite the error. The vendor was not asked, so undo the write.
                self.withdraw(attempt, waiter).await;
            }
        }
    }

    async fn record_attempt(&self, attempt: &Attempt, idempotency: Option<&[u8]>) -> Result<Begun, StoreError> {
        let now = self.clock.now();
        let lease = milliseconds(self.vendor.timeout().saturating_add(MARGIN));
        // The back end has decided on a repeat, so no limit stops it. It counts all the same.
        let repeated = attempt.event == Event::Repeated;
        let person = self.limits.person.and_then(|limit| {
            let expires_at = now.saturating_add(limit.window);
            let cap = if repeated { i64::MAX } else { limit.attempts };
            Some(PersonCount { person: attempt.person.as_deref()?, cap, expires_at })
        });
        let new = NewAttempt {
            session: &attempt.session.row,
            event: attempt.event,
            attempt: &attempt.id,
            link_id: &attempt.link_id,
            idempotency,
            cap: if repeated { i64::MAX } else { self.limits.verifies },
            person,
            lease_until: now.saturating_add(lease),
            now,
        };
        self.store.begin_attempt(new).await
    }

    async fn conclude(&self, attempt: &Attempt, verdict: Verdict, waiter: &mut Waiter) {
        let (session, link_id) = (&attempt.session, attempt.link_id.as_str());
        let (outcome, reason) = (verdict.outcome, verdict.reason);
        let state = match outcome {
            Outcome::Verified => State::Verified,
            Outcome::Rejected => State::Rejected,
        };
        let kept = Verdict { reply: retained(self.keep, verdict.reply), ..verdict };
        let now = self.clock.now();
        let session_id = session.row.id.as_str();
        let sealed = self.seal_verdict(session_id, link_id, &kept, attempt.capture);
        let is_final = self.will_be_final(&session.row, outcome, reason);
        let proof = self.proofs().map(|_| self.statement(session, link_id, outcome, reason, is_final));
        let news = News::of_state(state, Some(VerdictDetail { reason, is_final, proof, capture: attempt.capture }));
        let news = news.map(|news| news.with_handoff(attempt.handoff.clone()));
        let reference = session.personal.reference.as_deref();
        let messages = news.map(|news| self.outbox.messages(&session.row, reference, &news, now));
        let messages = messages.unwrap_or_else(|| Ok(Vec::new()));
        let (sealed, messages) = match (sealed, messages) {
            (Ok(sealed), Ok(messages)) => (sealed, messages),
            (Err(error), _) | (_, Err(error)) => return waiter.send(Err(error.into())),
        };
        let verdict = NewVerdict { session_id, link_id, state, verdict: &sealed, messages: &messages, is_final, now };
        match self.write_until_done(waiter, |_| true, || self.store.conclude(verdict)).await {
            Ok(true) => {
                self.outbox.wake(&messages);
                waiter.send(Ok(Some(kept)));
            }
            // An earlier write stored this verdict and its result got lost; or the session has another verdict; or the
            // back end released the link. Answer with the stored verdict, never with one that was not stored.
            Ok(false) => {
                tracing::info!(session = session_id, "the verdict is already stored, or came too late");
                waiter.send(self.verdict_on(session_id, link_id).await.map(Some));
            }
            Err(error) => waiter.send(Err(error.into())),
        }
    }

    async fn settle_failure(&self, attempt: &Attempt, error: VendorError, waiter: &mut Waiter) {
        let (session_id, id, event) = (attempt.session.row.id.as_str(), attempt.id.as_str(), attempt.event);
        // When a lost call is repeated, the vendor may have done the work the first time. So the session stays
        // `unknown`, whatever error the second call returns.
        let work_done = if event == Event::Repeated { Work::MayBeDone } else { error.work() };
        let stored = match work_done {
            Work::MayBeDone => self.mark_lost(session_id, id, waiter).await,
            Work::NotStarted | Work::Refused => {
                let refund = work_done == Work::NotStarted;
                let person = attempt.person.as_deref();
                let work = || self.store.revert_attempt(session_id, id, person, refund, self.clock.now());
                self.write_until_done(waiter, is_unavailable, work).await.map(drop)
            }
        };
        if let Err(error) = stored {
            tracing::error!(%error, "the failure of an attempt could not be stored");
        }
        waiter.send(Err(error.into()));
    }

    /// Moves a session to [`State::Unknown`] if it still waits for this attempt.
    async fn mark_lost(&self, session_id: &str, attempt: &str, waiter: &mut Waiter) -> Result<(), StoreError> {
        loop {
            let Some(row) = self.write_until_done(waiter, is_unavailable, || self.store.session(session_id)).await?
            else {
                return Ok(());
            };
            if row.attempt.as_deref() != Some(attempt) || row.state != State::Verifying {
                return Ok(());
            }
            if self.write_until_done(waiter, is_unavailable, || self.move_with_webhook(&row, Event::Lost)).await? {
                return Ok(());
            }
        }
    }

    /// Undoes an attempt that was never made but may be recorded in the database.
    async fn withdraw(&self, attempt: &Attempt, waiter: &mut Waiter) {
        let (session_id, id, event) = (attempt.session.row.id.as_str(), attempt.id.as_str(), attempt.event);
        let withdrawn = if event == Event::Repeated {
            self.mark_lost(session_id, id, waiter).await
        } else {
            let person = attempt.person.as_deref();
            let work = || self.store.revert_attempt(session_id, id, person, true, self.clock.now());
            self.write_until_done(waiter, is_unavailable, work).await.map(drop)
        };
        if let Err(error) = withdrawn {
            tracing::error!(%error, "an attempt that was not made could not be removed from the database");
        }
    }

    /// Writes to the database, with retries while `retryable` returns true for the error. The caller gets the first
    /// error at once; the retries go on.
    async fn write_until_done<T, F>(
        &self,
        waiter: &mut Waiter,
        retryable: fn(&StoreError) -> bool,
        work: impl Fn() -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            match work().await {
                Err(error) if retryable(&error) => {
                    tracing::warn!(%error, "the result of a vendor call waits for the database");
                    waiter.send(Err(error.into()));
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                result => return result,
            }
        }
    }
}

/// Returns whether a retry may help. A verdict is retried after any error, until it is stored or the relay ends.
fn is_unavailable(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_))
}
