//! Another photo after one that was rejected.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::webhook::worker::deliver_due;
use axum::response::Response;
use serde_json::{Value, json};

use crate::bank::{Bank, issued, vendor, verdicts_asked};
use crate::database::{Database, on_both};
use crate::receiver::Receiver;
use crate::support::{Vendor, problem, success, verify_reply};

on_both!(
    the_host_knows_whether_a_rejection_stays,
    fraud_ends_the_session,
    a_link_that_was_asked_for_before_the_verdict_does_not_get_round_it,
);

fn fraud() -> Value {
    let mut reply = verify_reply();
    reply["data"]["identity"]["fraud_detected"] = json!("High");
    reply
}

async fn the_host_knows_whether_a_rejection_stays(database: &Database) {
    let vendor = vendor(|_| json!({ "status": "failed" }), Duration::ZERO).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--max-verifies=2", "--session-ttl=5m"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let (page, _) = bank.linked().await;
    for stays in [false, true] {
        success(bank.link(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
        assert_eq!(bank.report(&page).await["verdict"]["final"], json!(stays));
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    while deliver_due(bank.sessions.outbox()).await.unwrap() > 0 {}
    let told: Vec<_> = receiver.arrived().iter().map(|webhook| webhook.body["data"]["final"].clone()).collect();
    assert_eq!(told, [json!(false), json!(true)]);

    // A life that is over brings no other verdict.
    let (page, _) = bank.linked().await;
    success(bank.verify(&page, &json!({}))).await;
    assert_eq!(bank.report(&page).await["verdict"]["final"], json!(false));
    bank.clock.put_forward(331_000);
    assert_eq!(bank.report(&page).await["verdict"]["final"], json!(true));
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
}

async fn fraud_ends_the_session(database: &Database) {
    let vendor = vendor(|_| fraud(), Duration::ZERO).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected");
    let verdict = &bank.report(&page).await["verdict"];
    assert_eq!((&verdict["reason"], &verdict["final"]), (&json!("fraud"), &json!(true)));
    problem(bank.link(&page, &json!({})), ProblemCode::SessionState).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected", "told again");
    assert_eq!(verdicts_asked(&vendor).len(), 1);
}

async fn a_link_that_was_asked_for_before_the_verdict_does_not_get_round_it(database: &Database) {
    let count = Arc::new(AtomicUsize::new(0));
    let vendor = Vendor::answering(move |request| {
        let link = request.path == "/v1/customer";
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
    while vendor.seen().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    success(bank.verify(&page, &json!({}))).await;
    assert_eq!(second.await.unwrap().unwrap().status(), 409);
    assert_eq!(bank.state(&page).await, "rejected");
}
