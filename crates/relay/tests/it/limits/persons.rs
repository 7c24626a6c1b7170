//! The attempts of one person, over all sessions.

use std::sync::Arc;

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::vendor::issued;
use crate::support::{IDENTIFIER, Vendor, all_of, problem, success};

const FLAGS: [&str; 3] = ["--max-person-verifies=3", "--person-window=1h", "--session-ttl=15m"];

on_both!(
    the_attempts_of_a_person_are_limited_over_all_sessions,
    parallel_sessions_do_not_exceed_the_limit,
    an_attempt_that_the_vendor_did_not_start_is_given_back,
    the_database_holds_no_identifier_and_forgets_the_count,
);

async fn the_attempts_of_a_person_are_limited_over_all_sessions(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &FLAGS).await;
    let (first, _) = bank.linked().await;
    success(bank.verify(&first, &json!({}))).await;
    let (second, third) = (bank.linked().await.0, bank.page().await);
    success(bank.verify(&second, &json!({}))).await;
    // A relay of its own on the same database.
    let other = Bank::open(database, &vendor.base, &FLAGS).await;
    success(other.link(&third, &json!({}))).await;
    let fourth = other.linked().await.0;
    success(other.verify(&third, &json!({}))).await;
    problem(other.verify(&fourth, &json!({})), ProblemCode::PersonLimit).await;
    problem(bank.link(&first, &json!({})), ProblemCode::PersonLimit).await;
    for spelling in [format!(" {IDENTIFIER} "), format!("{} {}", &IDENTIFIER[..6], &IDENTIFIER[6..])] {
        problem(bank.create(&json!({ "identifier": spelling, "type": "1" })), ProblemCode::PersonLimit).await;
    }
    assert_eq!(vendor.verdict_calls().len(), 3);
    assert_eq!(bank.report(&fourth).await["verifies"], 0, "a refused attempt does not count for its session");
    // A verdict that is there can still be read, and another person is not affected.
    success(bank.verify(&first, &json!({}))).await;
    bank.page_of("9001015009086").await;
    bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "2" })).await;
    bank.clock.put_forward(3_600_000);
    bank.page().await;
}

async fn parallel_sessions_do_not_exceed_the_limit(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let banks = [Bank::open(database, &vendor.base, &FLAGS).await, Bank::open(database, &vendor.base, &FLAGS).await];
    let mut calls = Vec::new();
    for index in 0..12 {
        let bank = &banks[index % 2];
        let (page, _) = bank.linked().await;
        calls.push(bank.verify(&page, &json!({})).send());
    }
    let answers = all_of(calls).await;
    let statuses: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect();
    assert_eq!(statuses.iter().filter(|&&status| status == 200).count(), 3, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    assert_eq!(vendor.verdict_calls().len(), 3);
}

async fn an_attempt_that_the_vendor_did_not_start_is_given_back(database: &Database) {
    let answers = Arc::new(std::sync::Mutex::new(vec![200, 200, 200, 429, 429, 429, 429]));
    let vendor = Vendor::answering(move |request| {
        let (status, body) = match request.is_link() {
            true => (200, issued(&request)),
            false => (answers.lock().unwrap().pop().unwrap(), json!({ "status": "failed" })),
        };
        let response = Response::builder().status(status).header("content-type", "application/json");
        let response = response.body(body.to_string().into()).unwrap();
        async move { response }
    })
    .await;
    let bank = Bank::open(database, &vendor.base, &FLAGS).await;
    let (page, _) = bank.linked().await;
    for _ in 0..4 {
        problem(bank.verify(&page, &json!({})), ProblemCode::TooManyRequests).await;
    }
    for _ in 0..3 {
        success(bank.verify(&bank.linked().await.0, &json!({}))).await;
    }
    problem(bank.verify(&page, &json!({})), ProblemCode::PersonLimit).await;
}

async fn the_database_holds_no_identifier_and_forgets_the_count(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &FLAGS).await;
    let page = bank.judged().await;
    let persons = async || database.sql("SELECT count(*) FROM persons").await;
    assert_eq!(persons().await, "1");
    let dump = database.dump();
    assert!(!dump.windows(IDENTIFIER.len()).any(|bytes| bytes == IDENTIFIER.as_bytes()));
    // Otherwise a back end that deletes each session at its end would have no limit.
    assert_eq!(bank.host(reqwest::Method::DELETE, &page.path()).send().await.unwrap().status(), 204);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(
        (persons().await, database.sql("SELECT count(*) FROM sessions").await),
        ("1".to_owned(), "0".to_owned())
    );
    // An hour, and the leeway of the clocks.
    bank.clock.put_forward(3_631_000);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(persons().await, "0");
}
