//! The widget's second call with a session ([`Sessions::verify`]): one verdict for one link, however often and however
//! much at once it is asked for.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::{ProblemCode, Verdict, VerifyReply, VerifyRequest};
use tokio::time::{Instant, sleep};

use super::ask::Question;
use super::binding::{VerifyCall, check_person, choose};
use super::link::refusal;
use super::page::{self, PageVerdict};
use super::record::{Open, OpenLink};
use super::state::{Event, State};
use super::{Sessions, new_id};
use crate::capacity::Capacity;
use crate::clock::milliseconds;
use crate::error::RelayError;
use crate::store::StoreError;
use crate::store::verdicts::Begin;
use crate::vendor::VendorClient;

/// Time for the database, beyond the vendor's own, before an answer counts as lost.
const MARGIN: Duration = Duration::from_secs(15);

/// Pauses between two looks for the verdict that another call has asked for.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_millis(500);

/// How often a session that others move meanwhile is read again.
const READINGS: usize = 8;

impl Sessions {
    /// Asks the vendor for the verdict on an issued link, or tells the one that it gave.
    ///
    /// # Errors
    /// [`RelayError`] when the session does not allow it, or the vendor gives no verdict.
    pub async fn verify(
        self: &Arc<Self>,
        vendor: &VendorClient,
        capacity: &Capacity,
        session_id: &str,
        call: VerifyCall,
        idempotency: Option<Vec<u8>>,
    ) -> Result<PageVerdict, RelayError> {
        for _ in 0..READINGS {
            let session = self.current(session_id).await?;
            check_person(&session, call.id.as_deref(), call.user_type)?;
            let links = self.open_links(session_id).await?;
            let link = choose(&links, &call, idempotency.as_deref())?;
            if let Some(reply) = self.verdict_of(&link.row)? {
                return Ok(self.tell_page(&session, reply));
            }
            if link.row.released {
                let detail = "This link was given up; another verdict takes a new one.";
                return Err(RelayError::new(ProblemCode::SessionState).with_detail(detail));
            }
            match session.row.state {
                State::LinkIssued => {
                    if session.row.verifies >= self.limits.verifies {
                        return Err(RelayError::new(ProblemCode::SessionLimit));
                    }
                    let begun =
                        self.begin(vendor, capacity, &session, link, Event::VerifyStarted, idempotency.as_deref());
                    if let Some(question) = begun.await? {
                        let reply = question.answer().await?;
                        return Ok(self.tell_page(&session, reply));
                    }
                }
                State::Verifying if session.row.link_id.as_deref() == Some(link.row.id.as_str()) => {
                    let reply = self.wait_for_other(session_id, &link.row.id).await?;
                    return Ok(self.tell_page(&session, reply));
                }
                state => return Err(refusal(state)),
            }
        }
        Err(refusal(State::LinkIssued).retry_after(1))
    }

    /// Marks in the database that the vendor is about to be asked, and asks. `None` when the session was moved
    /// meanwhile.
    pub(super) async fn begin(
        self: &Arc<Self>,
        vendor: &VendorClient,
        capacity: &Capacity,
        session: &Open,
        link: &OpenLink,
        event: Event,
        idempotency: Option<&[u8]>,
    ) -> Result<Option<Question>, RelayError> {
        let place = capacity.enter()?;
        let attempt = new_id("att");
        let now = self.clock.now();
        let lease = milliseconds(self.limits.vendor_timeout.saturating_add(MARGIN));
        let begin = Begin {
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
        match self.store.begin(begin).await {
            Ok(true) => {
                Ok(Some(self.ask(vendor.clone(), place, session.clone(), link.row.id.clone(), attempt, event, request)))
            }
            Ok(false) => Ok(None),
            Err(StoreError::Conflict) => Err(RelayError::new(ProblemCode::IdempotencyMismatch)),
            Err(error) => {
                // It may have been written all the same: the vendor will not be asked, so it is taken back.
                self.withdraw(place, session.row.id.clone(), attempt, event);
                Err(error.into())
            }
        }
    }

    /// Waits for the verdict that another call, perhaps at another relay, has asked for.
    async fn wait_for_other(&self, session_id: &str, link_id: &str) -> Result<VerifyReply, RelayError> {
        let started = Instant::now();
        let patience = self.limits.vendor_timeout.saturating_add(MARGIN);
        let mut pause = FIRST_LOOK;
        while started.elapsed() < patience {
            sleep(pause).await;
            pause = (pause * 2).min(LAST_LOOK);
            if self.current(session_id).await?.row.state != State::Verifying {
                // Where the other call has failed, whether to ask again is for the caller, not for all who waited.
                return self.standing(session_id, link_id).await;
            }
        }
        Err(refusal(State::Verifying))
    }

    /// The verdict that stands on a link, or why there is none.
    pub(super) async fn standing(&self, session_id: &str, link_id: &str) -> Result<VerifyReply, RelayError> {
        let state = self.current(session_id).await?.row.state;
        let links = self.store.links(session_id).await?;
        match links.iter().find(|link| link.id == link_id) {
            Some(link) => self.verdict_of(link)?.ok_or_else(|| refusal(state).retry_after(1)),
            None => Err(refusal(state)),
        }
    }

    fn tell_page(&self, session: &Open, reply: VerifyReply) -> PageVerdict {
        page::reply(self.page, &Verdict::of(reply), session.personal.reference.as_deref())
    }
}
