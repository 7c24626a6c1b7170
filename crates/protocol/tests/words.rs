//! Words and numbers that leave the project: error codes, outcomes, customer types, scores.

use std::collections::HashSet;

use akiba_protocol::{
    CustomerType, Judgement, LinkReply, LinkRequest, Outcome, Problem, ProblemCode, Reason, Score, Verdict,
};
use serde_json::{Value, from_value, json, to_value};

/// The sections of `docs/errors.md`: the heading is the code, the text begins with the status.
fn documented() -> Vec<(String, u16)> {
    let text = include_str!("../../../docs/errors.md");
    let sections = text.split("\n### `").skip(1).filter_map(|section| {
        let (code, rest) = section.split_once('`')?;
        let status = rest.trim_start().get(..3)?.parse().ok()?;
        Some((code.to_owned(), status))
    });
    sections.collect()
}

#[test]
fn each_code_has_the_documented_word_and_status() {
    let documented = documented();
    let mut titles = HashSet::new();
    for code in ProblemCode::ALL {
        assert_eq!(to_value(code).unwrap(), code.as_str());
        assert!(
            documented.contains(&(code.as_str().to_owned(), code.status())),
            "{}: {}",
            code.as_str(),
            code.status()
        );
        assert!(code.uri().ends_with(&format!("/docs/errors.md#{}", code.as_str())), "{}", code.uri());
        assert!(code.title().ends_with('.') && titles.insert(code.title()), "{}", code.title());
        let problem = to_value(Problem::new(code)).unwrap();
        let expected = json!({
            "type": code.uri(), "code": code.as_str(), "title": code.title(), "status": code.status(),
        });
        assert_eq!(problem, expected);
    }
}

#[test]
fn a_problem_without_a_type_is_about_blank() {
    let problem: Problem = from_value(json!({ "code": "refused", "title": "No.", "status": 422 })).unwrap();
    assert_eq!(problem.uri, "about:blank");
}

#[test]
fn outcomes_and_reasons_are_their_serialised_words() {
    for outcome in [Outcome::Verified, Outcome::Rejected] {
        assert_eq!(to_value(outcome).unwrap(), outcome.as_str());
    }
    for reason in Reason::ALL {
        assert_eq!(to_value(reason).unwrap(), reason.as_str());
    }
}

#[test]
fn a_customer_type_has_a_name_and_the_vendors_number() {
    for (customer_type, words) in
        [(CustomerType::Individual, ["1", "individual"]), (CustomerType::Business, ["2", "business"])]
    {
        assert_eq!(to_value(customer_type).unwrap(), words[0]);
        for word in words {
            assert_eq!(word.parse(), Ok(customer_type));
        }
    }
    for word in ["", "3", "Individual", " 1"] {
        assert!(word.parse::<CustomerType>().is_err(), "{word:?}");
    }
}

#[test]
fn debug_output_has_no_personal_data() {
    let request: LinkRequest = from_value(json!({ "identifier": "8001015009087", "type": "1" })).unwrap();
    assert_eq!(format!("{request:?}"), "LinkRequest { customer_type: Individual, .. }");
    let reply = json!({
        "identifier": "8001015009087", "signed_link": "https://bucket/secret", "s3_key": "k", "selfie_filename": "f",
    });
    let reply: LinkReply = from_value(reply).unwrap();
    assert_eq!(format!("{reply:?}"), "LinkReply { .. }");
}

#[test]
fn a_score_is_a_number_or_a_string_with_one() {
    let read = |value: Value| from_value::<Score>(value);
    for value in [json!("0.95"), json!(" 0.95 "), json!(0.95)] {
        assert_eq!(read(value).unwrap().value(), 0.95);
    }
    assert_eq!(read(json!(1)).unwrap().value(), 1.0);
    assert_eq!(read(json!(-1)).unwrap().value(), -1.0);
    assert_eq!(to_value(Score::new(0.5)).unwrap(), 0.5);
    for value in [json!("NaN"), json!("inf"), json!("high"), json!(true), json!([])] {
        assert!(read(value.clone()).is_err(), "{value}");
    }
    let error = read(json!(true)).unwrap_err().to_string();
    assert!(error.contains("a finite number, or a string that holds one"), "{error}");
}

#[test]
fn a_verdict_gives_its_identity() {
    let judgement = Judgement { outcome: Outcome::Verified, reason: None };
    let verdict = |reply: Value| Verdict::new(judgement, from_value(reply).unwrap());
    let with = verdict(json!({ "status": "success", "data": { "identity": { "firstname": "Thandi" } } }));
    assert_eq!(with.identity().unwrap().firstname.as_deref(), Some("Thandi"));
    assert!(verdict(json!({ "status": "success", "data": {} })).identity().is_none());
}
