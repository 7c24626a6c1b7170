//! The shutdown: readiness for load balancers, the drain delay, and the last webhooks.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::program::{self, Program};
use crate::support::receiver::Receiver;
use crate::support::{IDENTIFIER, Vendor, closed_port};

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
