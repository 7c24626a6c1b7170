//! The JSON of the page's calls and of the back end's calls, and the replies of a malicious vendor.

#![no_main]

use akiba_protocol::{Judgement, LinkReply, LinkRequest, MayBeMissing, Problem, UniqueKeys, Verdict, VerifyReply, VerifyRequest};
use akiba_relay::session::host::create::NewSession;
use akiba_relay::session::host::reconcile::Reconcile;
use akiba_relay::session::page::binding::{LinkCall, VerifyCall, file_name};
use akiba_relay::session::page::page_verdict::page_verdict;
use akiba_relay::session::retained::{capture_from, from_stored, retained, to_stored};
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
    if let Ok(UniqueKeys(reply)) = serde_json::from_slice(data) {
        for may_be_missing in [MayBeMissing::Nothing, MayBeMissing::FraudWord] {
            judge(&reply, may_be_missing);
        }
    }
});

/// Panics if a parsed value does not survive a round trip through JSON.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq>(data: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(data) {
        let written = serde_json::to_vec(&read).expect("JSON");
        assert!(serde_json::from_slice::<T>(&written).expect("the same type") == read, "the value changed");
    }
}

fn judge(plain: &Value, may_be_missing: MayBeMissing) {
    let Ok(verdict) = Verdict::of(plain, may_be_missing) else {
        assert!(!plain.is_object(), "an object is a reply");
        return;
    };
    // A second implementation of the rule, on the raw JSON.
    let success = plain["status"] == "success";
    let record = plain.pointer("/data/identity").and_then(Value::as_object);
    let harmless = match record.map(|record| record.get("fraud_detected")) {
        Some(Some(Value::String(word))) => ["low", "medium"].contains(&word.trim().to_ascii_lowercase().as_str()),
        Some(None) => may_be_missing == MayBeMissing::FraudWord,
        _ => false,
    };
    assert_eq!(verdict.is_verified(), success && harmless, "not the rule");
    for keep in [Retain::Verdict, Retain::Full] {
        let kept = Verdict { reply: retained(keep, verdict.reply.clone()), ..verdict.clone() };
        let text = serde_json::to_string(&to_stored(&kept, None)).expect("JSON");
        let value = serde_json::from_str(&text).expect("JSON");
        assert!(capture_from(&value).is_none(), "the vendor brings what a page says");
        let stored = from_stored(&value).expect("a verdict");
        assert!(stored.judgement() == verdict.judgement(), "the stored reply has another verdict");
    }
    for kind in [PageReply::Verdict, PageReply::Full] {
        let page = page_verdict(kind, &verdict, Some("order-7"));
        let text = serde_json::to_string(&page).expect("JSON");
        let UniqueKeys(told) = serde_json::from_str(&text).expect("JSON without duplicate keys");
        assert_eq!(told["reference"], "order-7");
        assert!(Judgement::of_page_reply(&&told) == verdict.judgement(), "the widget has another verdict");
        if kind == PageReply::Verdict {
            let members = told.as_object().expect("an object");
            let allowed = ["status", "message", "outcome", "reason", "reference"];
            assert!(members.keys().all(|member| allowed.contains(&member.as_str())), "a field that is not allowed");
        }
    }
}
