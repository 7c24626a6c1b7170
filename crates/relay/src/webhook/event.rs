//! The body of a webhook ([`WebhookEvent`], [`body`]): which session came to which end. It names no person; the back end
//! reads the rest from `GET /v1/sessions/{id}`.

use akiba_protocol::{Outcome, Reason};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::rfc3339;
use crate::lifecycle::State;

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
    /// Its name.
    #[serde(rename = "type")]
    #[schema(pattern = "^session\\.(verified|rejected|unknown|expired)$")]
    event: &'a str,
    /// When it happened.
    #[schema(format = "date-time")]
    timestamp: String,
    /// What happened.
    data: WebhookData<'a>,
}

/// Which session came to which end.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct WebhookData<'a> {
    /// The session.
    #[schema(pattern = "^ses_[0-9a-f]{32}$")]
    session_id: &'a str,
    /// The host's own word for the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    /// Where it stands.
    state: State,
    /// Verified or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Whether the verdict stays; else another photo may still be judged.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    is_final: Option<bool>,
}

/// What is told of a verdict beside its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictDetail {
    /// Why it is not a better one.
    pub reason: Option<Reason>,
    /// Whether it stays; else another photo may still be judged.
    pub is_final: bool,
}

/// The name of the event that a state is told by; `None` for the states on the way, which are not told.
#[must_use]
pub fn name(state: State) -> Option<&'static str> {
    match state {
        State::Verified => Some("session.verified"),
        State::Rejected => Some("session.rejected"),
        State::Unknown => Some("session.unknown"),
        State::Expired => Some("session.expired"),
        State::Created | State::LinkIssued | State::Verifying => None,
    }
}

/// The body of the webhook about a session that came to a state; `None` as for [`name`].
#[must_use]
pub fn body(
    session_id: &str,
    reference: Option<&str>,
    state: State,
    end: Option<VerdictDetail>,
    now: i64,
) -> Option<String> {
    let outcome = match state {
        State::Verified => Some(Outcome::Verified),
        State::Rejected => Some(Outcome::Rejected),
        _ => None,
    };
    let (reason, is_final) = (end.and_then(|end| end.reason), end.map(|end| end.is_final));
    let data = WebhookData { session_id, reference, state, outcome, reason, is_final };
    serde_json::to_string(&WebhookEvent { event: name(state)?, timestamp: rfc3339(now), data }).ok()
}

#[cfg(test)]
mod tests {
    use akiba_protocol::Reason;
    use serde_json::{Value, json};

    use super::{State, VerdictDetail, body};

    #[test]
    fn ends_are_told_and_the_way_is_not() {
        let read = |text: Option<String>| text.map(|text| serde_json::from_str::<Value>(&text).unwrap());
        let fraud = VerdictDetail { reason: Some(Reason::Fraud), is_final: true };
        assert_eq!(
            read(body("ses_1", Some("order-7"), State::Rejected, Some(fraud), 0)),
            Some(json!({
                "type": "session.rejected", "timestamp": "1970-01-01T00:00:00Z",
                "data": {
                    "session_id": "ses_1", "reference": "order-7", "state": "rejected",
                    "outcome": "rejected", "reason": "fraud", "final": true,
                },
            }))
        );
        assert_eq!(
            read(body("ses_1", None, State::Unknown, None, 0)).unwrap()["data"],
            json!({ "session_id": "ses_1", "state": "unknown" })
        );
        for state in [State::Created, State::LinkIssued, State::Verifying] {
            assert_eq!(body("ses_1", None, state, None, 0), None);
        }
    }
}
