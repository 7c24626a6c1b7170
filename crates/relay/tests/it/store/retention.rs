//! What the database stores, in which form, and for how long; and when a session expires.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::session::SessionStartError;
use reqwest::Method;
use serde_json::json;

use crate::support::bank::{Bank, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::wait::until;
use crate::support::{FULL_NAME, IDENTIFIER, SIGNATURE, Vendor, problem, success};

on_both!(
    personal_data_is_encrypted,
    old_sessions_are_deleted,
    an_unfinished_session_is_not_deleted,
    a_rejected_session_with_attempts_left_is_not_deleted,
    the_host_can_delete_a_session,
    a_session_waiting_for_a_verdict_is_not_deleted,
    a_session_expires,
    a_part_of_the_sweep_that_fails_does_not_end_it,
);

/// Returns whether the bytes hold the text, as it is or in hexadecimal digits.
fn contains(bytes: &[u8], text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text, &hex].iter().any(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

async fn personal_data_is_encrypted(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 500).await;
    let bank = Bank::telling(database, &vendor.base, &receiver.url, &["--keep=full"]).await;
    let (page, link) = bank.linked().await;
    success(bank.verify(&page, &json!({})).header("idempotency-key", "my-name-is-frank")).await;
    let dump = database.dump();
    assert!(contains(&dump, &page.id), "the dump is not of this database");
    let s3_key = link["s3_key"].as_str().unwrap();
    for secret in [
        IDENTIFIER,
        FULL_NAME,
        REFERENCE,
        SIGNATURE,
        s3_key,
        "A3020FM2PX",
        "session.verified\",\"timestamp",
        "my-name-is-frank",
        &page.token,
        &database.keys.api,
        &database.keys.data,
        &database.keys.session,
        &database.keys.webhook,
    ] {
        assert!(!contains(&dump, secret), "{secret}");
    }
    // A relay with another data key does not start.
    let mut keys = crate::support::database::Keys {
        data: akiba_relay::secrets::data_keys::new_key("2026").unwrap(),
        ..database.keys.copy()
    };
    let blind = Bank::try_open(database, &keys, &vendor.base, &[]).await;
    assert!(matches!(blind.err(), Some(SessionStartError::OtherDataKeys)));
    // A new key beside the old one opens everything.
    keys.data = format!("{} {}", akiba_relay::secrets::data_keys::new_key("2027").unwrap(), database.keys.data);
    let changed = Bank::with_keys(database, &keys, &vendor.base, &[]).await;
    assert_eq!(changed.report(&page).await["verdict"]["reply"]["data"]["identity"]["fullname"], FULL_NAME);
}

async fn old_sessions_are_deleted(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--retention=30days", "--webhook-url=http://127.0.0.1:9"]).await;
    let page = bank.judged().await;
    bank.clock.put_forward(29 * 86_400_000);
    let (younger, _) = bank.linked().await;
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.state(&page).await, "verified");
    bank.clock.put_forward(86_400_000 + 1_000);
    assert_eq!(bank.sessions.sweep().await.unwrap().deleted, 0, "its webhook is still pending");
    for _ in 0..8 {
        bank.deliver().await;
        bank.clock.put_forward(9_001_000);
    }
    assert_eq!(bank.sessions.sweep().await.unwrap().deleted, 1, "its webhook has failed for good");
    problem(bank.host(Method::GET, &page.path()), ProblemCode::UnknownSession).await;
    assert_eq!(bank.state(&younger).await, "expired");
    let store = bank.sessions.store();
    assert!(store.links(&page.id).await.unwrap().is_empty());
    let waiting = store.list_messages("pending", None, 10).await.unwrap();
    assert!(waiting.iter().all(|message| message.session_id == younger.id), "{waiting:?}");
    assert_eq!(waiting.len(), 1);
}

