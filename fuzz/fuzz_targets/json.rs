//! The JSON of the page's calls and of the back end's calls, and the replies of a malicious vendor.

#![no_main]

use akiba_protocol::{LinkReply, LinkRequest, Outcome, Problem, Verdict, VerifyReply, VerifyRequest};
use akiba_relay::session::host::create::NewSession;
use akiba_relay::session::host::reconcile::Reconcile;
use akiba_relay::session::page::binding::{LinkCall, VerifyCall, file_name};
use akiba_relay::session::page::page_verdict::page_verdict;
use akiba_relay::session::retained::retained;
use akiba_relay::session::settings::{PageReply, Retain};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    round_trip::<LinkRequest>(data);
    round_trip::<VerifyRequest>(data);
    round_trip::<LinkReply>(data);
    round_trip::<VerifyReply>(data);
    round_trip::<Problem>(data);
    let _ = serde_json::from_slice::<NewSession>(data);
    let _ = serde_json::from_slice::<VerifyCall>(data);
    let _ = serde_json::from_slice::<Reconcile>(data);
    if let Ok(call) = serde_json::from_slice::<LinkCall>(data) {
        let name = file_name("lnk_1", call.selfie_filename.as_deref());
        assert!(["selfie-1.jpg", "selfie-1.jpeg", "selfie-1.png", "selfie-1.webp"].contains(&name.as_str()), "{name}");
    }
    if let Ok(reply) = serde_json::from_slice::<VerifyReply>(data) {
        judge(data, reply);
    }
});

/// Panics if a parsed value does not survive a round trip through JSON.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq>(data: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(data) {
        let written = serde_json::to_vec(&read).expect("JSON");
        assert!(serde_json::from_slice::<T>(&written).expect("the same type") == read, "the value changed");
    }
}

fn judge(data: &[u8], answer: VerifyReply) {
    let verdict = Verdict::of(answer.clone());
    // A second implementation of the rule, on the raw JSON.
    if let Ok(plain) = serde_json::from_slice::<Value>(data)
        && plain.is_object()
    {
        let success = plain["status"] == "success";
        let fraud = plain.pointer("/data/identity/fraud_detected").and_then(Value::as_str);
        let fraud = fraud.is_some_and(|word| word.trim().eq_ignore_ascii_case("high"));
        assert!(!verdict.is_verified() || (success && !fraud), "verified against the rule");
        assert!(verdict.is_verified() || !success || fraud, "rejected against the rule");
    }
    for keep in [Retain::Verdict, Retain::Full] {
        assert!(Verdict::of(retained(keep, answer.clone())).outcome == verdict.outcome, "the stored reply has another outcome");
    }
    for kind in [PageReply::Verdict, PageReply::Full] {
        let page = page_verdict(kind, &verdict, Some("order-7"));
        assert!(page.outcome == verdict.outcome);
        let text = serde_json::to_string(&page).expect("JSON");
        let told: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(told["reference"], "order-7");
        if kind == PageReply::Verdict {
            let members = told.as_object().expect("an object");
            let allowed = ["status", "message", "outcome", "reference"];
            assert!(members.keys().all(|member| allowed.contains(&member.as_str())), "a field that is not allowed");
            // The widget's rule gives the same outcome.
            let read: VerifyReply = serde_json::from_str(&text).expect("an answer");
            assert_eq!(Verdict::of(read).is_verified(), verdict.outcome == Outcome::Verified);
        }
    }
}
