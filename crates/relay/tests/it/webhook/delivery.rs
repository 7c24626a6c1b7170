//! Delivery of webhooks: signature, order, retries for a day, several relays, and the command line.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::bank::{Bank, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::program;
use crate::support::receiver::{Arrived, Receiver};
use crate::support::{FULL_NAME, IDENTIFIER, Vendor, success, verify_reply};

on_both!(
    a_verdict_is_sent_as_a_signed_webhook,
    a_failed_webhook_is_retried_unchanged,
    webhooks_of_a_session_arrive_in_order,
    a_webhook_fails_after_a_day_and_can_be_resent,
    relays_share_deliveries,
    a_delivery_in_progress_does_not_delay_the_next_one,
    unknown_verdicts_and_expired_sessions_are_sent,
);

/// Returns whether the webhook is signed with this secret. Checks it as the receiver's library does.
pub(crate) fn is_signed(webhook: &Arrived, secret: &str) -> bool {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signed = format!("{}.{}.{}", webhook.id, webhook.timestamp, webhook.text);
    webhook.signature.split(' ').any(|signature| {
        let tag = BASE64_STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, signed.as_bytes(), &tag).is_ok()
    })
}

async fn a_verdict_is_sent_as_a_signed_webhook(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 204).await;
    let mut keys = database.keys.copy();
    let old = keys.webhook.clone();
    let new = akiba_relay::secrets::webhook_secrets::new_secret().unwrap();
    keys.webhook = format!("{new} {old}");
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let page = bank.judged().await;
    assert_eq!(bank.deliver().await, 1);
    assert_eq!(bank.deliver().await, 0);

    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    let webhook = &arrived[0];
    assert!(webhook.id.starts_with("msg_"));
    assert!((bank.clock.now() / 1_000 - webhook.timestamp).abs() < 60);
    assert!(is_signed(webhook, &old) && is_signed(webhook, &new));
    assert!(!is_signed(webhook, &akiba_relay::secrets::webhook_secrets::new_secret().unwrap()));
    assert_eq!(webhook.body["type"], "session.verified");
    assert_eq!(
        webhook.body["data"],
        json!({
            "session_id": page.id, "reference": REFERENCE, "state": "verified", "outcome": "verified", "final": true,
        })
    );
    assert!(!webhook.text.contains(IDENTIFIER) && !webhook.text.contains(FULL_NAME));
}

async fn a_failed_webhook_is_retried_unchanged(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, before| [500, 302, 404, 200][before]).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    bank.judged().await;
    // 5 s, 20 s and 80 s, and up to a quarter more.
    for (tries, wait) in [(1, 7_000), (2, 26_000), (3, 101_000)] {
        assert_eq!(bank.deliver().await, 1);
        assert_eq!(bank.deliver().await, 0, "not before the retry is due");
        assert_eq!(receiver.arrived().len(), tries);
        bank.clock.put_forward(wait);
    }
    assert_eq!(bank.deliver().await, 1);
    bank.clock.put_forward(86_400_000);
    assert_eq!(bank.deliver().await, 0, "a delivered webhook is not sent again");
    let arrived = receiver.arrived();
    assert!(arrived.iter().all(|webhook| (&webhook.id, &webhook.text) == (&arrived[0].id, &arrived[0].text)));
    assert!(arrived[3].timestamp > arrived[0].timestamp, "a receiver rejects an old timestamp");
}

async fn webhooks_of_a_session_arrive_in_order(database: &Database) {
    let count = Arc::new(AtomicUsize::new(0));
    let vendor = Vendor::judging(
        move |_| {
            let first = count.fetch_add(1, Ordering::Relaxed) == 0;
            if first { json!({ "status": "failed" }) } else { verify_reply() }
        },
        Duration::ZERO,
    )
    .await;
    let receiver = Receiver::answering(|_, before| if before < 2 { 503 } else { 200 }).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let page = bank.judged().await;
    success(bank.link(&page, &json!({}))).await;
    success(bank.verify(&page, &json!({}))).await;
    for wait in [7_000, 26_000] {
        assert_eq!(bank.deliver().await, 1, "the second webhook waits for the first");
        bank.clock.put_forward(wait);
    }
    assert_eq!(bank.deliver().await, 1);
    assert_eq!(bank.deliver().await, 1);
    let events: Vec<_> = receiver.arrived().iter().map(|webhook| webhook.event().to_owned()).collect();
    assert_eq!(events, ["session.rejected", "session.rejected", "session.rejected", "session.verified"]);
}