async fn an_unfinished_session_is_not_deleted(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(800)).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    // A relay whose operator has shortened the life of sessions, beside one with the old settings.
    let flags = ["--retention=1m", "--session-ttl=30s", "--session-ttl-max=30s"];
    let sweeper = Bank::open(database, &vendor.base, &flags).await;
    let (waiting, _) = bank.linked().await;
    let (asked, _) = bank.linked().await;
    let call = tokio::spawn(success(bank.verify(&asked, &json!({}))));
    until("the call for a verdict begins", async || bank.state(&asked).await == "verifying").await;
    sweeper.clock.put_forward(65_000);
    assert_eq!(sweeper.sessions.sweep().await.unwrap().deleted, 0);
    assert_eq!(call.await.unwrap()["outcome"], "verified");
    assert_eq!(bank.state(&asked).await, "verified");
    assert_eq!(bank.state(&waiting).await, "link_issued");
    assert_eq!(sweeper.sessions.sweep().await.unwrap().deleted, 1);
}

async fn a_rejected_session_with_attempts_left_is_not_deleted(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let flags = ["--retention=1m", "--session-ttl=30s", "--session-ttl-max=30s"];
    let sweeper = Bank::open(database, &vendor.base, &flags).await;
    let page = bank.judged().await;
    sweeper.clock.put_forward(65_000);
    assert_eq!(sweeper.sessions.sweep().await.unwrap().deleted, 0);
    success(bank.link(&page, &json!({}))).await;
}

async fn the_host_can_delete_a_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--webhook-url=http://127.0.0.1:9"]).await;
    let page = bank.judged().await;
    let (other, _) = bank.linked().await;
    let path = page.path();
    let deleted = bank.host(Method::DELETE, &path).send().await.unwrap();
    assert_eq!((deleted.status().as_u16(), deleted.text().await.unwrap().as_str()), (204, ""));
    for method in [Method::GET, Method::DELETE] {
        problem(bank.host(method, &path), ProblemCode::UnknownSession).await;
    }
    for call in [bank.link(&page, &json!({})), bank.verify(&page, &json!({}))] {
        problem(call, ProblemCode::UnknownSession).await;
    }
    assert!(contains(&database.dump(), &other.id), "the dump is not of this database");
    bank.sessions.sweep().await.unwrap();
    assert!(!contains(&database.dump(), &page.id), "something of it is left");
    assert_eq!(bank.state(&other).await, "link_issued");
}

async fn a_session_waiting_for_a_verdict_is_not_deleted(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(500)).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let verdict = tokio::spawn(success(bank.verify(&page, &json!({}))));
    until("the call for a verdict begins", async || bank.state(&page).await == "verifying").await;
    let path = page.path();
    problem(bank.host(Method::DELETE, &path), ProblemCode::VerdictPending).await;
    assert_eq!(verdict.await.unwrap()["outcome"], "verified");
    assert_eq!(bank.state(&page).await, "verified");
    assert_eq!(bank.host(Method::DELETE, &path).send().await.unwrap().status(), 204);
}

async fn a_session_expires(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let created = bank.page().await;
    let (linked, _) = bank.linked().await;
    let rejected = bank.judged().await;
    bank.clock.put_forward(15 * 60_000);
    assert_eq!(bank.sessions.sweep().await.unwrap().lapsed, 0, "within the leeway for clocks");
    bank.clock.put_forward(31_000);
    assert_eq!(bank.sessions.sweep().await.unwrap().lapsed, 2);
    assert_eq!(bank.state(&created).await, "expired");
    assert_eq!(bank.state(&linked).await, "expired");
    assert_eq!(bank.state(&rejected).await, "rejected", "a verdict does not expire");
}

async fn a_part_of_the_sweep_that_fails_does_not_end_it(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    bank.judged().await;
    bank.clock.put_forward(31 * 86_400_000);
    let open = bank.page().await;
    bank.clock.put_forward(3_600_000);
    database.sql("ALTER TABLE creations RENAME TO gone").await;
    assert!(bank.sessions.sweep().await.is_err(), "no idempotency key can be deleted");
    assert_eq!(database.sql("SELECT id FROM sessions").await, open.id, "the old session is deleted all the same");
    assert_eq!(database.sql("SELECT state FROM sessions").await, "expired");
    database.sql("ALTER TABLE gone RENAME TO creations").await;
    bank.sessions.sweep().await.unwrap();
}
