//! Hand-offs and the relay around them: limits, origins, the audit trail, a killed relay and a copied database.

use akiba_protocol::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::handoff::{HANDOFFS, Phone};
use crate::support::program::{self, Program};
use crate::support::{IDENTIFIER, Vendor, problem, success};

on_both!(a_hand_off_is_in_the_audit_trail, a_killed_relay_loses_no_hand_off);

async fn a_hand_off_is_in_the_audit_trail(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone, _) = bank.handed_over(&page).await;
    bank.disown(&desk, &phone).send().await.unwrap();
    let (done, text) = program::run(&["audit", "export"], &[("AKIBA_RELAY_DATABASE", &database.url)]);
    assert!(done, "{text}");
    let records = text.lines().filter(|line| line.starts_with('{')).map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        serde_json::from_str::<Value>(line["record"].as_str().unwrap()).unwrap()
    });
    let of_handoffs: Vec<_> = records.filter(|record| record["action"] == "session.handoff").collect();
    let details: Vec<_> = of_handoffs.iter().map(|record| record["detail"].as_str().unwrap()).collect();
    assert_eq!(details, ["waiting", "opened", "confirmed", "disowned"]);
    let session = akiba_relay::audit::id_hash(&page.id);
    assert!(of_handoffs.iter().all(|record| record["actor"] == "page" && record["session"] == session));
    for secret in [desk.id.as_str(), &desk.code, &phone.claim] {
        assert!(!text.contains(secret), "{secret}");
    }
}

/// Sends one call to a program. Returns its status and body.
async fn call(program: &Program, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let response = program.post(path, key, body).send().await.unwrap();
    (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null))
}

async fn a_killed_relay_loses_no_hand_off(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = [&format!("--vendor-base={}", vendor.base), HANDOFFS[0]];
    // Each call goes to another process: the one before was killed as soon as it had answered.
    let start = || Program::with_sessions(database, &flags);
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let (_, created) = call(&start(), "/v1/sessions", &database.keys.api, &body).await;
    let token = created["session_token"].as_str().unwrap();
    let (status, begun) = call(&start(), "/v1/handoffs", token, &json!({})).await;
    assert_eq!(status, 201, "{begun}");
    let code = begun["url"].as_str().unwrap().split_once('#').unwrap().1;
    let claim = Phone::new().claim;
    let (status, opened) = call(&start(), "/v1/handoffs/redeem", "", &json!({ "code": code, "claim": claim })).await;
    assert_eq!(status, 200, "{opened}");
    let confirm = format!("/v1/handoffs/{}/confirm", begun["handoff_id"].as_str().unwrap());
    let choice = json!({ "claim": claim, "number": begun["number"] });
    let (status, confirmed) = call(&start(), &confirm, "", &choice).await;
    assert_eq!(status, 200, "{confirmed}");
    let phone = confirmed["session_token"].as_str().unwrap();
    let (status, refused) = call(&start(), "/v1/customer", token, &json!({})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("handoff-state")));
    assert_eq!(call(&start(), "/v1/customer", phone, &json!({})).await.0, 200);
    let (status, verdict) = call(&start(), "/v1/customer/verify", phone, &json!({})).await;
    assert_eq!((status, &verdict["outcome"]), (200, &json!("verified")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_off_continues_after_a_copy_to_postgres() {
    let (old, new) = (Database::sqlite(), Database::postgres());
    let vendor = Vendor::verifying().await;
    let before = Bank::open(&old, &vendor.base, &HANDOFFS).await;
    let (page, other) = (before.page().await, before.page().await);
    let (_, _, phones) = before.handed_over(&page).await;
    let (desk, phone) = before.opened(&other).await;
    before.sessions.store().close().await;
    let (copied, text) = program::run(&["database", "copy", "--from", &old.url, "--to", &new.url], &[]);
    assert!(copied, "{text}");
    let moved = new.with_keys_of(&old);
    let after = Bank::open(&moved, &vendor.base, &HANDOFFS).await;
    problem(after.link(&page, &json!({})), ProblemCode::HandoffState).await;
    success(after.link(&phones, &json!({}))).await;
    success(after.link(&other, &json!({}))).await;
    success(after.confirm(&desk, &phone, desk.number)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_of_codes_are_limited_by_their_address() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let flags = [HANDOFFS.as_slice(), &["--rate-address=5/h"]].concat();
    let bank = Bank::open(&database, &vendor.base, &flags).await;
    let page = bank.page().await;
    let (desk, phone) = (bank.desk(&page).await, Phone::new());
    let guess = |number: u64| {
        bank.relay.post("/v1/handoffs/redeem", &json!({ "code": format!("{number:022}"), "claim": phone.claim }))
    };
    for number in 0..5 {
        problem(guess(number), ProblemCode::UnknownHandoff).await;
    }
    problem(guess(5), ProblemCode::TooManyRequests).await;
    // Also with the right code, and for the other calls without a token.
    problem(bank.redeem(&desk, &phone), ProblemCode::TooManyRequests).await;
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::TooManyRequests).await;
    problem(bank.disown(&desk, &phone), ProblemCode::TooManyRequests).await;
    assert_eq!(bank.handoff(&page, &desk).await, "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_for_phones_may_call() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &HANDOFFS).await;
    let desk = bank.desk(&bank.page().await).await;
    for (origin, expected) in [("https://phone.bank.example", 200), ("https://evil.example", 403)] {
        let response = bank.redeem(&desk, &Phone::new()).header("origin", origin).send();
        let response = response.await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{origin}");
        let allowed = response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!(allowed, (expected == 200).then_some(origin));
    }
    let preflight = bank.relay.request(Method::OPTIONS, "/v1/handoffs/redeem");
    let preflight = preflight.header("origin", "https://phone.bank.example");
    let answer = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://phone.bank.example");
}
