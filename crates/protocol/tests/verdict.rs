//! For any JSON, the outcome is `verified` only for an explicit success with a harmless fraud word.

#![allow(clippy::expect_used, reason = "helpers of tests may panic too")]

use akiba_protocol::{Judgement, MayBeMissing, Outcome, Reason, Score, Verdict, VerifyReply};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Keys and words that the rule reads, so that random JSON comes near it.
const WORDS: [&str; 26] = [
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
    " high\n",
    "Very High",
    "Low",
    "LOW",
    "\tlow ",
    "Medium",
    "mEdium\u{a0}",
    "None",
    "message",
    "outcome",
    "reason",
    "verified",
    "rejected",
    "fraud",
    "unclear",
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

/// A reply of the expected shape with arbitrary values in the fields that matter. Each field may be missing.
fn near_reply() -> impl Strategy<Value = Value> {
    let object = |members: Vec<(&'static str, Option<Value>)>| {
        Value::from_iter(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))))
    };
    let value = || prop_oneof![select(WORDS.to_vec()).prop_map(Value::from), json_value()];
    let maybe = || proptest::option::weighted(0.8, value());
    let status = prop_oneof![4 => Just(Some(json!("success"))), 1 => maybe()];
    let identity = prop_oneof![
        6 => (maybe(), maybe()).prop_map(move |(word, score)| {
            Some(object(vec![("fraud_detected", word), ("fraud_score", score)]))
        }),
        1 => maybe(),
    ];
    let data =
        prop_oneof![6 => identity.prop_map(move |identity| Some(object(vec![("identity", identity)]))), 1 => maybe()];
    let outcome = prop_oneof![2 => Just(Some(json!("verified"))), 1 => Just(Some(json!("rejected"))), 1 => maybe()];
    let reason = prop_oneof![2 => Just(None), 1 => maybe()];
    (status, data, value(), outcome, reason).prop_map(move |(status, data, message, outcome, reason)| {
        let members = [("status", status), ("data", data), ("message", Some(message)), ("outcome", outcome)];
        object(members.into_iter().chain([("reason", reason)]).collect())
    })
}

const LEVELS: [MayBeMissing; 3] = [MayBeMissing::Nothing, MayBeMissing::FraudWord, MayBeMissing::Record];

