//! Relays whose clocks differ.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akiba_protocol::ProblemCode;
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::receiver::Receiver;
use crate::support::wait::until;
use crate::support::{Vendor, problem, success};

on_both!(
    within_the_leeway_everything_works,
    a_relay_ahead_does_not_expire_a_running_attempt,
    beyond_the_leeway_tokens_fail_and_verdicts_stay,
    a_relay_ahead_does_not_resend_a_webhook_in_flight,
    a_webhook_does_not_wait_for_a_clock_that_was_ahead,
    a_lost_call_does_not_wait_for_a_clock_that_was_ahead,
    a_relay_ahead_knows_the_idempotency_keys,
);

const DAY: i64 = 86_400_000;

async fn within_the_leeway_everything_works(database: &Database) {
    let vendor = Vendor::verifying().await;
    for ahead in [25_000, -25_000] {
        let bank = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
        let other = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
        other.clock.put_forward(ahead);
        let page = bank.page().await;
        success(other.link(&page, &json!({}))).await;
        assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 0);
        bank.clock.put_forward(59_000);
        other.clock.put_forward(59_000);
        assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 0, "the session has not expired");
        success(other.verify(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
    }
}

async fn a_relay_ahead_does_not_expire_a_running_attempt(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_secs(1)).await;
    let bank = Bank::open(database, &vendor.base, &["--vendor-timeout=2s", "--clock-leeway=30s"]).await;
    let other = Bank::open(database, &vendor.base, &["--vendor-timeout=2s", "--clock-leeway=30s"]).await;
    other.clock.put_forward(29_000);
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, &vendor).await;
    assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 0);
    assert_eq!(other.state(&page).await, "verifying");
    assert_eq!(call.await.unwrap().status(), 200);
    assert_eq!(bank.state(&page).await, "verified");
}

async fn beyond_the_leeway_tokens_fail_and_verdicts_stay(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
    let behind = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
    let ahead = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
    behind.clock.put_forward(-31_000);
    ahead.clock.put_forward(91_000);
    let (page, _) = bank.linked().await;
    problem(behind.link(&page, &json!({})), ProblemCode::Unauthorized).await;
    problem(ahead.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    // The verdict decides the state, whatever the clocks say.
    ahead.sessions.sweep().await.unwrap();
    for relay in [&bank, &behind, &ahead] {
        assert_eq!(relay.state(&page).await, "verified");
    }
    // A relay that is ahead expires sessions early, for all relays. The leeway guards against that.
    let (page, _) = bank.linked().await;
    assert_eq!(ahead.sessions.sweep().await.unwrap().lapsed, 1);
    problem(bank.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn a_relay_ahead_does_not_resend_a_webhook_in_flight(database: &Database) {
    let vendor = Vendor::verifying().await;
    let started = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&started);
    let receiver = Receiver::answering(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(600));
        200
    })
    .await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--webhook-timeout=1s", "--clock-leeway=30s"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let ahead = Bank::open(database, &vendor.base, &flags).await;
    ahead.clock.put_forward(29_000);
    bank.judged().await;
    let (delivered, ()) = tokio::join!(bank.deliver(), async {
        until("the webhook is in flight", async || started.load(Ordering::Relaxed) > 0).await;
        assert_eq!(ahead.deliver().await, 0);
    });
    assert_eq!(delivered, 1);
}

async fn a_webhook_does_not_wait_for_a_clock_that_was_ahead(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, earlier| if earlier == 0 { 500 } else { 200 }).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    bank.clock.put_forward(DAY);
    // One is tried and fails, one is claimed by a relay that is killed, and one is not tried yet.
    bank.judged().await;
    assert_eq!(bank.deliver().await, 1);
    bank.judged().await;
    let until = bank.clock.now() + 61_000;
    database.sql(&format!("UPDATE outbox SET claimed_until = {until} WHERE attempts = 0")).await;
    bank.judged().await;
    bank.clock.put_forward(-DAY);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.deliver().await, 3);
    // Now every clock is right, and the pauses of the retries stay.
    bank.judged().await;
    let later = bank.clock.now() + 6_400_000;
    database.sql(&format!("UPDATE outbox SET attempts = 6, next_at = {later} WHERE status = 'pending'")).await;
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.deliver().await, 0);
}

