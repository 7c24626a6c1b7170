//! The widget's second call with a session ([`Sessions::verify`]). Each link gets one verdict, even if the page repeats
//! the call or sends several at once.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::{ProblemCode, Verdict};
use tokio::time::{Instant, timeout};

use super::binding::{VerifyCall, capture, check_person, find_link};
use super::page_verdict::{PageVerdict, page_verdict};
use crate::error::RelayError;
use crate::lifecycle::{Event, State};
use crate::session::Sessions;
use crate::session::attempt::MARGIN;
use crate::session::record::OpenSession;
use crate::session::refusal::refusal;
use crate::store::lanes::with_priority;

/// Pause between two database reads while another call waits for the vendor's verdict. The end of a call at this relay is
/// noticed at once; only the end of a call at another relay needs the reads.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// How often to read a session that other calls keep changing.
const MAX_READS: usize = 8;

impl Sessions {
    /// Returns the stored verdict on an issued link, or asks the vendor for one. `handoff` is the one of the caller's token.
    ///
    /// # Errors
    /// [`RelayError`] if the session does not allow the call, or the vendor returns no verdict.
    pub async fn verify(
        self: &Arc<Self>,
        session_id: &str,
        handoff: Option<&str>,
        call: VerifyCall,
        idempotency: Option<Vec<u8>>,
    ) -> Result<PageVerdict, RelayError> {
        with_priority(self.verify_now(session_id, handoff, call, idempotency)).await
    }

    async fn verify_now(
        self: &Arc<Self>,
        session_id: &str,
        handoff: Option<&str>,
        call: VerifyCall,
        idempotency: Option<Vec<u8>>,
    ) -> Result<PageVerdict, RelayError> {
        let capture = capture(&call)?;
        for _ in 0..MAX_READS {
            let (session, links) = self.current_with_links(session_id).await?;
            self.check_holder(&session, handoff).await?;
            check_person(&session, call.id.as_deref(), call.user_type)?;
            let link = find_link(&links, &call, idempotency.as_deref())?;
            if let Some(verdict) = self.verdict_of(&link.row)? {
                // An earlier photo's verdict is not the last one, even if the later ones have used up the session.
                let is_last = session.row.link_id.as_ref() == Some(&link.row.id);
                let is_final = is_last && self.is_final_in(&session.row, verdict.outcome, verdict.reason);
                return Ok(self.page_verdict(&session, &link.row.id, &verdict, is_final));
            }
            if link.row.released {
                let detail = "This link was given up. Ask for a new link.";
                return Err(RelayError::new(ProblemCode::SessionState).with_detail(detail));
            }
            match session.row.state {
                State::LinkIssued => {
                    if session.row.verifies >= self.limits.verifies {
                        return Err(RelayError::new(ProblemCode::SessionLimit));
                    }
                    let event = Event::VerifyStarted;
                    let answer = self.attempt(&session, link, event, idempotency.as_deref(), capture);
                    if let Some(verdict) = answer.await? {
                        let is_final = self.will_be_final(&session.row, verdict.outcome, verdict.reason);
                        return Ok(self.page_verdict(&session, &link.row.id, &verdict, is_final));
                    }
                }
                State::Verifying if session.row.link_id.as_deref() == Some(link.row.id.as_str()) => {
                    let verdict = self.wait_for_other(session_id, &link.row.id).await?;
                    let is_final = self.is_final_in(&session.row, verdict.outcome, verdict.reason);
                    return Ok(self.page_verdict(&session, &link.row.id, &verdict, is_final));
                }
                state => return Err(refusal(state)),
            }
        }
        Err(refusal(State::LinkIssued).retry_after(1))
    }

    /// Returns the verdict of a decided session, as [`Sessions::verify`] returned it. Asks the vendor nothing.
    ///
    /// # Errors
    /// [`RelayError`] if the session has no verdict on its last photo, or the database fails.
    pub async fn last_verdict(&self, session_id: &str) -> Result<PageVerdict, RelayError> {
        let session = self.current(session_id).await?;
        match session.row.state {
            State::Verified | State::Rejected => {
                let (link, verdict) = self.decided(&session.row).await?;
                let is_final = self.is_final_in(&session.row, verdict.outcome, verdict.reason);
                Ok(self.page_verdict(&session, &link.row.id, &verdict, is_final))
            }
            State::LinkIssued => {
                let detail = "The session has no verdict on its last photo yet.";
                Err(RelayError::new(ProblemCode::SessionState).with_detail(detail))
            }
            state => Err(refusal(state)),
        }
    }

    /// Waits for a verdict that another call, perhaps at another relay, has asked the vendor for. Fails if too many calls
    /// wait already: each holds a connection and reads the database.
    async fn wait_for_other(&self, session_id: &str, link_id: &str) -> Result<Verdict, RelayError> {
        let place = self.waiting.enter(session_id)?;
        let started = Instant::now();
        let longest_wait = self.vendor.timeout().saturating_add(MARGIN);
        while started.elapsed() < longest_wait {
            // Before the read, or an end between the read and the wait would go unnoticed.
            let woken = place.woken();
            if self.current(session_id).await?.row.state != State::Verifying {
                // If the other call failed, do not ask the vendor again here: every waiting call would do so at once.
                // The caller decides.
                return self.verdict_on(session_id, link_id).await;
            }
            let _ = timeout(POLL_INTERVAL, woken).await;
        }
        Err(refusal(State::Verifying))
    }

    fn page_verdict(&self, session: &OpenSession, link_id: &str, verdict: &Verdict, is_final: bool) -> PageVerdict {
        PageVerdict {
            proof: self.proof(session, link_id, verdict.outcome, verdict.reason, is_final),
            ..page_verdict(self.page, verdict, session.personal.reference.as_deref())
        }
    }
}
