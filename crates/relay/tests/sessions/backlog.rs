//! Many webhooks, and nobody who takes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use akiba_relay::webhook::worker::deliver_due;
use serde_json::json;

use crate::bank::{Bank, vendor};
use crate::database::{Database, on_both};
use crate::receiver::Receiver;
use crate::support::{success, verify_reply};

on_both!(what_waits_for_an_earlier_one_is_not_looked_at);

async fn what_waits_for_an_earlier_one_is_not_looked_at(database: &Database) {
    let count = Arc::new(AtomicUsize::new(0));
    let vendor = vendor(
        move |_| match count.fetch_add(1, Ordering::Relaxed) % 3 {
            2 => verify_reply(),
            _ => json!({ "status": "failed" }),
        },
        Duration::ZERO,
    )
    .await;
    let dead = Arc::new(AtomicBool::new(true));
    let answer = Arc::clone(&dead);
    let receiver = Receiver::answering(move |_, _| if answer.load(Ordering::Relaxed) { 500 } else { 200 }).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let page = bank.page().await;
    let verdict = async || {
        success(bank.link(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
    };
    verdict().await;
    verdict().await;
    assert_eq!(deliver_due(bank.sessions.outbox()).await.unwrap(), 1);
    // Else a hundred thousand that wait would be read again every second.
    let due = async || {
        let now = bank.clock.now();
        database.sql(&format!("SELECT COUNT(*) FROM outbox WHERE status = 'pending' AND next_at <= {now}")).await
    };
    assert_eq!(due().await, "0", "the second waits as long as the first");
    verdict().await;
    assert_eq!(due().await, "0", "and so does a new one");

    dead.store(false, Ordering::Relaxed);
    bank.clock.put_forward(7_000);
    for _ in 0..3 {
        assert_eq!(deliver_due(bank.sessions.outbox()).await.unwrap(), 1);
    }
    let events: Vec<_> = receiver.arrived().iter().map(|webhook| webhook.event().to_owned()).collect();
    assert_eq!(events, ["session.rejected", "session.rejected", "session.rejected", "session.verified"]);
}
