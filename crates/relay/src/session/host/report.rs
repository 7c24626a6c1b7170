//! Returns a session to the host's back end ([`Session`]).

use akiba_protocol::{Outcome, Reason, VerifyReply};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::ListedSession;
use crate::clock::rfc3339;
use crate::error::RelayError;
use crate::lifecycle::State;
use crate::session::Sessions;
use crate::session::read::disagree;
use crate::session::record::{Agreed, Consent, OpenSession};
use crate::store::sessions::SessionRow;
use crate::webhook::event::{Capture, HandoffFacts};

/// The answer of `GET /v1/sessions/{id}`. It leaves out the identifier, which the back end knows.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "session_id": "ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "state": "verified",
    "type": "1",
    "reference": "order-4711",
    "created_at": "2026-02-03T02:04:05Z",
    "expires_at": "2026-02-03T02:19:05Z",
    "updated_at": "2026-02-03T02:05:06.123Z",
    "links": 1,
    "verifies": 1,
    "handoff": { "used": true, "opened_at": "2026-02-03T02:04:35Z", "kind": "desktop", "same_network": false },
    "verdict": {
        "outcome": "verified",
        "final": true,
        "decided_at": "2026-02-03T02:05:06.123Z",
        "customer_id": "A3020FM2PX",
        "capture": { "source": "camera", "camera": "front" },
        "reply": { "status": "success", "message": "Identity and Selfie succesfully verified" },
    },
}))]
pub struct Session {
    /// What a list has of it, too.
    #[serde(flatten)]
    pub session: ListedSession,
    /// The text that the person agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What the person agreed to on the element's consent screen, as the page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
    /// The last hand-off that a phone has opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandoffFacts>,
    /// The verdict, while the session is `verified` or `rejected`.
    #[schema(required)]
    pub verdict: Option<Verdict>,
}

// Not `akiba_protocol::Verdict`: this is the public schema, whose name and description are in the OpenAPI document.
/// A verdict.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct Verdict {
    /// Verified or rejected.
    pub outcome: Outcome,
    /// Why the selfie was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether this verdict is the last one. If not, the page may still ask for a verdict on another photo.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// When the verdict arrived.
    #[schema(format = "date-time")]
    pub decided_at: String,
    /// The vendor's id of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// What the page says about the photo. A hint: a page can say anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<Capture>,
    /// The stored part of the vendor's answer. Personal data.
    pub reply: VerifyReply,
}

impl Sessions {
    /// Returns a session to the back end with this API key.
    ///
    /// # Errors
    /// [`RelayError`] if there is no such session, or the database fails.
    pub async fn report(&self, key: &str, id: &str) -> Result<Session, RelayError> {
        let _permit = self.capacity.host.acquire()?;
        self.report_of(self.current_of(key, id).await?).await
    }

    pub(super) async fn report_of(&self, session: OpenSession) -> Result<Session, RelayError> {
        let row = &session.row;
        let decided = matches!(row.state, State::Verified | State::Rejected);
        let verdict = if decided { Some(self.reported_verdict(row).await?) } else { None };
        let (consent, agreed) = (session.personal.consent.clone(), session.personal.agreed.clone());
        let handoff = self.handoff_facts(row).await?;
        Ok(Session { session: session.into(), consent, agreed, handoff, verdict })
    }

    /// Returns the verdict of a decided session for the back end.
    async fn reported_verdict(&self, row: &SessionRow) -> Result<Verdict, RelayError> {
        let (link, akiba_protocol::Verdict { outcome, reason, reply }) = self.decided(row).await?;
        let decided_at = link.row.decided_at.ok_or_else(disagree)?;
        let is_final = self.is_final_in(row, outcome, reason);
        let capture = self.capture_of(&link.row)?;
        let customer_id = link.issued.customer_id;
        Ok(Verdict { outcome, reason, is_final, decided_at: rfc3339(decided_at), customer_id, capture, reply })
    }
}