fn command_line(database: &Database, arguments: &[&str]) -> (bool, String) {
    program::run(&[&["webhooks"], arguments].concat(), &[("AKIBA_RELAY_DATABASE", &database.url)])
}

async fn a_webhook_fails_after_a_day_and_can_be_resent(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, before| if before < 8 { 500 } else { 200 }).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let page = bank.judged().await;
    bank.deliver().await;
    // A day in which the relay was off does not count as a day of retries.
    bank.clock.put_forward(86_400_000);
    for _ in 0..6 {
        assert_eq!(bank.deliver().await, 1);
        assert_eq!(command_line(database, &["list"]), (true, String::new()));
        bank.clock.put_forward(3 * 3_600_000);
    }
    assert_eq!(bank.deliver().await, 1);
    bank.clock.put_forward(86_400_000);
    assert_eq!(bank.deliver().await, 0);

    let (success, list) = command_line(database, &["list"]);
    let id = &receiver.arrived()[0].id;
    assert!(success && list.lines().count() == 1, "{list}");
    for part in [id, "session.verified", &page.id, "  8  ", "status 500"] {
        assert!(list.contains(part), "{part} in {list}");
    }
    assert!(!command_line(database, &["resend", "msg_none"]).0);
    assert!(!command_line(database, &["resend"]).0);
    assert_eq!(command_line(database, &["resend", "--all-failed"]), (true, "webhooks to send again: 1\n".to_owned()));
    assert_eq!(command_line(database, &["list"]).1, "");
    assert_eq!(bank.deliver().await, 1);
    assert_eq!(command_line(database, &["list", "--status=delivered"]).1.lines().count(), 1);
    assert_eq!(command_line(database, &["resend", id]), (true, "webhooks to send again: 1\n".to_owned()));
    assert_eq!(bank.deliver().await, 1);
    assert!(receiver.arrived().iter().all(|webhook| webhook.id == *id));
    assert_eq!(receiver.arrived().len(), 10);
}

async fn relays_share_deliveries(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let mut banks = Vec::new();
    for _ in 0..3 {
        banks.push(Bank::telling(database, &vendor.base, &receiver.url, &[]).await);
    }
    let mut pages = Vec::new();
    for index in 0..40 {
        pages.push(banks[index % 3].judged().await);
    }
    let arrived = receiver.wait("every webhook", |arrived| arrived.len() >= pages.len()).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut times: HashMap<&str, usize> = HashMap::new();
    for webhook in &receiver.arrived() {
        *times.entry(pages.iter().find(|page| page.id == webhook.session()).unwrap().id.as_str()).or_default() += 1;
    }
    assert_eq!(times.len(), 40);
    assert!(times.values().all(|&times| times == 1), "a webhook was sent twice without a failure: {arrived:?}");
}

async fn a_delivery_in_progress_does_not_delay_the_next_one(database: &Database) {
    let vendor = Vendor::verifying().await;
    // Longer than --webhook-timeout, so the first delivery ends after 15 s.
    let receiver = Receiver::slow(Duration::from_secs(20)).await;
    let bank = Bank::telling(database, &vendor.base, &receiver.url, &[]).await;
    bank.judged().await;
    receiver.wait("the first webhook", |arrived| arrived.len() == 1).await;
    let started = Instant::now();
    bank.judged().await;
    receiver.wait("the second webhook", |arrived| arrived.len() == 2).await;
    assert!(started.elapsed() < Duration::from_secs(10), "it waited for the first delivery");
}

async fn unknown_verdicts_and_expired_sessions_are_sent(database: &Database) {
    let vendor = Vendor::judging(|_| Value::from("success"), Duration::ZERO).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let (lost, _) = bank.linked().await;
    assert_eq!(bank.verify(&lost, &json!({})).send().await.unwrap().status(), 502);
    let (expired, _) = bank.linked().await;
    bank.clock.put_forward(3_600_000);
    bank.sessions.sweep().await.unwrap();
    bank.deliver().await;
    let sent: Vec<_> =
        receiver.arrived().iter().map(|webhook| (webhook.session().to_owned(), webhook.event().to_owned())).collect();
    assert!(sent.contains(&(lost.id, "session.unknown".to_owned())), "{sent:?}");
    assert!(sent.contains(&(expired.id, "session.expired".to_owned())), "{sent:?}");
    assert_eq!(sent.len(), 2);
}
