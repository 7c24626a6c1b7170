//! `Idempotency-Key` on the request that creates a session.

use akiba_protocol::ProblemCode;
use akiba_relay::secrets::api_keys::new_key;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::{IDENTIFIER, Vendor, all_of, problem, run_log, success};

on_both!(
    a_repeated_request_creates_no_second_session,
    the_same_key_with_another_body_is_an_error,
    parallel_requests_at_two_relays_create_one_session,
    a_key_is_forgotten_after_a_day_or_with_its_session,
    an_expired_session_is_not_handed_out_as_new,
);

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn body() -> Value {
    json!({
        "identifier": IDENTIFIER, "type": "1", "reference": REFERENCE, "ttl": 600,
        "consent": { "version": "1", "at": "2026-02-03T04:05:06Z" },
    })
}

fn create(bank: &Bank, key: &str, body: &Value) -> RequestBuilder {
    bank.create(body).header("idempotency-key", key)
}

async fn created(request: RequestBuilder) -> (Page, Value) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    let created: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (Page::of(&created), created["expires_at"].clone())
}

async fn a_repeated_request_creates_no_second_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (first, expires_at) = created(create(&bank, KEY, &body())).await;
    bank.clock.put_forward(5_000);
    // Other white space, another order and quotes: the same request.
    let quoted = format!("\"{KEY}\"");
    let mut reversed: Vec<_> = body().as_object().unwrap().clone().into_iter().collect();
    reversed.reverse();
    let (again, same_end) = created(create(&bank, &quoted, &Value::Object(reversed.into_iter().collect()))).await;
    assert_eq!((&again.id, &same_end), (&first.id, &expires_at));
    // What the page says about the person's consent is not part of the request.
    let agreed = json!({ "consent_version": "3", "consent_hash": "0a".repeat(32), "consent_lang": "en" });
    success(bank.link(&first, &agreed)).await;
    success(bank.verify(&again, &json!({}))).await;
    let (decided, _) = created(create(&bank, KEY, &body())).await;
    assert_eq!(decided.id, first.id);
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions").await, "1");
    // Without a key, each request is a new one.
    assert_ne!(created(bank.create(&body())).await.0.id, created(bank.create(&body())).await.0.id);
}

async fn the_same_key_with_another_body_is_an_error(database: &Database) {
    let (other_key, setting) = new_key("other").unwrap();
    run_log::secret(&other_key);
    let bank = Bank::open(database, "http://127.0.0.1:9", &[&format!("--api-key={setting}")]).await;
    let (first, _) = created(create(&bank, KEY, &body())).await;
    for (member, value) in [
        ("identifier", json!("8001015009088")),
        ("type", json!("2")),
        ("reference", json!("order-4712")),
        ("reference", json!(null)),
        ("ttl", json!(601)),
        ("ttl", json!(null)),
        ("consent", json!({ "version": "2", "at": "2026-02-03T04:05:06Z" })),
    ] {
        let mut other = body();
        other[member] = value;
        problem(create(&bank, KEY, &other), ProblemCode::IdempotencyMismatch).await;
    }
    for wrong in ["\"", "a b", &"x".repeat(256)] {
        problem(create(&bank, wrong, &body()), ProblemCode::BadRequest).await;
    }
    // A key belongs to the name of an API key.
    let mut foreign = body();
    foreign["identifier"] = json!("8001015009088");
    let request = bank.relay.post("/v1/sessions", &foreign).bearer_auth(&other_key).header("idempotency-key", KEY);
    assert_ne!(created(request).await.0.id, first.id);
}

async fn parallel_requests_at_two_relays_create_one_session(database: &Database) {
    let banks =
        [Bank::open(database, "http://127.0.0.1:9", &[]).await, Bank::open(database, "http://127.0.0.1:9", &[]).await];
    let pages = all_of((0..20).map(|index| created(create(&banks[index % 2], KEY, &body())))).await;
    assert!(pages.iter().all(|(page, _)| page.id == pages[0].0.id));
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions").await, "1");
}

async fn a_key_is_forgotten_after_a_day_or_with_its_session(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    let (first, _) = created(create(&bank, KEY, &body())).await;
    bank.clock.put_forward(24 * 3_600_000 - 60_000);
    problem(create(&bank, KEY, &body()), ProblemCode::SessionState).await;
    bank.clock.put_forward(61_000);
    // Until the sweep forgets it.
    problem(create(&bank, KEY, &body()), ProblemCode::SessionState).await;
    bank.sessions.sweep().await.unwrap();
    let (second, _) = created(create(&bank, KEY, &body())).await;
    assert_ne!(second.id, first.id);
    assert_eq!(bank.host(reqwest::Method::DELETE, &second.path()).send().await.unwrap().status(), 204);
    let (third, _) = created(create(&bank, KEY, &body())).await;
    assert_ne!(third.id, second.id);
    bank.clock.put_forward(25 * 3_600_000);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(database.sql("SELECT COUNT(*) FROM creations").await, "0");
}

async fn an_expired_session_is_not_handed_out_as_new(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &["--clock-leeway=30s"]).await;
    let (first, _) = created(create(&bank, KEY, &body())).await;
    // Its life of 600 s is over, but not yet on the slowest clock.
    bank.clock.put_forward(610_000);
    let (again, _) = created(create(&bank, KEY, &body())).await;
    assert_eq!(again.id, first.id);
    bank.clock.put_forward(21_000);
    let refused = problem(create(&bank, KEY, &body()), ProblemCode::SessionState).await;
    assert!(refused.detail.unwrap().contains("has expired"));
    // Before and after the sweep has noticed it, and another body is still an error of its own.
    bank.sessions.sweep().await.unwrap();
    problem(create(&bank, KEY, &body()), ProblemCode::SessionState).await;
    let other = json!({ "identifier": "9001015009086", "type": "1" });
    problem(create(&bank, KEY, &other), ProblemCode::IdempotencyMismatch).await;
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions").await, "1");
    assert_ne!(created(create(&bank, "another-key", &body())).await.0.id, first.id);
}
