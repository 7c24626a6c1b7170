//! Selects the part of the vendor's answer that is stored ([`retained`]): by default only what the verdict needs.

use akiba_protocol::{Identity, VerifyData, VerifyReply};
use serde_json::Map;

use super::settings::Retain;

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
    use akiba_protocol::{Verdict, VerifyReply};
    use serde_json::json;

    use super::retained;
    use crate::session::settings::Retain;

    #[test]
    fn the_record_is_dropped_and_the_outcome_stays_the_same() {
        for (status, fraud) in [("success", "Low"), ("success", "High"), ("failed", "Low")] {
            let reply = json!({
                "status": status, "message": "said", "trace": "t-1",
                "data": { "more": 1, "identity": {
                    "fullname": "FRANK NONO", "dob": "1991-12-12", "photo_id": [{ "url": "x" }], "passport": "A1",
                    "fraud_score": 0.21, "fraud_detected": fraud, "facial_recognition_confidence": 0.95,
                } },
            });
            let reply: VerifyReply = serde_json::from_value(reply).unwrap();
            let short = retained(Retain::Verdict, reply.clone());
            assert_eq!(
                serde_json::to_value(&short).unwrap(),
                json!({
                    "status": status, "message": "said",
                    "data": { "identity": {
                        "fraud_score": 0.21, "fraud_detected": fraud, "facial_recognition_confidence": 0.95,
                    } },
                })
            );
            let (whole, short) = (Verdict::of(reply.clone()), Verdict::of(short));
            assert_eq!((whole.outcome, whole.reason), (short.outcome, short.reason));
            assert_eq!(retained(Retain::Full, reply.clone()), reply);
        }
        assert_eq!(retained(Retain::Verdict, VerifyReply::default()), VerifyReply::default());
    }
}
