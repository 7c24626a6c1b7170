//! Calls of one kind that are slow or many do not reject the others. Above all, nothing rejects a verdict on a photo that is
//! uploaded.

use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use axum::response::Response;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, Executor};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::vendor::issued;
use crate::support::wait::until;
use crate::support::{Vendor, all_of, problem, problem_and_headers, success, verify_reply};

on_both!(links_that_hang_do_not_reject_a_verdict, links_do_not_use_up_the_rate_of_verdicts,);

/// A person for whom the vendor's call for a link hangs.
const SLOW: &str = "7001015009088";

async fn links_that_hang_do_not_reject_a_verdict(database: &Database) {
    let vendor = Vendor::answering(|request| async move {
        if request.is_link() && request.body["identifier"] == SLOW {
            std::future::pending::<()>().await;
        }
        let body = if request.is_link() { issued(&request) } else { verify_reply() };
        Response::builder().header("content-type", "application/json").body(body.to_string().into()).unwrap()
    })
    .await;
    let bank = Bank::open(database, &vendor.base, &["--max-in-flight=2"]).await;
    let (page, _) = bank.linked().await;
    let slow = bank.page_of(SLOW).await;
    let hanging: Vec<_> = (0..2).map(|_| tokio::spawn(bank.link(&slow, &json!({})).send())).collect();
    vendor.reached(3).await;
    let (_, headers) = problem_and_headers(bank.link(&page, &json!({})), ProblemCode::Overloaded).await;
    assert_eq!(headers["retry-after"], "1");
    bank.report(&page).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    for call in hanging {
        call.abort();
    }
}

async fn links_do_not_use_up_the_rate_of_verdicts(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--rate-session=2/h"]).await;
    let page = bank.page().await;
    for _ in 0..2 {
        success(bank.link(&page, &json!({}))).await;
    }
    problem(bank.link(&page, &json!({})), ProblemCode::TooManyRequests).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    success(bank.verify(&page, &json!({}))).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::TooManyRequests).await;
}

/// Reads of a session that has just expired wait for its row, which another transaction has locked. So each of them holds
/// a connection of the pool for five seconds.
#[tokio::test(flavor = "multi_thread")]
async fn reads_that_hold_all_connections_do_not_reject_a_verdict() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let flags = ["--database-connections=4", "--max-host-calls=20", "--clock-leeway=1s"];
    let bank = Bank::open(&database, &vendor.base, &flags).await;
    let (page, _) = bank.linked().await;
    let expired = bank.page_with(&json!({ "identifier": "1", "type": "1", "ttl": 1 })).await;
    bank.clock.put_forward(5_000);
    let mut other = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    let lock = format!("SELECT 1 FROM sessions WHERE id = '{}' FOR UPDATE", expired.id);
    transaction.execute(lock.as_str()).await.unwrap();

    let read = || bank.host(Method::GET, &expired.path()).send();
    let reads: Vec<_> = (0..20).map(|_| read()).collect();
    let reads = tokio::spawn(all_of(reads));
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until("the reads hold connections", async || database.sql(waiting).await.parse::<usize>().unwrap() >= 3).await;
    // One read more is rejected at once.
    problem(bank.host(Method::GET, &expired.path()), ProblemCode::Overloaded).await;
    let started = Instant::now();
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    success(bank.relay.request(Method::GET, "/readyz")).await;
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    transaction.rollback().await.unwrap();
    let _ = reads.await.unwrap();
}
