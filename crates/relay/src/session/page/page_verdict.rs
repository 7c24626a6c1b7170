//! The part of a verdict that the page gets ([`PageVerdict`]). It is an allow-list of members. It has the shape of the
//! vendor's answer, so that the widget can parse both.

use akiba_protocol::{Outcome, Reason, Verdict, VerifyReply};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use crate::session::settings::PageReply;

/// A verdict for the page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[schema(example = json!({
    "status": "success",
    "message": "Identity and Selfie succesfully verified",
    "outcome": "verified",
    "reference": "order-4711",
}))]
pub struct PageVerdict {
    /// Verified or rejected.
    pub outcome: Outcome,
    /// Why the selfie was rejected. Absent if it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The host's own reference for the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Proves the verdict to the back end: a JWT. Absent if the relay has no proof keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$")]
    pub proof: Option<String>,
    /// The members that the page may see, in the shape of the vendor's answer.
    #[serde(flatten)]
    pub reply: VerifyReply,
}

/// The `status` of a rejection whose vendor status is `success` or missing.
const FAILED: &str = "failed";

/// Returns the answer to the page, still without a proof.
#[must_use]
pub fn page_verdict(kind: PageReply, verdict: &Verdict, reference: Option<&str>) -> PageVerdict {
    // Where something overrules a status of success, the vendor's own sentence contradicts the outcome.
    let agrees = matches!(verdict.reason, None | Some(Reason::NotMatched));
    let mut reply = match kind {
        PageReply::Full => verdict.reply.clone(),
        PageReply::Verdict => VerifyReply {
            status: Some(status(verdict)),
            message: verdict.reply.message.clone().filter(|_| agrees),
            data: None,
            extra: Map::new(),
        },
    };
    // The relay sets these members itself.
    for word in ["outcome", "reason", "reference", "proof"] {
        reply.extra.remove(word);
    }
    let reference = reference.map(str::to_owned);
    PageVerdict { outcome: verdict.outcome, reason: verdict.reason, reference, proof: None, reply }
}

/// Returns a status that agrees with the outcome, even for a client that reads nothing else.
fn status(verdict: &Verdict) -> String {
    match (verdict.outcome, verdict.reply.status.as_deref()) {
        (Outcome::Verified, _) => "success".to_owned(),
        (Outcome::Rejected, Some(status)) if status != "success" => status.to_owned(),
        (Outcome::Rejected, _) => FAILED.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use akiba_protocol::{Judgement, MayBeMissing, Verdict};
    use serde_json::{Value, json};

    use super::page_verdict;
    use crate::session::settings::PageReply;

    fn verdict(status: Value, fraud: Value) -> Verdict {
        let vendor = json!({
            "status": status, "message": "said", "request": "r-1", "outcome": "the vendor's", "reference": "its own",
            "reason": "its own", "proof": "its own", "data": { "identity": { "fullname": "FRANK NONO", "fraud_detected": fraud } },
        });
        Verdict::of(&vendor, MayBeMissing::Nothing).unwrap()
    }

    /// How the widget judges the answer.
    fn in_the_widget(reply: &impl serde::Serialize) -> Judgement {
        Judgement::of_page_reply(&&serde_json::to_value(reply).unwrap())
    }

    #[test]
    fn the_page_gets_the_outcome_without_the_record() {
        let rejected =
            |status: &str, reason: &str| json!({ "status": status, "outcome": "rejected", "reason": reason });
        let rows = [
            (json!("success"), json!("Low"), json!({ "status": "success", "message": "said", "outcome": "verified" })),
            (json!("success"), json!("High"), rejected("failed", "fraud")),
            (json!("success"), json!("Very High"), rejected("failed", "unclear")),
            (json!("success"), json!(["High"]), rejected("failed", "unclear")),
            (json!("no-match"), json!("Low"), rejected("no-match", "not-matched")),
            (json!(null), json!("Low"), rejected("failed", "not-matched")),
        ];
        for (status, fraud, mut expected) in rows {
            expected["reference"] = json!("order-7");
            if expected["reason"] == "not-matched" {
                expected["message"] = json!("said");
            }
            let verdict = verdict(status, fraud);
            let reply = page_verdict(PageReply::Verdict, &verdict, Some("order-7"));
            assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
            assert_eq!(in_the_widget(&reply), verdict.judgement());
            // A reader of the status alone has the same outcome.
            assert_eq!(expected["status"] == "success", verdict.is_verified());
        }
    }

    #[test]
    fn a_full_reply_keeps_the_vendor_answer() {
        for fraud in [json!("Low"), json!("High"), json!("None"), json!(true)] {
            let verdict = verdict(json!("success"), fraud);
            let reply = page_verdict(PageReply::Full, &verdict, None);
            assert_eq!(reply.reply.data, verdict.reply.data);
            assert_eq!(reply.reply.extra["request"], "r-1");
            let text = serde_json::to_string(&reply).unwrap();
            assert_eq!(text.matches("\"outcome\"").count(), 1, "{text}");
            assert!(text.matches("\"reason\"").count() == usize::from(!verdict.is_verified()), "{text}");
            assert!(!text.contains("\"reference\"") && !text.contains("own"), "{text}");
            assert_eq!(in_the_widget(&reply), verdict.judgement());
        }
    }

    #[test]
    fn a_success_without_a_fraud_word_is_one_in_the_widget_where_it_may_be_missing() {
        let vendor = json!({ "status": "success", "data": { "identity": { "fraud_score": 0.1 } } });
        for (may_be_missing, verified) in [(MayBeMissing::Nothing, false), (MayBeMissing::FraudWord, true)] {
            let verdict = Verdict::of(&vendor, may_be_missing).unwrap();
            assert_eq!(verdict.is_verified(), verified);
            for kind in [PageReply::Verdict, PageReply::Full] {
                assert_eq!(in_the_widget(&page_verdict(kind, &verdict, None)), verdict.judgement());
            }
        }
    }
}
