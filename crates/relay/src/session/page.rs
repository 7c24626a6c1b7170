//! What the page gets to know of a verdict ([`PageReply`]): an allow-list, in the shape of the vendor's answer, so that
//! the widget reads it as one.

use akiba_protocol::{Outcome, Verdict, VerifyReply};
use clap::ValueEnum;
use serde_json::{Map, Value};

/// How much of a verdict the page gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageReply {
    /// Outcome, message and the host's own reference.
    Verdict,
    /// The vendor's whole answer, and the person's record with it.
    Full,
}

/// What is sent as `status` where the vendor's own word would be read as a success.
const FAILED: &str = "failed";

/// The answer to the page.
#[must_use]
pub fn reply(kind: PageReply, verdict: &Verdict, reference: Option<&str>) -> VerifyReply {
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
    reply.extra.insert("outcome".to_owned(), Value::from(verdict.outcome.as_str()));
    if let Some(reference) = reference {
        reply.extra.insert("reference".to_owned(), Value::from(reference));
    }
    reply
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

    use super::{PageReply, reply};

    fn verdict(status: Value, fraud: &str) -> Verdict {
        let vendor = json!({
            "status": status, "message": "said", "request": "r-1",
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
            let reply = reply(PageReply::Verdict, &verdict, Some("order-7"));
            assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
            // Whoever reads it by the widget's rule comes to the same outcome.
            assert_eq!(Verdict::of(reply).outcome, verdict.outcome);
        }
    }

    #[test]
    fn the_whole_answer_is_a_choice() {
        let verdict = verdict(json!("success"), "Low");
        let reply = reply(PageReply::Full, &verdict, None);
        assert_eq!(reply.data, verdict.reply.data);
        assert_eq!(reply.extra["request"], "r-1");
        assert_eq!(reply.extra["outcome"], "verified");
        assert_eq!(Verdict::of(VerifyReply { extra: verdict.reply.extra.clone(), ..reply }), verdict);
    }
}