/// A second implementation of the rule. It lists what is allowed, as patterns of the raw JSON's text.
fn should_be(raw: &Value, may_be_missing: MayBeMissing) -> Option<Reason> {
    if raw.get("status").map(Value::to_string).as_deref() != Some("\"success\"") {
        return Some(Reason::NotMatched);
    }
    let no_record = match (raw.get("data"), raw.pointer("/data/identity")) {
        (None, _) => true,
        (Some(data), None) => data.is_object(),
        _ => false,
    };
    let record = raw.pointer("/data/identity").and_then(Value::as_object);
    let word = record.map(|record| record.get("fraud_detected"));
    let letters =
        |word: &Value| word.as_str().map(|word| word.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "));
    match (word, may_be_missing) {
        (None, MayBeMissing::Record) if no_record => None,
        (Some(None), MayBeMissing::FraudWord | MayBeMissing::Record) => None,
        (Some(Some(word)), _) if letters(word).is_some_and(|word| word == "low" || word == "medium") => None,
        (Some(Some(word)), _) if letters(word).is_some_and(|word| word == "high") => Some(Reason::Fraud),
        _ => Some(Reason::Unclear),
    }
}

/// A second implementation of the widget's rule for the answer of a relay with sessions.
fn page_should_be(raw: &Value) -> Option<Reason> {
    match (raw.get("outcome"), raw.get("reason")) {
        (None, _) => should_be(raw, MayBeMissing::Nothing),
        (Some(outcome), None) if *outcome == json!("verified") => should_be(raw, MayBeMissing::Record),
        (Some(outcome), reason) if *outcome == json!("rejected") => Some(match reason.map(|reason| reason.as_str()) {
            None | Some(Some("not-matched")) => Reason::NotMatched,
            Some(Some("fraud")) => Reason::Fraud,
            Some(_) => Reason::Unclear,
        }),
        _ => Some(Reason::Unclear),
    }
}

fn check(raw: &Value) -> Result<(), TestCaseError> {
    for may_be_missing in LEVELS {
        let wanted = should_be(raw, may_be_missing);
        let judgement = Judgement::of(&raw, may_be_missing);
        prop_assert_eq!(judgement.reason, wanted, "{:?}", may_be_missing);
        prop_assert_eq!(judgement.outcome == Outcome::Verified, wanted.is_none());
        prop_assert_eq!(judgement.is_verified(), wanted.is_none());
    }
    prop_assert_eq!(Judgement::of_page_reply(&raw).reason, page_should_be(raw));

    let verdict = Verdict::parse(raw.to_string().as_bytes());
    prop_assert_eq!(verdict.is_ok(), raw.is_object(), "an object is a reply, and nothing else is");
    if let Ok(verdict) = verdict {
        prop_assert_eq!(verdict.judgement(), Judgement::of(&raw, MayBeMissing::Nothing));
        prop_assert_eq!(verdict.is_verified(), verdict.outcome == Outcome::Verified);
        // The relay without sessions serialises what it has parsed: that must not change the verdict.
        let again = Verdict::of(&serde_json::to_value(&verdict.reply).expect("written"), MayBeMissing::Nothing);
        prop_assert!(again.expect("read") == verdict);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

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
        let object = serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| value.is_object());
        prop_assert!(object || serde_json::from_slice::<VerifyReply>(&bytes).is_err());
        prop_assert!(object || Verdict::parse(&bytes).is_err());
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
    for mut raw in misses {
        if raw.get("data").is_none() {
            raw["data"] = json!({ "identity": { "fraud_detected": "Low" } });
        }
        for may_be_missing in LEVELS {
            assert_eq!(Judgement::of(&&raw, may_be_missing).reason, Some(Reason::NotMatched), "{raw}");
        }
    }
}

fn reason(reply: &Value, may_be_missing: MayBeMissing) -> Option<Reason> {
    Verdict::of(reply, may_be_missing).expect("an object").reason
}

#[test]
fn only_harmless_fraud_words_are_verified() {
    let words = [
        (json!("Low"), None),
        (json!("Medium"), None),
        (json!(" LOW\n"), None),
        (json!("\tmedium"), None),
        (json!("High"), Some(Reason::Fraud)),
        (json!(" hIGH "), Some(Reason::Fraud)),
        (json!("Very High"), Some(Reason::Unclear)),
        (json!("Lower"), Some(Reason::Unclear)),
        (json!("Low High"), Some(Reason::Unclear)),
        (json!("None"), Some(Reason::Unclear)),
        (json!(""), Some(Reason::Unclear)),
        (json!(" "), Some(Reason::Unclear)),
        (json!(true), Some(Reason::Unclear)),
        (json!(false), Some(Reason::Unclear)),
        (json!(null), Some(Reason::Unclear)),
        (json!(0), Some(Reason::Unclear)),
        (json!(0.1), Some(Reason::Unclear)),
        (json!([]), Some(Reason::Unclear)),
        (json!(["High"]), Some(Reason::Unclear)),
        (json!(["Low"]), Some(Reason::Unclear)),
        (json!({}), Some(Reason::Unclear)),
        (json!({ "level": "Low" }), Some(Reason::Unclear)),
    ];
    for (word, wanted) in words {
        let reply = json!({ "status": "success", "data": { "identity": { "fraud_detected": word } } });
        for may_be_missing in LEVELS {
            assert_eq!(reason(&reply, may_be_missing), wanted, "{reply} {may_be_missing:?}");
        }
    }
}

#[test]
fn a_record_of_a_wrong_type_is_never_verified() {
    let low = json!({ "fraud_detected": "Low" });
    let wrong = [
        json!({ "status": "success", "data": [{ "identity": low }] }),
        json!({ "status": "success", "data": [] }),
        json!({ "status": "success", "data": null }),
        json!({ "status": "success", "data": "Low" }),
        json!({ "status": "success", "data": true }),
        json!({ "status": "success", "data": { "identity": [low, low] } }),
        json!({ "status": "success", "data": { "identity": [] } }),
        json!({ "status": "success", "data": { "identity": null } }),
        json!({ "status": "success", "data": { "identity": "Low" } }),
        json!({ "status": "success", "data": { "identity": 1 } }),
    ];
    for reply in wrong {
        for may_be_missing in LEVELS {
            assert_eq!(reason(&reply, may_be_missing), Some(Reason::Unclear), "{reply} {may_be_missing:?}");
        }
    }
}

#[test]
fn a_missing_word_or_record_is_verified_only_where_it_may_be_missing() {
    let rows = [
        (json!({ "status": "success", "data": { "identity": { "fraud_score": "0.1" } } }), 1),
        (json!({ "status": "success", "data": { "identity": {}, "fraud_detected": "Low" } }), 1),
        (json!({ "status": "success", "data": { "identity": { "Fraud_Detected": "Low" } } }), 1),
        (json!({ "status": "success", "data": { "fraud_detected": "Low" } }), 2),
        (json!({ "status": "success", "data": {} }), 2),
        (json!({ "status": "success", "fraud_detected": "Low" }), 2),
        (json!({ "status": "success" }), 2),
    ];
    for (reply, from) in rows {
        for (level, may_be_missing) in LEVELS.into_iter().enumerate() {
            let wanted = (level < from).then_some(Reason::Unclear);
            assert_eq!(reason(&reply, may_be_missing), wanted, "{reply} {may_be_missing:?}");
        }
    }
}

#[test]
fn a_reply_with_duplicate_keys_is_rejected() {
    for twice in [
        r#"{"status":"failed","status":"success","data":{"identity":{"fraud_detected":"Low"}}}"#,
        r#"{"status":"success","data":{"identity":{"fraud_detected":"High","fraud_detected":"Low"}}}"#,
        r#"{"status":"success","data":{"identity":{"fraud_detected":"High","fraud\u005fdetected":"Low"}}}"#,
        r#"{"status":"success","data":{"identity":{"fraud_detected":"High"},"identity":{"fraud_detected":"Low"}}}"#,
        r#"{"status":"success","data":{},"data":{"identity":{"fraud_detected":"Low"}}}"#,
        r#"{"status":"success","data":{"identity":{"fraud_detected":"Low","photo_id":[{"url":"a","url":"b"}]}}}"#,
    ] {
        assert!(Verdict::parse(twice.as_bytes()).is_err(), "{twice}");
    }
}

#[test]
fn the_answer_of_a_relay_with_sessions_is_judged_by_its_outcome() {
    let rows = [
        (json!({ "outcome": "verified", "status": "success" }), None),
        (json!({ "outcome": "verified", "status": "success", "data": { "identity": {} } }), None),
        (json!({ "outcome": "rejected", "reason": "fraud", "status": "failed" }), Some(Reason::Fraud)),
        (json!({ "outcome": "rejected", "reason": "not-matched", "status": "failed" }), Some(Reason::NotMatched)),
        (json!({ "outcome": "rejected", "reason": "unclear", "status": "success" }), Some(Reason::Unclear)),
        (json!({ "outcome": "rejected", "reason": "of-next-year", "status": "success" }), Some(Reason::Unclear)),
        (json!({ "outcome": "rejected", "reason": 1, "status": "success" }), Some(Reason::Unclear)),
        (json!({ "outcome": "rejected", "status": "success" }), Some(Reason::NotMatched)),
        // The answer contradicts itself.
        (json!({ "outcome": "verified", "status": "failed" }), Some(Reason::NotMatched)),
        (json!({ "outcome": "verified" }), Some(Reason::NotMatched)),
        (json!({ "outcome": "verified", "reason": "unclear", "status": "success" }), Some(Reason::Unclear)),
        (
            json!({ "outcome": "verified", "status": "success", "data": { "identity": { "fraud_detected": "High" } } }),
            Some(Reason::Fraud),
        ),
        (json!({ "outcome": "verified", "status": "success", "data": [] }), Some(Reason::Unclear)),
        (json!({ "outcome": "Verified", "status": "success" }), Some(Reason::Unclear)),
        (json!({ "outcome": true, "status": "success" }), Some(Reason::Unclear)),
        (json!({ "outcome": null, "status": "success" }), Some(Reason::Unclear)),
        // No relay with sessions has judged it.
        (json!({ "status": "success" }), Some(Reason::Unclear)),
        (json!({ "status": "success", "data": { "identity": { "fraud_detected": "Low" } } }), None),
    ];
    for (reply, wanted) in rows {
        assert_eq!(Judgement::of_page_reply(&&reply).reason, wanted, "{reply}");
    }
    for reason in Reason::ALL {
        let reply = json!({ "outcome": "rejected", "reason": reason });
        assert_eq!(Judgement::of_page_reply(&&reply), Judgement::because(Some(reason)));
    }
}

#[test]
fn invalid_scores_are_rejected() {
    for wrong in [json!("NaN"), json!("inf"), json!("-infinity"), json!("1e999"), json!(""), json!("0,5"), json!([1])] {
        assert!(serde_json::from_value::<Score>(wrong.clone()).is_err(), "{wrong}");
    }
    assert_eq!(Score::new(f64::NAN), None);
    assert_eq!(Score::new(f64::INFINITY), None);
}
