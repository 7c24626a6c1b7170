//! How it tells load balancers that it is about to end.

use std::time::{Duration, Instant};

use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;

use crate::database::Database;
use crate::program::{Program, command};
use crate::support::nobody;

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
