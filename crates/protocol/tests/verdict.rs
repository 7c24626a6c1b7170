//! For any JSON, the outcome is `verified` only for an explicit success.

#![allow(clippy::expect_used, reason = "helpers of tests may panic too")]

use akiba_protocol::{Outcome, Reason, Score, Verdict, VerifyReply};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Keys and words that the rule reads, so that random JSON comes near it.
const WORDS: [&str; 14] = [
    "status",
    "data",
    "identity",
    "fraud_detected",
    "fraud_score",
    "success",
    "Success",
    "success ",
    "High",
    "HIGH",
    "high",
    "Low",
    "message",
    "",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(WORDS.to_vec()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 32, 5, |inner| {
        let key = prop_oneof![4 => select(WORDS.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key, inner, 0..5).prop_map(Value::from_iter),
        ]
    })
}

/// A reply of the expected shape with arbitrary values in the fields that matter.
fn near_reply() -> impl Strategy<Value = Value> {
    let value = || prop_oneof![select(WORDS.to_vec()).prop_map(Value::from), json_value()];
    let status = prop_oneof![3 => Just(json!("success")), 1 => value()];
    let identity = prop_oneof![
        4 => (value(), value()).prop_map(|(word, score)| json!({ "fraud_detected": word, "fraud_score": score })),
        1 => value(),
    ];
    let data = prop_oneof![4 => identity.prop_map(|identity| json!({ "identity": identity })), 1 => value()];
    (status, data, value())
        .prop_map(|(status, data, message)| json!({ "status": status, "data": data, "message": message }))
}

/// A second implementation of the rule, on the raw JSON.
fn should_be(raw: &Value) -> (Outcome, Option<Reason>) {
    let word = raw.pointer("/data/identity").filter(|identity| identity.is_object());
    let word = word.and_then(|identity| identity.get("fraud_detected")).and_then(Value::as_str).unwrap_or_default();
    if raw.get("status") != Some(&json!("success")) {
        (Outcome::Rejected, Some(Reason::NotMatched))
    } else if word.to_lowercase() == "high" {
        (Outcome::Rejected, Some(Reason::Fraud))
    } else {
        (Outcome::Verified, None)
    }
}

fn check(raw: &Value) -> Result<(), TestCaseError> {
    let read: Result<VerifyReply, _> = serde_json::from_str(&raw.to_string());
    prop_assert_eq!(read.is_ok(), raw.is_object(), "an object is a reply, and nothing else is");
    if let Ok(reply) = read {
        let verdict = Verdict::of(reply.clone());
        prop_assert_eq!((verdict.outcome, verdict.reason), should_be(raw));
        prop_assert_eq!(verdict.is_verified(), verdict.outcome == Outcome::Verified);
        prop_assert!(verdict.reply == reply);
        // The relay serialises what it has parsed: that must not change the verdict.
        let again: VerifyReply = serde_json::from_value(serde_json::to_value(reply).expect("written")).expect("read");
        let again = Verdict::of(again);
        prop_assert_eq!((again.outcome, again.reason), should_be(raw));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_json_is_judged_by_the_rule(raw in json_value()) {
        check(&raw)?;
    }

    #[test]
    fn json_like_a_reply_is_judged_by_the_rule(raw in near_reply()) {
        check(&raw)?;
    }

    #[test]
    fn bytes_that_are_not_json_are_rejected(bytes in vec(any::<u8>(), 0..64)) {
        let read = serde_json::from_slice::<VerifyReply>(&bytes);
        prop_assert_eq!(read.is_ok(), serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| value.is_object()));
    }

    /// A score is parsed from a number or a string. Anything else is dropped, and nothing else is lost.
    #[test]
    fn a_score_is_a_finite_number_or_absent(raw in json_value()) {
        let reply = json!({ "status": "success", "data": { "identity": { "fraud_score": raw, "dob": "1991-12-12" } } });
        let reply: VerifyReply = serde_json::from_value(reply).expect("read");
        let identity = reply.data.expect("data").identity.expect("an identity");
        let number = match &raw {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        prop_assert_eq!(identity.fraud_score.map(Score::value), number.filter(|number| number.is_finite()));
        prop_assert_eq!(identity.dob.as_deref(), Some("1991-12-12"));
    }

    #[test]
    fn a_score_in_a_string_is_parsed(value in -1e6..1e6_f64) {
        let read: Score = serde_json::from_value(json!(format!(" {value} "))).expect("read");
        prop_assert_eq!(read.value(), value);
    }
}

#[test]
fn near_misses_of_success_are_rejected() {
    let misses = [
        json!({}),
        json!({ "status": "Success" }),
        json!({ "status": "SUCCESS" }),
        json!({ "status": " success" }),
        json!({ "status": "success\n" }),
        json!({ "status": "successful" }),
        json!({ "status": "unsuccess" }),
        json!({ "status": true }),
        json!({ "status": 200 }),
        json!({ "status": ["success"] }),
        json!({ "status": { "status": "success" } }),
        json!({ "status": null, "data": { "status": "success" } }),
        json!({ "Status": "success" }),
        json!({ "message": "success" }),
        json!({ "success": true }),
    ];
    for raw in misses {
        let verdict = Verdict::of(serde_json::from_value(raw.clone()).expect("read"));
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::Rejected, Some(Reason::NotMatched)), "{raw}");
    }
    let twice: Result<VerifyReply, _> = serde_json::from_str(r#"{"status":"failed","status":"success"}"#);
    assert!(twice.is_err(), "a reply that contradicts itself is rejected");
}

#[test]
fn invalid_scores_are_rejected() {
    for wrong in [json!("NaN"), json!("inf"), json!("-infinity"), json!("1e999"), json!(""), json!("0,5"), json!([1])] {
        assert!(serde_json::from_value::<Score>(wrong.clone()).is_err(), "{wrong}");
    }
    assert_eq!(Score::new(f64::NAN), None);
    assert_eq!(Score::new(f64::INFINITY), None);
}
