//! How it tells load balancers that it is about to end.

use std::time::{Duration, Instant};

use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::bank::{vendor, verdicts_asked};
use crate::support::database::Database;
use crate::support::program::{Program, command};
use crate::support::receiver::Receiver;
use crate::support::{IDENTIFIER, nobody, verify_reply};

/// The exit status of the command that asks the program at its operator's listener.
fn asked(program: &Program) -> Option<i32> {
    let admin = program.admin.replace("http://", "--admin-listen=");
    command(&[&admin, "ready"]).output().unwrap().status.code()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_it_drains_and_takes_callers_until_the_delay_is_over() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let vendor = nobody().await;
    let flags = ["--admin-listen=127.0.0.1:0", "--drain-delay=3s", "--vendor-base", &vendor];
    let program = Program::start(&flags);
    program.wait_for("/readyz", (200, json!({ "status": "ok" }))).await;
    let of_service = |path: &str| program.request(Method::GET, &format!("{}{path}", program.base)).send();
    assert_eq!(of_service("/readyz").await.unwrap().status(), 200);

    assert_eq!(asked(&program), Some(0));
    program.signal(Signal::TERM);
    let started = Instant::now();
    program.wait_for("/readyz", (503, json!({ "status": "draining" }))).await;
    assert_eq!(of_service("/readyz").await.unwrap().status(), 503);
    assert_eq!(asked(&program), Some(1));
    // It is alive, and whoever comes by an old list of relays is served.
    assert_eq!(of_service("/healthz").await.unwrap().status(), 200);
    program.wait_for("/healthz", (200, json!({ "status": "ok" }))).await;
    let (in_order, log) = tokio::task::spawn_blocking(move || program.ended()).await.unwrap();
    assert!(in_order, "{log}");
    assert!(started.elapsed() >= Duration::from_millis(2_500), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_while_its_database_is_gone() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::postgres_alone();
    let program = Program::with_sessions(&database, &["--admin-listen=127.0.0.1:0", "--vendor-base", &nobody().await]);
    program.wait_for("/readyz", (200, json!({ "status": "ok" }))).await;
    database.stop();
    program.wait_for("/readyz", (503, json!({ "status": "database" }))).await;
    program.wait_for("/healthz", (200, json!({ "status": "ok" }))).await;
    assert!(program.metric("akiba_relay_database_errors_total{kind=\"unavailable\"}").await.unwrap() > 0.0);
    database.start_again();
    program.wait_for("/readyz", (200, json!({ "status": "ok" }))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_of_the_last_verdict_arrives_before_it_ends() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::sqlite();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(1_500)).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let program = Program::with_sessions(&database, &["--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    let post = |path: &str, key: &str, body: Value| {
        let request = program.request(Method::POST, &format!("{}{path}", program.base)).bearer_auth(key);
        request.header("content-type", "application/json").body(body.to_string()).send()
    };
    let wanted = json!({ "identifier": IDENTIFIER, "type": "1" });
    let made = post("/v1/sessions", &database.keys.api, wanted).await.unwrap().text().await.unwrap();
    let made: Value = serde_json::from_str(&made).unwrap();
    let token = made["session_token"].as_str().unwrap();
    assert_eq!(post("/v1/customer", token, json!({})).await.unwrap().status(), 200);
    let verdict = tokio::spawn(post("/v1/customer/verify", token, json!({})));
    while verdicts_asked(&vendor).is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    program.signal(Signal::TERM);
    assert_eq!(verdict.await.unwrap().unwrap().status(), 200);
    let (in_order, log) = tokio::task::spawn_blocking(move || program.ended()).await.unwrap();
    assert!(in_order, "{log}");
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1, "{log}");
    assert_eq!(arrived[0].session(), made["session_id"].as_str().unwrap());
    // It was seen to have arrived, so no relay sends it again.
    let again = Program::with_sessions(&database, &["--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(again);
    assert_eq!(receiver.arrived().len(), 1);
}
