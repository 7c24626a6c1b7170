//! Calls that wait for the verdict of another call.

use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::{Vendor, problem_and_headers, success};

on_both!(calls_that_wait_are_limited_and_answered_at_once);

async fn calls_that_wait_are_limited_and_answered_at_once(database: &Database) {
    // 2 permits for the vendor, and 2 places for calls that wait.
    let vendor = Vendor::verifying_after(Duration::from_secs(3)).await;
    let bank = Bank::open(database, &vendor.base, &["--max-in-flight=2"]).await;
    let (page, _) = bank.linked().await;
    let first = bank.verify_in_background(&page, &vendor).await;
    let waiting: Vec<_> = (0..2).map(|_| tokio::spawn(success(bank.verify(&page, &json!({}))))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (_, headers) = problem_and_headers(bank.verify(&page, &json!({})), ProblemCode::Overloaded).await;
    assert_eq!(headers["retry-after"], "1");

    assert_eq!(first.await.unwrap().status(), 200);
    let ended = Instant::now();
    for call in waiting {
        assert_eq!(call.await.unwrap()["outcome"], "verified");
    }
    assert!(ended.elapsed() < Duration::from_secs(1), "the calls read the database: {:?}", ended.elapsed());
    assert_eq!(vendor.verdict_calls().len(), 1);
    // The places are free again.
    let (page, _) = bank.linked().await;
    let calls = [bank.verify(&page, &json!({})), bank.verify(&page, &json!({}))];
    for call in calls.map(|call| tokio::spawn(success(call))) {
        call.await.unwrap();
    }
}
