//! Selects the part of the vendor's answer that is stored ([`retained`]): by default only what the verdict needs. It is
//! stored together with its judgement and with what the page said about the photo ([`to_stored`], [`from_stored`],
//! [`capture_from`]).

use akiba_protocol::{Identity, Judgement, Reason, Verdict, VerifyData, VerifyReply};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::settings::Retain;
use crate::webhook::event::Capture;

/// A verdict as it is stored. It is judged once, when it arrives. Neither a shortened reply nor a profile that was
/// changed in the meantime may change it.
#[derive(Serialize, Deserialize)]
pub struct StoredVerdict {
    #[serde(rename = "akiba_relay_judgement")]
    judgement: Judgement,
    #[serde(default, rename = "akiba_relay_capture", skip_serializing_if = "Option::is_none")]
    capture: Option<Capture>,
    #[serde(flatten)]
    reply: VerifyReply,
}

/// The member of a stored reply that holds its judgement.
const JUDGEMENT: &str = "akiba_relay_judgement";

/// The member that holds what the page said about the photo.
const CAPTURE: &str = "akiba_relay_capture";

/// Converts a verdict for the database.
#[must_use]
pub fn to_stored(verdict: &Verdict, capture: Option<Capture>) -> StoredVerdict {
    let mut reply = verdict.reply.clone();
    // The vendor must not bring its own.
    for member in [JUDGEMENT, CAPTURE] {
        reply.extra.remove(member);
    }
    StoredVerdict { judgement: verdict.judgement(), capture, reply }
}

/// Returns what the page said about the photo of a stored verdict. Earlier versions stored nothing.
#[must_use]
pub fn capture_from(stored: &Value) -> Option<Capture> {
    stored.get(JUDGEMENT)?;
    Capture::deserialize(stored.get(CAPTURE)?).ok()
}

/// Reads a verdict from the database.
///
/// Earlier versions stored no judgement. Their back ends and pages know the verdict by the rule of that time.
///
/// # Errors
/// [`serde_json::Error`] if it is not a stored verdict.
pub fn from_stored(stored: &Value) -> Result<Verdict, serde_json::Error> {
    if stored.get(JUDGEMENT).is_none() {
        return VerifyReply::deserialize(stored)
            .map(|reply| Verdict::new(judgement_of_earlier_versions(&reply), reply));
    }
    StoredVerdict::deserialize(stored).map(|stored| Verdict::new(stored.judgement, stored.reply))
}

/// Judges a reply by the rule of the versions that stored no judgement: a success was verified unless its fraud word was
/// `High`.
fn judgement_of_earlier_versions(reply: &VerifyReply) -> Judgement {
    let word = reply.data.as_ref().and_then(|data| data.identity.as_ref()?.fraud_detected.as_deref());
    Judgement::because(match reply.status.as_deref() {
        Some("success") if word.is_some_and(|word| word.trim().eq_ignore_ascii_case("high")) => Some(Reason::Fraud),
        Some("success") => None,
        _ => Some(Reason::NotMatched),
    })
}

/// Returns the part of an answer to store. It gives the same outcome as the whole answer.
#[must_use]
pub fn retained(retain: Retain, reply: VerifyReply) -> VerifyReply {
    if retain == Retain::Full {
        return reply;
    }
    let identity = reply.data.and_then(|data| data.identity).map(|identity| Identity {
        fraud_score: identity.fraud_score,
        fraud_detected: identity.fraud_detected,
        facial_recognition_confidence: identity.facial_recognition_confidence,
        ..Identity::default()
    });
    let data = identity.map(|identity| VerifyData { identity: Some(identity), extra: Map::new() });
    VerifyReply { status: reply.status, message: reply.message, data, extra: Map::new() }
}

#[cfg(test)]
mod tests {
    use akiba_protocol::{MayBeMissing, Reason, Verdict, VerifyReply};
    use serde_json::{Value, json};

    use super::{capture_from, from_stored, retained, to_stored};
    use crate::session::settings::Retain;
    use crate::webhook::event::Capture;

    /// Stores a verdict and reads it again.
    fn stored(verdict: &Verdict) -> Verdict {
        let bytes = serde_json::to_vec(&to_stored(verdict, None)).unwrap();
        from_stored(&serde_json::from_slice(&bytes).unwrap()).unwrap()
    }

