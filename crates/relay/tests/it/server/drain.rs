//! The shutdown: readiness for load balancers, the drain delay, and the last webhooks.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::program::{self, Program};
use crate::support::receiver::Receiver;
use crate::support::{IDENTIFIER, Vendor, closed_port};

on_both!(a_stop_with_a_backlog_claims_no_more_webhooks, a_delivery_that_takes_too_long_is_given_back);

/// Returns whether the command `ready` succeeds for this program.
fn is_ready(program: &Program) -> bool {
    let admin = program.admin.replace("http://", "--admin-listen=");
    program::run(&[&admin, "ready"], &[]).0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_relay_is_not_ready_and_still_serves() {
    let vendor = closed_port().await;
    let flags = ["--admin-listen=127.0.0.1:0", "--drain-delay=3s", "--vendor-base", &vendor];
    let program = Program::start(&flags);
    program.wait_for("/readyz", (200, json!({ "status": "ok" }))).await;
    let service = |path: &str| program.get(path).send();
    assert_eq!(service("/readyz").await.unwrap().status(), 200);

    assert!(is_ready(&program));
    program.signal(Signal::TERM);
    let started = Instant::now();
    program.wait_for("/readyz", (503, json!({ "status": "draining" }))).await;
    assert_eq!(service("/readyz").await.unwrap().status(), 503);
    assert!(!is_ready(&program));
    // It is alive, and still serves callers from load balancers that have not noticed yet.
    assert_eq!(service("/healthz").await.unwrap().status(), 200);
    program.wait_for("/healthz", (200, json!({ "status": "ok" }))).await;
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
    assert!(started.elapsed() >= Duration::from_millis(2_500), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_its_database_is_not_ready() {
    let database = Database::postgres_alone();
    let program =
        Program::with_sessions(&database, &["--admin-listen=127.0.0.1:0", "--vendor-base", &closed_port().await]);
    program.wait_for("/readyz", (200, json!({ "status": "ok" }))).await;
    database.stop();
    program.wait_for("/readyz", (503, json!({ "status": "database" }))).await;
    program.wait_for("/healthz", (200, json!({ "status": "ok" }))).await;
    assert!(program.metric("akiba_relay_database_errors_total{kind=\"unavailable\"}").await.unwrap() > 0.0);
    database.start_again();
    program.wait_for("/readyz", (200, json!({ "status": "ok" }))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_webhook_is_delivered_before_exit() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying_after(Duration::from_millis(1_500)).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let program = Program::with_sessions(&database, &["--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    let post = |path: &str, key: &str, body: Value| program.post(path, key, &body).send();
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let created = post("/v1/sessions", &database.keys.api, body).await.unwrap().text().await.unwrap();
    let created: Value = serde_json::from_str(&created).unwrap();
    let token = created["session_token"].as_str().unwrap();
    assert_eq!(post("/v1/customer", token, json!({})).await.unwrap().status(), 200);
    let verdict = tokio::spawn(post("/v1/customer/verify", token, json!({})));
    vendor.reached_for_a_verdict().await;
    program.signal(Signal::TERM);
    assert_eq!(verdict.await.unwrap().unwrap().status(), 200);
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1, "{log}");
    assert_eq!(arrived[0].session(), created["session_id"].as_str().unwrap());
    // The delivery was recorded, so no relay sends it again.
    let again = Program::with_sessions(&database, &["--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(again);
    assert_eq!(receiver.arrived().len(), 1);
}

/// A program with this many webhooks that wait, all of verdicts from before it started, and an answer of the receiver
/// that takes `slow`.
async fn backlog(database: &Database, webhooks: usize, slow: Duration, flags: &[&str]) -> (Program, Receiver) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::slow(slow).await;
    let url = format!("--webhook-url={}", receiver.url);
    let bank = Bank::open(database, &vendor.base, &[&url]).await;
    for _ in 0..webhooks {
        bank.judged().await;
    }
    let flags = [&["--vendor-base", &vendor.base, &url], flags].concat();
    (Program::with_sessions(database, &flags), receiver)
}

async fn a_stop_with_a_backlog_claims_no_more_webhooks(database: &Database) {
    let (program, receiver) = backlog(database, 100, Duration::from_secs(1), &["--drain-timeout=20s"]).await;
    receiver.wait("the first deliveries", |arrived| !arrived.is_empty()).await;
    let before = database.sql("SELECT COUNT(*) FROM outbox WHERE status = 'delivered' OR claimed_until > 0").await;
    program.signal(Signal::TERM);
    let started = Instant::now();
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    let after = database.sql("SELECT COUNT(*) FROM outbox WHERE status = 'delivered'").await;
    // A claim can have been on its way when the signal came.
    let (before, after): (usize, usize) = (before.parse().unwrap(), after.parse().unwrap());
    assert!(after <= before + 32 && after < 100, "{before} were claimed, {after} delivered");
    assert_eq!(database.sql("SELECT COUNT(*) FROM outbox WHERE claimed_until > 0").await, "0");
    assert_eq!(receiver.arrived().len(), after, "what was claimed is delivered");
    assert!(!log.contains("cut off"), "{log}");
}

async fn a_delivery_that_takes_too_long_is_given_back(database: &Database) {
    for signals in [1, 2] {
        let flags = ["--drain-timeout=1s", "--webhook-timeout=5m"];
        let (program, receiver) = backlog(database, 5, Duration::from_secs(600), &flags).await;
        receiver.wait("the deliveries", |arrived| arrived.len() >= 5).await;
        for _ in 0..signals {
            program.signal(Signal::TERM);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let (in_order, log) = program.ended().await;
        assert_eq!(in_order, signals == 1, "no request was cut off: {log}");
        assert_eq!(log.contains("cut off"), signals == 2, "{log}");
        let open = "SELECT COUNT(*) FROM outbox WHERE status = 'pending' AND claimed_until = 0 AND attempts = 0";
        assert_eq!(database.sql(open).await, (5 * signals).to_string(), "{log}");
    }
}
