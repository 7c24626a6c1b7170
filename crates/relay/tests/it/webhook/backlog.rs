//! Many webhooks, and a receiver that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::{Vendor, success, verify_reply};

on_both!(a_webhook_behind_an_earlier_one_is_not_read);

async fn a_webhook_behind_an_earlier_one_is_not_read(database: &Database) {
    let count = Arc::new(AtomicUsize::new(0));
    let vendor = Vendor::judging(
        move |_| match count.fetch_add(1, Ordering::Relaxed) % 3 {
            2 => verify_reply(),
            _ => json!({ "status": "failed" }),
        },
        Duration::ZERO,
    )
    .await;
    let failing = Arc::new(AtomicBool::new(true));
    let answer = Arc::clone(&failing);
    let receiver = Receiver::answering(move |_, _| if answer.load(Ordering::Relaxed) { 500 } else { 200 }).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let page = bank.page().await;
    let verdict = async || {
        success(bank.link(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
    };
    verdict().await;
    verdict().await;
    assert_eq!(bank.deliver().await, 1);
    // Otherwise a hundred thousand waiting webhooks would be read every second.
    let due = async || {
        let now = bank.clock.now();
        database.sql(&format!("SELECT COUNT(*) FROM outbox WHERE status = 'pending' AND next_at <= {now}")).await
    };
    assert_eq!(due().await, "0", "the second waits until the first is retried");
    verdict().await;
    assert_eq!(due().await, "0", "a new one waits as well");

    failing.store(false, Ordering::Relaxed);
    bank.clock.put_forward(7_000);
    for _ in 0..3 {
        assert_eq!(bank.deliver().await, 1);
    }
    let events: Vec<_> = receiver.arrived().iter().map(|webhook| webhook.event().to_owned()).collect();
    assert_eq!(events, ["session.rejected", "session.rejected", "session.rejected", "session.verified"]);
}