    #[test]
    fn the_record_is_dropped_and_the_outcome_stays_the_same() {
        for (status, fraud) in [("success", "Low"), ("success", "High"), ("success", "Very High"), ("failed", "Low")] {
            let reply = json!({
                "status": status, "message": "said", "trace": "t-1",
                "data": { "more": 1, "identity": {
                    "fullname": "FRANK NONO", "dob": "1991-12-12", "photo_id": [{ "url": "x" }], "passport": "A1",
                    "fraud_score": 0.21, "fraud_detected": fraud, "facial_recognition_confidence": 0.95,
                } },
            });
            let whole = Verdict::of(&reply, MayBeMissing::Nothing).unwrap();
            let short = retained(Retain::Verdict, whole.reply.clone());
            let written = json!({
                "status": status, "message": "said",
                "data": { "identity": {
                    "fraud_score": 0.21, "fraud_detected": fraud, "facial_recognition_confidence": 0.95,
                } },
            });
            assert_eq!(serde_json::to_value(&short).unwrap(), written);
            assert_eq!(Verdict::of(&written, MayBeMissing::Nothing).unwrap().judgement(), whole.judgement());
            assert_eq!(retained(Retain::Full, whole.reply.clone()), whole.reply);
        }
        assert_eq!(retained(Retain::Verdict, VerifyReply::default()), VerifyReply::default());
    }

    #[test]
    fn a_stored_verdict_keeps_its_judgement() {
        let replies = [
            json!({ "status": "success", "data": { "identity": { "fraud_detected": "Low" } } }),
            json!({ "status": "success", "data": { "identity": { "fraud_score": 0.2 } } }),
            json!({ "status": "success", "data": { "identity": { "fraud_detected": ["High"] } } }),
            json!({ "status": "success", "data": { "identity": { "fraud_detected": null } } }),
            json!({ "status": "success", "data": { "identity": [] } }),
            json!({ "status": "success", "data": [] }),
            json!({ "status": "success" }),
            json!({ "status": "failed" }),
            json!({ "status": true, "akiba_relay_judgement": { "outcome": "verified", "reason": null } }),
        ];
        for reply in replies {
            for may_be_missing in [MayBeMissing::Nothing, MayBeMissing::FraudWord] {
                for retain in [Retain::Verdict, Retain::Full] {
                    let verdict = Verdict::of(&reply, may_be_missing).unwrap();
                    let kept = Verdict { reply: retained(retain, verdict.reply), ..verdict };
                    assert_eq!(stored(&kept).judgement(), kept.judgement(), "{reply} {may_be_missing:?}");
                }
            }
        }
    }

    #[test]
    fn what_the_page_said_is_stored_and_the_vendor_cannot_say_it() {
        let said = json!({ "source": "camera", "camera": "virtual" });
        let reply = json!({ "status": "success", "akiba_relay_capture": said });
        let verdict = Verdict::of(&reply, MayBeMissing::FraudWord).unwrap();
        let read = |capture| {
            let stored = serde_json::to_value(to_stored(&verdict, capture)).unwrap();
            assert_eq!(from_stored(&stored).unwrap().judgement(), verdict.judgement());
            capture_from(&stored)
        };
        let capture: Capture = serde_json::from_value(said).unwrap();
        assert_eq!(read(Some(capture)), Some(capture));
        assert_eq!(read(None), None);
        assert_eq!(capture_from(&reply), None, "an earlier version stored the vendor's words as they came");
    }

    #[test]
    fn a_verdict_of_an_earlier_version_is_read() {
        let rows: [(Value, Option<Reason>); 5] = [
            (json!({ "status": "success", "data": { "identity": { "fraud_detected": "Low" } } }), None),
            (json!({ "status": "success" }), None),
            (json!({ "status": "success", "data": { "identity": { "fraud_detected": "High" } } }), Some(Reason::Fraud)),
            (json!({ "status": "success", "data": { "identity": { "fraud_detected": "None" } } }), None),
            (json!({ "message": "No match" }), Some(Reason::NotMatched)),
        ];
        for (before, reason) in rows {
            let verdict = from_stored(&before).unwrap();
            assert_eq!(verdict.reason, reason, "{before}");
            assert_eq!(serde_json::to_value(verdict.reply).unwrap(), before);
        }
        assert!(from_stored(&json!([])).is_err());
        assert!(from_stored(&json!({ "akiba_relay_judgement": "verified" })).is_err());
    }
}
