//! Answers of the vendor that come after the attempt has expired.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::json;

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::vendor::{Seen, issued};
use crate::support::{Vendor, problem, success, verify_reply};

on_both!(
    a_released_verdict_is_not_returned,
    a_late_verdict_stands_despite_a_repeat,
    a_503_without_retry_after_is_unknown,
);

/// A vendor that verifies at the first call, after 2 s, and rejects at the second, after 4 s.
async fn undecided_vendor() -> Vendor {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    Vendor::answering(move |request: Seen| {
        let verify = request.is_verify();
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

/// Lets another relay, whose clock is far ahead, expire an attempt that still runs.
async fn expired(bank: &Bank, other: &Bank, vendor: &Vendor) -> (Page, tokio::task::JoinHandle<reqwest::Response>) {
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, vendor).await;
    other.clock.put_forward(300_000);
    assert_eq!(other.state(&page).await, "unknown");
    (page, call)
}

async fn a_released_verdict_is_not_returned(database: &Database) {
    let vendor = undecided_vendor().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let other = Bank::open(database, &vendor.base, &[]).await;
    let (page, call) = expired(&bank, &other, &vendor).await;
    success(other.reconcile(&page, "release")).await;
    let answer = call.await.unwrap();
    assert_eq!(answer.status(), 409, "the session has no verdict");
    assert_eq!(bank.state(&page).await, "link_issued");
}

async fn a_late_verdict_stands_despite_a_repeat(database: &Database) {
    let vendor = undecided_vendor().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let other = Bank::open(database, &vendor.base, &[]).await;
    let (page, call) = expired(&bank, &other, &vendor).await;
    let repeated = tokio::spawn(success(other.reconcile(&page, "repeat")));
    let answer = call.await.unwrap();
    assert_eq!(answer.status(), 200);
    let reply: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(reply["outcome"], "verified");
    assert_eq!(bank.state(&page).await, "verified", "the verdict was billed, and is for the same photo");
    assert_eq!(repeated.await.unwrap()["verdict"]["outcome"], "verified", "the first verdict stands");
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(vendor.verdict_calls().len(), 2);
}

async fn a_503_without_retry_after_is_unknown(database: &Database) {
    // Gateways, such as Heroku's and Amazon's, answer 503 for a service that is too slow, so it may have judged. With a
    // Retry-After, the service itself has refused the call.
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
