//! Asks the vendor for a verdict ([`PendingVerdict`]), in a task of its own. If the caller hangs up, the task goes on. If the
//! database is gone for a while, the vendor's answer is not lost.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::{Outcome, ProblemCode, Verdict, VerifyReply, VerifyRequest};
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
use crate::limits::capacity::Permit;
use crate::store::StoreError;
use crate::store::verdicts::{NewAttempt, NewVerdict};
use crate::vendor_api::{VendorError, Work};
use crate::webhook::event::VerdictDetail;

/// Time for the database, beyond the vendor's own, before an answer counts as lost.
pub(super) const MARGIN: Duration = Duration::from_secs(15);

/// Pauses between two tries to write to a database that is gone.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The vendor's answer, on its way.
#[derive(Debug)]
pub struct PendingVerdict(oneshot::Receiver<Result<VerifyReply, RelayError>>);

impl PendingVerdict {
    /// Waits for it, until it is known and kept, or can't be kept yet.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn wait(self) -> Result<VerifyReply, RelayError> {
        let gone = |_| RelayError::new(ProblemCode::Internal).caused_by("the vendor's call has panicked");
        self.0.await.map_err(gone)?
    }
}

/// Who waits for the answer. It gets the first thing that is said.
struct Waiter(Option<oneshot::Sender<Result<VerifyReply, RelayError>>>);

impl Waiter {
    fn send(&mut self, answer: Result<VerifyReply, RelayError>) {
        if let Some(sender) = self.0.take() {
            // The caller may have hung up.
            let _ = sender.send(answer);
        }
    }
}

impl Sessions {
    /// Marks in the database that the vendor is about to be asked, and asks. `None` when the session was moved
    /// meanwhile.
    pub(super) async fn begin_attempt(
        self: &Arc<Self>,
        session: &OpenSession,
        link: &OpenLink,
        event: Event,
        idempotency: Option<&[u8]>,
    ) -> Result<Option<PendingVerdict>, RelayError> {
        let permit = self.capacity.acquire()?;
        let attempt = new_id("att");
        let now = self.clock.now();
        let lease = milliseconds(self.vendor.timeout().saturating_add(MARGIN));
        let new = NewAttempt {
            session: &session.row,
            event,
            attempt: &attempt,
            link_id: &link.row.id,
            idempotency,
            cap: if event == Event::Repeated { i64::MAX } else { self.limits.verifies },
            lease_until: now.saturating_add(lease),
            now,
        };
        let request = VerifyRequest {
            selfie_filename: link.issued.selfie_filename.clone(),
            id: session.personal.identifier.clone(),
            user_type: session.customer_type,
            s3_key: link.issued.s3_key.clone(),
        };
        match self.store.begin_attempt(new).await {
            Ok(true) => {
                Ok(Some(self.ask_vendor(permit, session.clone(), link.row.id.clone(), attempt, event, request)))
            }
            Ok(false) => Ok(None),
            Err(StoreError::Conflict) => Err(RelayError::new(ProblemCode::IdempotencyMismatch)),
            Err(error) => {
                // It may have been written all the same: the vendor will not be asked, so it is taken back.
                self.withdraw(permit, session.row.id.clone(), attempt, event);
                Err(error.into())
            }
        }
    }

    /// Asks the vendor, and keeps what it says. The place is held until that is done, so a database that is gone makes
    /// the relay shed calls, not pile up verdicts.
    fn ask_vendor(
        self: &Arc<Self>,
        permit: Permit,
        session: OpenSession,
        link_id: String,
        attempt: String,
        event: Event,
        request: VerifyRequest,
    ) -> PendingVerdict {
        let (sender, receiver) = oneshot::channel();
        let mut waiter = Waiter(Some(sender));
        let sessions = Arc::clone(self);
        let work = async move {
            let _permit = permit;
            match sessions.vendor.verify(&request, session.personal.consent.is_some()).await {
                Ok(reply) => sessions.conclude(&session, &link_id, reply, &mut waiter).await,
                Err(error) => sessions.settle_failure(&session.row.id, &attempt, event, error, &mut waiter).await,
            }
        };
        self.tasks.spawn(work.in_current_span());
        PendingVerdict(receiver)
    }

