//! The body of a webhook ([`WebhookEvent`], [`body`]): a session and its new state. It holds no personal data. The back
//! end reads the rest from `GET /v1/sessions/{id}`.

use akiba_protocol::{CameraKind, Outcome, PhotoSource, Reason};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::rfc3339;
use crate::handoff::Kind;
use crate::lifecycle::State;
use crate::proof::Statement;

/// The body of a webhook.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "type": "session.verified",
    "timestamp": "2026-02-03T02:05:06.123Z",
    "data": {
        "session_id": "ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
        "reference": "order-4711",
        "state": "verified",
        "outcome": "verified",
        "final": true,
    },
}))]
pub struct WebhookEvent<'a> {
    /// The name of the event.
    #[serde(rename = "type")]
    #[schema(pattern = "^session\\.(verified|rejected|unknown|expired|disowned|closed)$")]
    event: &'a str,
    /// When the event happened.
    #[schema(format = "date-time")]
    timestamp: String,
    /// The session and its new state.
    data: WebhookData<'a>,
}

/// A session and its state.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct WebhookData<'a> {
    /// The id of the session.
    #[schema(pattern = "^ses_[0-9a-f]{32}$")]
    session_id: &'a str,
    /// The host's own reference for the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    /// The state of the session.
    state: State,
    /// Verified or rejected. Present only with a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Why the selfie was rejected: `not-matched`, `fraud` or `unclear`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Whether this verdict is the last one. If not, the page may still ask for a verdict on another photo.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    is_final: Option<bool>,
    /// The hand-off to a phone, if one has the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<HandoffFacts>,
    /// What the page says about the photo of the verdict. A hint: a page can say anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<Capture>,
    /// Proves the verdict: a JWT, as the page gets it. Each delivery has a new one. Absent if the relay has no proof keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'a str>,
}

/// What a back end learns about a hand-off to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct HandoffFacts {
    /// Whether a phone had the session.
    pub used: bool,
    /// When a phone opened the link.
    #[schema(format = "date-time")]
    pub opened_at: String,
    /// Whether it began at a desktop, or with a link that the back end sent.
    pub kind: Kind,
    /// Whether phone and desktop called from one network, as far as the relay saw their addresses. A phone on mobile data is
    /// honest, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_network: Option<bool>,
}

/// What a page says about its photo. It comes from a browser, so it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Capture {
    /// The camera of the page, or a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PhotoSource>,
    /// The kind of camera, as far as its name and its direction tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<CameraKind>,
}

/// What a webhook says about a verdict in addition to its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictDetail {
    /// Why the selfie was rejected.
    pub reason: Option<Reason>,
    /// Whether this verdict is the last one. If not, the page may still ask for a verdict on another photo.
    pub is_final: bool,
    /// What to prove; `None` if there are no proof keys.
    pub proof: Option<Statement>,
    /// What the page says about the photo.
    pub capture: Option<Capture>,
}

/// The name of the event that closes a session whose state does not change: a rejected person could have sent another
/// photo until now, or the limits were used up without a verdict.
pub const CLOSED: &str = "session.closed";

/// Returns the name of the event that reports a state. Returns `None` for the intermediate states, which no event
/// reports.
#[must_use]
pub fn name(state: State) -> Option<&'static str> {
    match state {
        State::Verified => Some("session.verified"),
        State::Rejected => Some("session.rejected"),
        State::Unknown => Some("session.unknown"),
        State::Expired => Some("session.expired"),
        State::Disowned => Some("session.disowned"),
        State::Created | State::LinkIssued | State::Verifying => None,
    }
}

/// Returns whether an event has this name.
#[must_use]
pub fn is_event(text: &str) -> bool {
    text == CLOSED || State::ALL.into_iter().filter_map(name).any(|name| name == text)
}

/// What a webhook reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The name of the event.
    pub event: &'static str,
    /// The state of the session.
    pub state: State,
    /// The end of the verdict, if the session has one.
    pub detail: Option<VerdictDetail>,
    /// The hand-off to a phone, if one has the session.
    pub handoff: Option<HandoffFacts>,
}

impl News {
    /// Returns the news of a new state, or `None` for an intermediate state.
    #[must_use]
    pub fn of_state(state: State, detail: Option<VerdictDetail>) -> Option<Self> {
        name(state).map(|event| Self { event, state, detail, handoff: None })
    }

    /// Returns the news that a session has closed in this state.
    #[must_use]
    pub fn closed(state: State, detail: Option<VerdictDetail>) -> Self {
        Self { event: CLOSED, state, detail, handoff: None }
    }

    /// Adds the hand-off to a phone, if there is one.
    #[must_use]
    pub fn with_handoff(self, handoff: Option<HandoffFacts>) -> Self {
        Self { handoff, ..self }
    }
}

/// Returns the body of the webhook with these news of a session.
#[must_use]
pub fn body(news: &News, session_id: &str, reference: Option<&str>, now: i64) -> Option<String> {
    let News { event, state, detail, handoff } = news;
    let (state, detail) = (*state, detail.as_ref());
    let outcome = match state {
        State::Verified => Some(Outcome::Verified),
        State::Rejected => Some(Outcome::Rejected),
        _ => None,
    };
    let (reason, is_final) = (detail.and_then(|detail| detail.reason), detail.map(|detail| detail.is_final));
    let (handoff, capture) = (handoff.clone(), detail.and_then(|detail| detail.capture));
    let data = WebhookData { session_id, reference, state, outcome, reason, is_final, handoff, capture, proof: None };
    serde_json::to_string(&WebhookEvent { event, timestamp: rfc3339(now), data }).ok()
}

/// Adds a proof to a body. Returns `None` if the text is not the body of a webhook.
#[must_use]
pub fn with_proof(body: &str, proof: &str) -> Option<String> {
    let mut event: Value = serde_json::from_str(body).ok()?;
    event.get_mut("data")?.as_object_mut()?.insert("proof".to_owned(), proof.into());
    Some(event.to_string())
}

#[cfg(test)]
mod tests {
    use akiba_protocol::Reason;
    use serde_json::{Value, json};

    use super::{News, State, VerdictDetail, body, with_proof};

    #[test]
    fn final_states_have_a_body_and_intermediate_states_have_none() {
        let read = |text: Option<String>| text.map(|text| serde_json::from_str::<Value>(&text).unwrap());
        let fraud = VerdictDetail { reason: Some(Reason::Fraud), is_final: true, proof: None, capture: None };
        assert_eq!(
            read(body(&News::of_state(State::Rejected, Some(fraud)).unwrap(), "ses_1", Some("order-7"), 0)),
            Some(json!({
                "type": "session.rejected", "timestamp": "1970-01-01T00:00:00Z",
                "data": {
                    "session_id": "ses_1", "reference": "order-7", "state": "rejected",
                    "outcome": "rejected", "reason": "fraud", "final": true,
                },
            }))
        );
        let unknown = News::of_state(State::Unknown, None).unwrap();
        assert_eq!(
            read(body(&unknown, "ses_1", None, 0)).unwrap()["data"],
            json!({ "session_id": "ses_1", "state": "unknown" })
        );
        let proven = body(&unknown, "ses_1", None, 0).and_then(|text| with_proof(&text, "a.b.c"));
        assert_eq!(
            read(proven).unwrap()["data"],
            json!({ "session_id": "ses_1", "state": "unknown", "proof": "a.b.c" })
        );
        for state in [State::Created, State::LinkIssued, State::Verifying] {
            assert_eq!(News::of_state(state, None), None);
        }
    }
}
