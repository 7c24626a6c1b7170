//! Rates by session, by API key, and by address for callers without a session.

use akiba_protocol::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::{IDENTIFIER, Vendor, problem, problem_and_headers, success};

on_both!(
    a_page_is_limited_by_its_session,
    callers_without_a_session_are_limited_by_address,
    a_back_end_is_limited_by_its_api_key,
);

async fn a_page_is_limited_by_its_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--rate-session=2/m"]).await;
    let (page, other) = (bank.page().await, bank.page().await);
    for _ in 0..2 {
        success(bank.link(&page, &json!({}))).await;
    }
    let (problem, headers) = problem_and_headers(bank.link(&page, &json!({})), ProblemCode::TooManyRequests).await;
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(problem.detail.as_deref(), Some("The page of this session has called too often."));
    success(bank.link(&other, &json!({}))).await;
    assert_eq!(bank.report(&page).await["links"], 2, "a rejected call does not count as a link");
}

async fn callers_without_a_session_are_limited_by_address(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--rate-address=2/h"]).await;
    let page = bank.page().await;
    // Other callers behind the same address.
    problem(bank.relay.post("/v1/customer", &json!({})), ProblemCode::Unauthorized).await;
    let forged = || bank.relay.post("/v1/customer", &json!({})).bearer_auth("v4.local.forged");
    problem(forged(), ProblemCode::Unauthorized).await;
    problem(forged(), ProblemCode::TooManyRequests).await;
    problem(bank.relay.post("/v1/customer/verify", &json!({})), ProblemCode::TooManyRequests).await;
    for _ in 0..5 {
        success(bank.link(&page, &json!({}))).await;
    }
    success(bank.verify(&page, &json!({}))).await;
    bank.clock.put_forward(3_600_000);
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
}

async fn a_back_end_is_limited_by_its_api_key(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--rate-api-key=3/h", "--rate-address=2/h"]).await;
    let page = bank.page().await;
    // Guesses of a key count for the address.
    for wrong in ["akr_guess", ""] {
        let guess = bank.relay.request(Method::GET, &page.path()).bearer_auth(wrong);
        problem(guess, ProblemCode::Unauthorized).await;
    }
    let guess = bank.relay.request(Method::GET, &page.path()).bearer_auth("akr_guess");
    problem(guess, ProblemCode::TooManyRequests).await;
    // Calls with the right key do not.
    bank.report(&page).await;
    bank.report(&page).await;
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let refused = problem(bank.create(&body), ProblemCode::TooManyRequests).await;
    assert_eq!(refused.detail.as_deref(), Some("This API key was used too often."));
}
