//! Another photo after a rejected one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::vendor::issued;
use crate::support::{Vendor, problem, success, verify_reply};

on_both!(
    the_host_sees_whether_a_rejection_is_final,
    fraud_ends_the_session,
    an_unclear_verdict_allows_another_photo_up_to_the_cap,
    a_link_requested_before_the_verdict_does_not_bypass_it,
);

fn fraud() -> Value {
    let mut reply = verify_reply();
    reply["data"]["identity"]["fraud_detected"] = json!("High");
    reply
}

async fn the_host_sees_whether_a_rejection_is_final(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--max-verifies=2", "--session-ttl=5m"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let (page, _) = bank.linked().await;
    for is_final in [false, true] {
        success(bank.link(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
        assert_eq!(bank.report(&page).await["verdict"]["final"], json!(is_final));
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    bank.deliver_all().await;
    let sent: Vec<_> = receiver.arrived().iter().map(|webhook| webhook.body["data"]["final"].clone()).collect();
    assert_eq!(sent, [json!(false), json!(true)]);

    // An expired session cannot get another verdict.
    let page = bank.judged().await;
    assert_eq!(bank.report(&page).await["verdict"]["final"], json!(false));
    bank.clock.put_forward(331_000);
    assert_eq!(bank.report(&page).await["verdict"]["final"], json!(true));
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
}

async fn fraud_ends_the_session(database: &Database) {
    let vendor = Vendor::judging(|_| fraud(), Duration::ZERO).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let sent = success(bank.verify(&page, &json!({}))).await;
    assert_eq!((&sent["outcome"], &sent["reason"]), (&json!("rejected"), &json!("fraud")));
    let verdict = &bank.report(&page).await["verdict"];
    assert_eq!((&verdict["reason"], &verdict["final"]), (&json!("fraud"), &json!(true)));
    problem(bank.link(&page, &json!({})), ProblemCode::SessionState).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected", "the same verdict again");
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn an_unclear_verdict_allows_another_photo_up_to_the_cap(database: &Database) {
    let vendor = Vendor::judging(
        |_| {
            let mut reply = verify_reply();
            reply["data"]["identity"]["fraud_detected"] = json!("Very High");
            reply
        },
        Duration::ZERO,
    )
    .await;
    let bank = Bank::open(database, &vendor.base, &["--max-verifies=2"]).await;
    let (page, _) = bank.linked().await;
    for is_final in [false, true] {
        success(bank.link(&page, &json!({}))).await;
        let sent = success(bank.verify(&page, &json!({}))).await;
        assert_eq!((&sent["outcome"], &sent["reason"]), (&json!("rejected"), &json!("unclear")));
        assert_eq!(
            (&sent["status"], sent.get("message")),
            (&json!("failed"), None),
            "the vendor's sentence says success"
        );
        let verdict = &bank.report(&page).await["verdict"];
        assert_eq!((&verdict["reason"], &verdict["final"]), (&json!("unclear"), &json!(is_final)));
        assert_eq!(verdict["reply"]["data"]["identity"]["fraud_detected"], "Very High");
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    assert_eq!(vendor.verdict_calls().len(), 2, "an unclear verdict is not retried automatically");
}

async fn a_link_requested_before_the_verdict_does_not_bypass_it(database: &Database) {
    let count = Arc::new(AtomicUsize::new(0));
    let vendor = Vendor::answering(move |request| {
        let link = request.is_link();
        let slow = link && count.fetch_add(1, Ordering::Relaxed) == 1;
        let answer = if link { issued(&request) } else { fraud() };
        async move {
            tokio::time::sleep(Duration::from_millis(if slow { 1_000 } else { 0 })).await;
            Response::new(answer.to_string().into())
        }
    })
    .await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let second = tokio::spawn(bank.link(&page, &json!({})).send());
    vendor.reached(2).await;
    success(bank.verify(&page, &json!({}))).await;
    assert_eq!(second.await.unwrap().unwrap().status(), 409);
    assert_eq!(bank.state(&page).await, "rejected");
}