    async fn conclude(&self, session: &OpenSession, link_id: &str, reply: VerifyReply, waiter: &mut Waiter) {
        let Verdict { outcome, reason, reply } = Verdict::of(reply);
        let state = match outcome {
            Outcome::Verified => State::Verified,
            Outcome::Rejected => State::Rejected,
        };
        let reply = retained(self.keep, reply);
        let now = self.clock.now();
        let session_id = session.row.id.as_str();
        let sealed = self.seal_verdict(session_id, link_id, &reply);
        // The session was read before this verdict was counted.
        let is_final = self.is_final(outcome, reason, session.row.links, session.row.verifies.saturating_add(1));
        let end = Some(VerdictDetail { reason, is_final });
        let message = self.outbox.message(session_id, session.personal.reference.as_deref(), state, end, now);
        let (sealed, message) = match (sealed, message) {
            (Ok(sealed), Ok(message)) => (sealed, message),
            (Err(error), _) | (_, Err(error)) => return waiter.send(Err(error.into())),
        };
        let verdict = NewVerdict { session_id, link_id, state, verdict: &sealed, message: message.as_ref(), now };
        match self.write_until_done(waiter, |_| true, || self.store.conclude(verdict)).await {
            Ok(true) => {
                self.outbox.wake.notify_one();
                waiter.send(Ok(reply));
            }
            // Kept before, by a try whose answer got lost; or another one stands, or it was given up. What the session
            // does not stand by is told to nobody.
            Ok(false) => {
                tracing::info!(session = session_id, "a verdict was kept before, or came too late");
                waiter.send(self.verdict_on(session_id, link_id).await);
            }
            Err(error) => waiter.send(Err(error.into())),
        }
    }

    async fn settle_failure(
        &self,
        session_id: &str,
        attempt: &str,
        event: Event,
        error: VendorError,
        waiter: &mut Waiter,
    ) {
        // A repeated question may have been answered the first time, so nothing makes its session askable again.
        let done = if event == Event::Repeated { Work::MayBeDone } else { error.work() };
        let kept = match done {
            Work::MayBeDone => self.mark_lost(session_id, attempt, waiter).await,
            Work::NotStarted | Work::Refused => {
                let refund = done == Work::NotStarted;
                let work = || self.store.revert_attempt(session_id, attempt, refund, self.clock.now());
                self.write_until_done(waiter, is_unavailable, work).await.map(drop)
            }
        };
        if let Err(error) = kept {
            tracing::error!(%error, "a failed attempt could not be marked");
        }
        waiter.send(Err(error.into()));
    }

    /// Moves a session to [`State::Unknown`], if it still waits for this attempt.
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

    /// Takes an attempt back that was perhaps marked and never made. The place is held until that is done, too.
    fn withdraw(self: &Arc<Self>, permit: Permit, session_id: String, attempt: String, event: Event) {
        let sessions = Arc::clone(self);
        let work = async move {
            let _permit = permit;
            let mut waiter = Waiter(None);
            let withdrawn = if event == Event::Repeated {
                sessions.mark_lost(&session_id, &attempt, &mut waiter).await
            } else {
                let work = || sessions.store.revert_attempt(&session_id, &attempt, true, sessions.clock.now());
                sessions.write_until_done(&mut waiter, is_unavailable, work).await.map(drop)
            };
            if let Err(error) = withdrawn {
                tracing::error!(%error, "an attempt that was not made could not be taken back");
            }
        };
        self.tasks.spawn(work.in_current_span());
    }

    /// Writes to the database, again and again while it is gone. The caller is told so at the first failure.
    async fn write_until_done<T, F>(
        &self,
        waiter: &mut Waiter,
        again: fn(&StoreError) -> bool,
        work: impl Fn() -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            match work().await {
                Err(error) if again(&error) => {
                    tracing::warn!(%error, "a verdict waits for the database");
                    waiter.send(Err(error.into()));
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                result => return result,
            }
        }
    }
}

/// What may mend itself is tried again. For a verdict everything is: nothing but the end of the relay gives it up.
fn is_unavailable(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_))
}
