//! Traces to a collector: what it gets, and what nobody gets. It is a binary of its own because only this test needs the
//! feature `otel`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests can panic, too")]

#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the other tests, which use the rest")]
mod support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::Uri;
use rustix::process::Signal;
use serde_json::{Value, json};

use support::database::Database;
use support::program::Program;
use support::{FULL_NAME, IDENTIFIER, SIGNATURE, TOKEN, Task, Vendor, closed_port, listen};

/// A collector that keeps every request.
struct Collector {
    base: String,
    got: Arc<Mutex<Vec<(String, Bytes)>>>,
    _task: Task<()>,
}

impl Collector {
    async fn start() -> Self {
        let got: Arc<Mutex<Vec<(String, Bytes)>>> = Arc::default();
        let list = Arc::clone(&got);
        let handler = move |uri: Uri, body: Bytes| async move { list.lock().unwrap().push((uri.to_string(), body)) };
        let (listener, base) = listen().await;
        let task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(handler)).await.unwrap();
        });
        Self { base, got, _task: Task::of(task) }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn call(program: &Program, path: &str, key: &str, body: Value) -> Value {
    let request = program.post(path, key, &body);
    // The relay must not continue a trace of the caller.
    let request = request.header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let answer = request.send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_hold_no_personal_data_and_vendor_calls_no_trace() {
    let collector = Collector::start().await;
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let program =
        Program::with_sessions(&database, &["--otel-endpoint", &collector.base, "--vendor-base", &vendor.base]);
    let created = json!({ "identifier": IDENTIFIER, "type": "1" });
    let created = call(&program, "/v1/sessions", &database.keys.api, created).await;
    let token = created["session_token"].as_str().unwrap();
    let link = call(&program, "/v1/customer", token, json!({})).await;
    let reply = call(&program, "/v1/customer/verify", token, json!({})).await;
    assert_eq!(reply["outcome"], "verified", "{reply}");
    // The relay sends the remaining spans when it ends.
    program.signal(Signal::TERM);
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");

    let got = collector.got.lock().unwrap().clone();
    assert!(!got.is_empty() && got.iter().all(|(path, _)| path == "/v1/traces"), "{got:?}");
    let bytes: Vec<u8> = got.iter().flat_map(|(_, body)| body.to_vec()).collect();
    let id = created["session_id"].as_str().unwrap();
    for part in ["akiba-relay", "/v1/sessions", "/v1/customer/verify", "link", "verify", "database", "request_id", id] {
        assert!(holds(&bytes, part), "{part} is not in the spans");
    }
    let trace = [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6];
    assert!(!bytes.windows(8).any(|window| window == trace), "the relay continues the caller's trace");
    let key = link["s3_key"].as_str().unwrap();
    for secret in [TOKEN, IDENTIFIER, FULL_NAME, SIGNATURE, key, token, database.keys.api.as_str()] {
        assert!(!holds(&bytes, secret), "{secret} is in the spans");
    }
    for seen in vendor.seen() {
        assert!(seen.headers.keys().all(|name| !name.as_str().starts_with("trace")), "{:?}", seen.headers);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_collector_does_not_slow_calls() {
    let database = Database::sqlite();
    let program = Program::with_sessions(
        &database,
        &["--otel-endpoint", &closed_port().await, "--vendor-base", &closed_port().await],
    );
    let started = Instant::now();
    for _ in 0..20 {
        let created =
            call(&program, "/v1/sessions", &database.keys.api, json!({ "identifier": "1", "type": "1" })).await;
        assert!(created["session_token"].is_string(), "{created}");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    program.signal(Signal::TERM);
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
}
