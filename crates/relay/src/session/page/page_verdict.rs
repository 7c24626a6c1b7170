//! The part of a verdict that the page gets ([`PageVerdict`]). It is an allow-list of members. It has the shape of the
//! vendor's answer, so that the widget can parse both.

use akiba_protocol::{Outcome, Verdict, VerifyReply};
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
    /// The host's own reference for the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The members that the page may see, in the shape of the vendor's answer.
    #[serde(flatten)]
    pub reply: VerifyReply,
}

/// The `status` of a rejection whose vendor status is `success` or missing.
const FAILED: &str = "failed";

/// Returns the answer to the page.
#[must_use]
pub fn page_verdict(kind: PageReply, verdict: &Verdict, reference: Option<&str>) -> PageVerdict {
    let mut reply = match kind {
        PageReply::Full => verdict.reply.clone(),
        PageReply::Verdict => VerifyReply {
            status: Some(status(verdict)),
            // In a case of fraud, the vendor's status and message can still speak of success. Drop that message.
            message: verdict.reply.message.clone().filter(|_| verdict.reason != Some(akiba_protocol::Reason::Fraud)),
            data: None,
            extra: Map::new(),
        },
    };
    // The relay sets these two members itself.
    reply.extra.remove("outcome");
    reply.extra.remove("reference");
    PageVerdict { outcome: verdict.outcome, reference: reference.map(str::to_owned), reply }
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
    use akiba_protocol::{Verdict, VerifyReply};
    use serde_json::{Value, json};

    use super::page_verdict;
    use crate::session::settings::PageReply;

    fn verdict(status: Value, fraud: &str) -> Verdict {
        let vendor = json!({
            "status": status, "message": "said", "request": "r-1", "outcome": "the vendor's", "reference": "its own",
            "data": { "identity": { "fullname": "FRANK NONO", "fraud_detected": fraud } },
        });
        Verdict::of(serde_json::from_value(vendor).unwrap())
    }

    #[test]
    fn the_page_gets_the_outcome_without_the_record() {
        let rows = [
            (json!("success"), "Low", json!({ "status": "success", "message": "said", "outcome": "verified" })),
            (json!("success"), "High", json!({ "status": "failed", "outcome": "rejected" })),
            (json!("no-match"), "Low", json!({ "status": "no-match", "message": "said", "outcome": "rejected" })),
            (json!(null), "Low", json!({ "status": "failed", "message": "said", "outcome": "rejected" })),
        ];
        for (status, fraud, mut expected) in rows {
            expected["reference"] = json!("order-7");
            let verdict = verdict(status, fraud);
            let reply = page_verdict(PageReply::Verdict, &verdict, Some("order-7"));
            assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
            // The widget's own rule gives the same outcome.
            assert_eq!(Verdict::of(reply.reply).outcome, verdict.outcome);
        }
    }

    #[test]
    fn a_full_reply_keeps_the_vendor_answer() {
        let verdict = verdict(json!("success"), "Low");
        let reply = page_verdict(PageReply::Full, &verdict, None);
        assert_eq!(reply.reply.data, verdict.reply.data);
        assert_eq!(reply.reply.extra["request"], "r-1");
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(text.matches("\"outcome\"").count(), 1, "{text}");
        assert!(text.contains("\"outcome\":\"verified\"") && !text.contains("\"reference\""), "{text}");
        assert_eq!(Verdict::of(VerifyReply { extra: verdict.reply.extra.clone(), ..reply.reply }), verdict);
    }
}
