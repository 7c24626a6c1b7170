//! Calls that are refused count, too: nothing that a caller sends escapes every limit.

use akiba_protocol::ProblemCode;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::{Vendor, problem, success};

const RATES: [&str; 4] =
    ["--rate-address=5/h", "--rate-session=5/h", "--rate-api-key=1000/h", "--allow-origin=https://bank.example"];

/// Sends a request 40 times. Returns how many were not answered with 429.
async fn passed(request: impl Fn() -> RequestBuilder) -> usize {
    let mut passed = 0;
    for _ in 0..40 {
        let response = request().send().await.unwrap();
        if response.status() != 429 {
            passed += 1;
        } else {
            assert!(response.headers().contains_key("retry-after"));
        }
    }
    passed
}

fn preflight(bank: &Bank) -> RequestBuilder {
    let request = bank.relay.request(Method::OPTIONS, "/v1/customer").header("origin", "https://bank.example");
    request.header("access-control-request-method", "POST")
}

on_both!(an_expired_token_is_limited_by_its_session);

async fn an_expired_token_is_limited_by_its_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &RATES).await;
    let (page, other) = (bank.page().await, bank.page().await);
    bank.clock.put_forward(3_600_000);
    assert_eq!(passed(|| bank.link(&page, &json!({}))).await, 5, "requests for a link");
    assert!(passed(|| bank.verify(&page, &json!({}))).await <= 5, "requests for a verdict");
    // The page of another session, at the same address, still learns that its session has expired.
    problem(bank.link(&other, &json!({})), ProblemCode::SessionExpired).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_refused_call_is_limited_by_its_address() {
    let (database, foreign) = (Database::sqlite(), Database::sqlite());
    let vendor = Vendor::verifying().await;
    let foreign = Bank::open(&foreign, &vendor.base, &[]).await.page().await;
    type Call = fn(&Bank, &str) -> RequestBuilder;
    let kinds: [(&str, Call); 14] = [
        ("no token", |bank, _| bank.relay.post("/v1/customer", &json!({}))),
        ("a forged token", |bank, _| bank.relay.post("/v1/customer", &json!({})).bearer_auth("v4.local.forged")),
        ("a token of another relay", |bank, foreign| {
            bank.relay.post("/v1/customer/verify", &json!({})).bearer_auth(foreign)
        }),
        ("another scheme", |bank, _| bank.relay.post("/v1/customer", &json!({})).basic_auth("a", Some("b"))),
        ("two tokens", |bank, foreign| {
            bank.relay.post("/v1/customer", &json!({})).bearer_auth(foreign).header("authorization", "Bearer x")
        }),
        ("no JSON", |bank, _| bank.relay.request(Method::POST, "/v1/customer").body("<x/>")),
        ("a wrong API key", |bank, _| bank.relay.post("/v1/sessions", &json!({})).bearer_auth("akr_guess")),
        ("an API key in a page", |bank, _| bank.create(&json!({})).header("origin", "https://bank.example")),
        ("an unknown path", |bank, _| bank.relay.request(Method::GET, "/wp-login.php")),
        ("a wrong method", |bank, _| bank.relay.request(Method::DELETE, "/v1/customer")),
        ("a foreign origin", |bank, foreign| {
            bank.relay.post("/v1/customer", &json!({})).bearer_auth(foreign).header("origin", "https://evil.example")
        }),
        ("a foreign preflight", |bank, _| {
            bank.relay.request(Method::OPTIONS, "/v1/customer").header("origin", "https://evil.example")
        }),
        ("the document", |bank, _| bank.relay.request(Method::GET, "/openapi.json")),
        ("the keys of proofs", |bank, _| bank.relay.request(Method::GET, "/.well-known/jwks.json")),
    ];
    let mut free = Vec::new();
    for (name, call) in kinds {
        let bank = Bank::open(&database, &vendor.base, &RATES).await;
        let page = bank.page().await;
        let passed = passed(|| call(&bank, &foreign.token)).await;
        if passed != 5 {
            free.push((name, passed));
        }
        // Nobody else is locked out: not the page of a session, not the back end, not the load balancer.
        success(bank.link(&page, &json!({})).header("origin", "https://bank.example")).await;
        bank.report(&page).await;
        success(bank.relay.request(Method::GET, "/healthz")).await;
        assert_eq!(self::passed(|| preflight(&bank)).await, 40, "preflights after {name}");
        success(bank.link(&page, &json!({})).header("origin", "https://bank.example")).await;
    }
    assert_eq!(free, [], "of 40 calls at 5 an hour, so many passed");
}
