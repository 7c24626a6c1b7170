//! The published JSON of the vendor's verify replies ([`verify_reply`], [`failure`]). Pure.
//!
//! The vendor writes scores as strings, the types of `akiba-protocol` write numbers. So the JSON is built here.

use akiba_protocol::CustomerType;
use serde_json::{Value, json};

use crate::identities::Scenario;

/// The message of the vendor's published example, with its misspelling.
const VERIFIED: &str = "Identity and Selfie succesfully verified";
const NOT_MATCHED: &str = "Selfie does not match the photo on record";

/// The scores of a reply as strings.
struct Scores {
    fraud: &'static str,
    word: &'static str,
    confidence: &'static str,
}

/// Returns the reply for a selfie that could be read.
///
/// A selfie that does not match gets the record as well. Only the status tells; a client that takes a record for success
/// fails here.
pub(crate) fn verify_reply(scenario: Scenario, identifier: &str, customer_type: CustomerType, s3_key: &str) -> Value {
    let (status, message, scores) = match scenario {
        Scenario::NotMatched => ("failed", NOT_MATCHED, Scores { fraud: "0.35", word: "Medium", confidence: "0.12" }),
        Scenario::HighFraud => ("success", VERIFIED, Scores { fraud: "0.92", word: "High", confidence: "0.91" }),
        Scenario::UnclearFraud => {
            ("success", VERIFIED, Scores { fraud: "0.98", word: "Very High", confidence: "0.91" })
        }
        _ => ("success", VERIFIED, Scores { fraud: "0.04", word: "Low", confidence: "0.97" }),
    };
    json!({
        "status": status,
        "message": message,
        "data": { "identity": identity(identifier, customer_type, s3_key, &scores) },
    })
}

/// Returns the reply if there is no selfie to compare.
pub(crate) fn failure(message: &str) -> Value {
    json!({ "status": "failed", "message": message })
}

/// Returns a made-up record, which is always the same for an identifier.
fn identity(identifier: &str, customer_type: CustomerType, s3_key: &str, scores: &Scores) -> Value {
    let seed = fnv1a(identifier);
    let pick = |from: &[&'static str], shift: u32| -> &'static str {
        let index = usize::try_from(seed >> shift).unwrap_or_default() % from.len().max(1);
        from.get(index).copied().unwrap_or_default()
    };
    let (first, gender) = *[("THANDI", "F"), ("SIPHO", "M"), ("NALEDI", "F"), ("PIETER", "M")]
        .get(usize::try_from(seed % 4).unwrap_or_default())
        .unwrap_or(&("THANDI", "F"));
    let last = pick(&["SANDBOX", "TESTER", "EXAMPLE", "SAMPLE"], 8);
    let person = customer_type == CustomerType::Individual;
    let dob = format!("19{:02}-{:02}-{:02}", 60 + (seed >> 16) % 40, 1 + (seed >> 24) % 12, 1 + (seed >> 32) % 28);
    json!({
        "_id": format!("{seed:024x}"),
        "id_number": identifier,
        "firstname": person.then_some(first),
        "lastname": person.then_some(last),
        "fullname": if person { format!("{first} {last}") } else { format!("{last} TRADING (PTY) LTD") },
        "dob": person.then_some(dob),
        "gender": person.then_some(gender),
        "marital_status": person.then(|| pick(&["Single", "Married"], 40)),
        "middlename": null,
        "photo_id": [{ "_id": format!("{:024x}", fnv1a(s3_key)), "url": "LINK TO SELFIE" }],
        "fraud_score": scores.fraud,
        "fraud_detected": scores.word,
        "facial_recognition_confidence": scores.confidence,
        "created_at": "2020-04-23T11:51:00.286Z",
        "last_updated": "2020-12-21T17:45:25.908Z",
    })
}

/// Returns the 64-bit FNV-1a hash: a seed that is the same on every machine and in every version.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use akiba_protocol::{MayBeMissing, Reason, Verdict};

    use super::*;

    fn verdict(scenario: Scenario, customer_type: CustomerType) -> Verdict {
        let reply = verify_reply(scenario, "8001015009087", customer_type, "k");
        Verdict::of(&reply, MayBeMissing::Nothing).unwrap()
    }

    #[test]
    fn each_scenario_has_its_verdict() {
        for customer_type in [CustomerType::Individual, CustomerType::Business] {
            assert_eq!(verdict(Scenario::Verified, customer_type).reason, None);
            assert_eq!(verdict(Scenario::NotMatched, customer_type).reason, Some(Reason::NotMatched));
            assert_eq!(verdict(Scenario::HighFraud, customer_type).reason, Some(Reason::Fraud));
            assert_eq!(verdict(Scenario::UnclearFraud, customer_type).reason, Some(Reason::Unclear));
        }
    }

    #[test]
    fn scores_are_strings_and_every_published_field_is_there() {
        let reply = verify_reply(Scenario::Verified, "8001015009087", CustomerType::Individual, "k");
        let identity = reply["data"]["identity"].as_object().unwrap();
        let published = [
            "_id",
            "id_number",
            "firstname",
            "lastname",
            "fullname",
            "dob",
            "gender",
            "marital_status",
            "middlename",
            "photo_id",
            "fraud_score",
            "fraud_detected",
            "facial_recognition_confidence",
            "created_at",
            "last_updated",
        ];
        assert_eq!(identity.len(), published.len());
        for name in published {
            assert!(identity.contains_key(name), "{name}");
        }
        for score in ["fraud_score", "facial_recognition_confidence"] {
            assert!(identity[score].is_string(), "{score}");
        }
        let verdict = verdict(Scenario::Verified, CustomerType::Individual);
        assert_eq!(verdict.identity().unwrap().fraud_score.unwrap().value(), 0.04);
    }

    #[test]
    fn a_record_depends_only_on_its_identifier() {
        let name =
            |id| verify_reply(Scenario::Verified, id, CustomerType::Individual, "k")["data"]["identity"]["_id"].clone();
        assert_eq!(name("1"), name("1"));
        assert_ne!(name("1"), name("2"));
    }
}
