//! Answers of the vendor that come when nobody reckons with them any more.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::json;

use crate::support::bank::{Bank, Page, issued, verdicts_asked};
use crate::support::database::{Database, on_both};
use crate::support::{Seen, Vendor, problem, success, verify_reply};

on_both!(
    a_verdict_that_was_given_up_is_not_told,
    a_late_verdict_stands_though_the_vendor_is_asked_again,
    an_end_that_may_hide_a_verdict_is_lost,
);

/// A vendor whose first answer comes after a while and says yes, and whose second comes later still and says no.
async fn two_minds() -> Vendor {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    Vendor::answering(move |request: Seen| {
        let verify = request.path == "/v1/customer/verify";
        let first = verify && asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        let (answer, wait) = match (verify, first) {
            (false, _) => (issued(&request), 0),
            (true, true) => (verify_reply(), 2_000),
            (true, false) => (json!({ "status": "failed" }), 4_000),
        };
        async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            Response::new(answer.to_string().into())
        }
    })
    .await
}

/// Another relay, whose clock is far ahead, gives an attempt up that is still under way.
async fn given_up(bank: &Bank, other: &Bank, vendor: &Vendor) -> (Page, tokio::task::JoinHandle<reqwest::Response>) {
    let (page, _) = bank.linked().await;
    let call = bank.verify(&page, &json!({}));
    let call = tokio::spawn(async move { call.send().await.unwrap() });
    while verdicts_asked(vendor).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    other.clock.put_forward(300_000);
    assert_eq!(other.state(&page).await, "unknown");
    (page, call)
}

async fn a_verdict_that_was_given_up_is_not_told(database: &Database) {
    let vendor = two_minds().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let other = Bank::open(database, &vendor.base, &[]).await;
    let (page, call) = given_up(&bank, &other, &vendor).await;
    success(other.reconcile(&page, "release")).await;
    let answer = call.await.unwrap();
    assert_eq!(answer.status(), 409, "what the session does not stand by is no verdict");
    assert_eq!(bank.state(&page).await, "link_issued");
}

async fn a_late_verdict_stands_though_the_vendor_is_asked_again(database: &Database) {
    let vendor = two_minds().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let other = Bank::open(database, &vendor.base, &[]).await;
    let (page, call) = given_up(&bank, &other, &vendor).await;
    let repeated = tokio::spawn(success(other.reconcile(&page, "repeat")));
    let answer = call.await.unwrap();
    assert_eq!(answer.status(), 200);
    let told: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(told["outcome"], "verified");
    assert_eq!(bank.state(&page).await, "verified", "it was billed, and it is about the same photo");
    assert_eq!(repeated.await.unwrap()["verdict"]["outcome"], "verified", "the first one stands");
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(verdicts_asked(&vendor).len(), 2);
}

async fn an_end_that_may_hide_a_verdict_is_lost(database: &Database) {
    // Gateways answer 503 for a service that is too slow, as Heroku and Amazon's do. Who says when to come back has
    // looked at the call and left it.
    for (retry_after, state) in [(None, "unknown"), (Some("7"), "link_issued")] {
        let vendor = Vendor::answering(move |request| {
            let response = match (request.path.as_str(), retry_after) {
                ("/v1/customer", _) => Response::new(issued(&request).to_string().into()),
                (_, None) => Response::builder().status(503).body("{}".into()).unwrap(),
                (_, Some(seconds)) => {
                    Response::builder().status(503).header("retry-after", seconds).body("{}".into()).unwrap()
                }
            };
            async move { response }
        })
        .await;
        let bank = Bank::open(database, &vendor.base, &[]).await;
        let (page, _) = bank.linked().await;
        problem(bank.verify(&page, &json!({})), ProblemCode::VendorUnavailable).await;
        assert_eq!(bank.state(&page).await, state, "{retry_after:?}");
    }
}
