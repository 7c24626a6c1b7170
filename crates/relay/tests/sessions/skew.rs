//! Relays whose clocks are apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::webhook::worker::deliver_due;
use serde_json::json;

use crate::bank::{Bank, content_vendor, vendor, verdicts_asked};
use crate::database::{Database, on_both};
use crate::receiver::Receiver;
use crate::support::{problem, success, verify_reply};

on_both!(
    within_the_leeway_nobody_notices,
    an_attempt_is_not_given_up_early,
    beyond_the_leeway_tokens_fail_and_verdicts_do_not,
    a_webhook_on_its_way_is_not_sent_by_a_relay_that_is_ahead,
);

async fn within_the_leeway_nobody_notices(database: &Database) {
    let vendor = content_vendor().await;
    for ahead in [25_000, -25_000] {
        let bank = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
        let other = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
        other.clock.put_forward(ahead);
        let page = bank.page().await;
        success(other.link(&page, &json!({}))).await;
        assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 0);
        bank.clock.put_forward(59_000);
        other.clock.put_forward(59_000);
        assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 0, "its life is not over");
        success(other.verify(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
    }
}

async fn an_attempt_is_not_given_up_early(database: &Database) {
    let vendor = vendor(|_| verify_reply(), Duration::from_secs(1)).await;
    let bank = Bank::open(database, &vendor.base, &["--vendor-timeout=2s", "--clock-leeway=30s"]).await;
    let other = Bank::open(database, &vendor.base, &["--vendor-timeout=2s", "--clock-leeway=30s"]).await;
    other.clock.put_forward(29_000);
    let (page, _) = bank.linked().await;
    let call = tokio::spawn(success(bank.verify(&page, &json!({}))));
    while verdicts_asked(&vendor).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 0);
    assert_eq!(other.state(&page).await, "verifying");
    assert_eq!(call.await.unwrap()["outcome"], "verified");
}

async fn beyond_the_leeway_tokens_fail_and_verdicts_do_not(database: &Database) {
    let vendor = content_vendor().await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
    let behind = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
    let ahead = Bank::open(database, &vendor.base, &["--session-ttl=60s"]).await;
    behind.clock.put_forward(-31_000);
    ahead.clock.put_forward(91_000);
    let (page, _) = bank.linked().await;
    problem(behind.link(&page, &json!({})), ProblemCode::Unauthorized).await;
    problem(ahead.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    // Its end is its verdict's, whatever the clocks say.
    ahead.sessions.sweep().await.unwrap();
    for relay in [&bank, &behind, &ahead] {
        assert_eq!(relay.state(&page).await, "verified");
    }
    // One that is ahead ends lives early, for all: that is what the leeway is for.
    let (page, _) = bank.linked().await;
    assert_eq!(ahead.sessions.sweep().await.unwrap().lapsed, 1);
    problem(bank.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(verdicts_asked(&vendor).len(), 1);
}

async fn a_webhook_on_its_way_is_not_sent_by_a_relay_that_is_ahead(database: &Database) {
    let vendor = content_vendor().await;
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
    let (page, _) = bank.linked().await;
    success(bank.verify(&page, &json!({}))).await;
    let outbox = Arc::clone(bank.sessions.outbox());
    let delivery = tokio::spawn(async move { deliver_due(&outbox).await.unwrap() });
    while started.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(deliver_due(ahead.sessions.outbox()).await.unwrap(), 0);
    assert_eq!(delivery.await.unwrap(), 1);
}
