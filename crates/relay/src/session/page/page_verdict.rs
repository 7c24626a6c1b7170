//! What the page gets to know of a verdict ([`PageVerdict`]): an allow-list, in the shape of the vendor's answer, so that
//! the widget reads it as one.

use akiba_protocol::{Outcome, Verdict, VerifyReply};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use crate::session::settings::PageReply;

/// A verdict, as the page gets it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[schema(example = json!({
    "status": "success",
    "message": "Identity and Selfie succesfully verified",
    "outcome": "verified",
    "reference": "order-4711",
}))]
pub struct PageVerdict {
    /// Verified or not.
    pub outcome: Outcome,
    /// The host's own word for the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// As much as it may see, in the shape of the vendor's answer.
    #[serde(flatten)]
    pub reply: VerifyReply,
}

/// What is sent as `status` where the vendor's own word would be read as a success.
const FAILED: &str = "failed";

/// The answer to the page.
#[must_use]
pub fn page_verdict(kind: PageReply, verdict: &Verdict, reference: Option<&str>) -> PageVerdict {
    let mut reply = match kind {
        PageReply::Full => verdict.reply.clone(),
        PageReply::Verdict => VerifyReply {
            status: Some(status(verdict)),
            // The vendor's own sentence contradicts the outcome where its fraud word overrules its status.
            message: verdict.reply.message.clone().filter(|_| verdict.reason != Some(akiba_protocol::Reason::Fraud)),
            data: None,
            extra: Map::new(),
        },
    };
    // These two are the relay's own words.
    reply.extra.remove("outcome");
    reply.extra.remove("reference");
    PageVerdict { outcome: verdict.outcome, reference: reference.map(str::to_owned), reply }
}

/// A status that says the outcome by itself, with no record beside it.
fn status(verdict: &Verdict) -> String {
    match (verdict.outcome, verdict.reply.status.as_deref()) {
        (Outcome::Verified, _) => "success".to_owned(),
        (Outcome::Rejected, Some(word)) if word != "success" => word.to_owned(),
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
    fn the_page_gets_the_outcome_and_nothing_of_the_record() {
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
            // Whoever reads it by the widget's rule comes to the same outcome.
            assert_eq!(Verdict::of(reply.reply).outcome, verdict.outcome);
        }
    }

    #[test]
    fn the_whole_answer_is_a_choice() {
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