async fn a_lost_call_does_not_wait_for_a_clock_that_was_ahead(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_secs(3_600)).await;
    let ahead = Bank::open(database, &vendor.base, &["--vendor-timeout=1m"]).await;
    ahead.clock.put_forward(DAY);
    let (page, _) = ahead.linked().await;
    let call = ahead.verify_in_background(&page, &vendor).await;
    let other = Bank::open(database, &vendor.base, &["--vendor-timeout=1s"]).await;
    // The call has its whole time: a minute for the vendor, 15 s for the database, 30 s for the difference between clocks.
    other.sessions.sweep().await.unwrap();
    other.clock.put_forward(100_000);
    other.sessions.sweep().await.unwrap();
    assert_eq!(other.state(&page).await, "verifying");
    other.clock.put_forward(10_000);
    other.sessions.sweep().await.unwrap();
    assert_eq!(other.state(&page).await, "unknown");
    call.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ahead_deletes_nothing_that_is_new() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let page = bank.judged().await;
    let program = with_clock(&database, &vendor, "+40d");
    let body = json!({ "identifier": "8001015009087", "type": "1" });
    let answer = program.post("/v1/sessions", &database.keys.api, &body).send().await.unwrap();
    let created: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let ahead = akiba_relay::clock::parse_rfc3339(created["expires_at"].as_str().unwrap()).unwrap();
    assert!(ahead > bank.clock.now() + 39 * DAY, "its clock is not ahead");
    // It sweeps at its start.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(bank.state(&page).await, "verified");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_relay_creates_whose_clock_is_behind_is_not_old() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let behind = Bank::open(&database, &vendor.base, &[]).await;
    behind.clock.put_forward(-40 * DAY);
    let body = json!({ "identifier": "8001015009087", "type": "1" });
    let create = |bank: &Bank| bank.create(&body).header("idempotency-key", "key-1");
    assert_eq!(create(&behind).send().await.unwrap().status(), 201);
    let page = behind.judged().await;
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.state(&page).await, "verified");
    // The key is still known, so a repeated request creates no second session.
    problem(create(&bank), ProblemCode::SessionState).await;
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions").await, "2");
    bank.clock.put_forward(31 * DAY);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_behind_ends_no_running_call() {
    let database = Database::postgres();
    let vendor = Vendor::verifying_after(Duration::from_secs(6)).await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, &vendor).await;
    let _behind = with_clock(&database, &vendor, "-1d");
    // It sweeps at its start.
    tokio::time::sleep(Duration::from_secs(3)).await;
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.state(&page).await, "verifying");
    assert_eq!(call.await.unwrap().status(), 200);
}

/// A relay in a process of its own, whose clock differs by so much.
fn with_clock(database: &Database, vendor: &Vendor, difference: &str) -> Program {
    Program::with_sessions_and(database, &["--vendor-base", &vendor.base], |command| {
        command.env("LD_PRELOAD", faketime()).env("FAKETIME", difference).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    })
}

/// The library that moves a program's clock.
fn faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.exists()).expect("libfaketime is missing: scripts/setup.sh test installs it")
}

async fn a_relay_ahead_knows_the_idempotency_keys(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    let ahead = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    ahead.clock.put_forward(2 * DAY);
    let body = json!({ "identifier": "8001015009087", "type": "1" });
    let create = |bank: &Bank| bank.create(&body).header("idempotency-key", "key-1");
    assert_eq!(create(&bank).send().await.unwrap().status(), 201);
    // To this relay, the session of the key has expired.
    problem(create(&ahead), ProblemCode::SessionState).await;
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_relay_ahead_in_an_older_session_is_lost_in_time() {
    let database = Database::postgres();
    let vendor = Vendor::verifying_after(Duration::from_secs(3_600)).await;
    let flags = ["--vendor-timeout=1s", "--session-ttl=1h", "--session-ttl-max=1h"];
    let bank = Bank::open(&database, &vendor.base, &flags).await;
    let ahead = Bank::open(&database, &vendor.base, &flags).await;
    ahead.clock.put_forward(1_200_000);
    let (page, _) = bank.linked().await;
    // The sweep does not look at it before its end.
    database.sql("UPDATE sessions SET due_at = expires_at").await;
    let call = ahead.verify_in_background(&page, &vendor).await;
    // By its clock, the relay ahead looks at the call first.
    ahead.sessions.sweep().await.unwrap();
    bank.clock.put_forward(70_000);
    bank.sessions.sweep().await.unwrap();
    bank.clock.put_forward(60_000);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.state(&page).await, "unknown");
    call.abort();
}
