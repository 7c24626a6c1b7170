//! The operator's listener: metrics, webhooks, sessions, and who can't reach it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use akiba_relay::cli::Cli;
use axum::body::Body;
use axum::http::Request;
use clap::Parser;
use reqwest::Method;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::program::{Program, command, output};
use crate::support::receiver::Receiver;
use crate::support::wait::{reached, until};
use crate::support::{FULL_NAME, IDENTIFIER, Relay, SIGNATURE, TOKEN, Vendor, closed_port};

const ADMIN: &str = "--admin-listen=127.0.0.1:0";

/// A relay with sessions that has one verdict. The receiver failed once for its webhook.
struct Judged {
    program: Program,
    receiver: Receiver,
    /// The session's id.
    session: String,
    /// Texts that the operator must not see.
    secrets: Vec<String>,
    _vendor: Vendor,
    _database: Database,
}

async fn judged() -> Judged {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, before| if before == 0 { 500 } else { 200 }).await;
    let program =
        Program::with_sessions(&database, &[ADMIN, "--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    let call = async |path: &str, key: &str, body: Value| {
        let text = program.post(path, key, &body).send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let api = &database.keys.api;
    let created = call("/v1/sessions", api, json!({ "identifier": IDENTIFIER, "type": "1" })).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (session, token) = (text(&created["session_id"]), text(&created["session_token"]));
    let link = call("/v1/customer", &token, json!({})).await;
    let reply = call("/v1/customer/verify", &token, json!({})).await;
    assert_eq!(reply["outcome"], "verified", "{reply}");
    let secrets = [TOKEN, IDENTIFIER, FULL_NAME, SIGNATURE, api, &token].map(str::to_owned);
    let secrets = secrets.into_iter().chain([text(&link["s3_key"])]).collect();
    receiver.wait("the webhook", |arrived| arrived.len() == 1).await;
    Judged { program, receiver, session, secrets, _vendor: vendor, _database: database }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_everything_without_personal_data() {
    let Judged { program, session, secrets, .. } = &judged().await;
    // Text from a caller must not become a label.
    let path = format!("/{IDENTIFIER}?key={SIGNATURE}");
    assert_eq!(program.get(&path).send().await.unwrap().status(), 404);
    let put_off = "akiba_relay_webhook_deliveries_total{result=\"put-off\"}";
    until("the failed delivery is counted", async || program.metric(put_off).await == Some(1.0)).await;
    for (name, value) in [
        ("http_requests_total{route=\"/v1/sessions\",code=\"ok\"}", 1.0),
        ("http_requests_total{route=\"/v1/customer/verify\",code=\"ok\"}", 1.0),
        ("http_requests_total{route=\"none\",code=\"not-found\"}", 1.0),
        ("http_request_duration_seconds_count{route=\"/v1/customer\"}", 1.0),
        ("http_request_duration_seconds_bucket{le=\"+Inf\",route=\"/v1/customer\"}", 1.0),
        // The request for the metrics itself.
        ("http_requests_in_flight", 1.0),
        ("vendor_calls_total{call=\"link\",result=\"ok\"}", 1.0),
        ("vendor_calls_total{call=\"verify\",result=\"ok\"}", 1.0),
        ("vendor_call_duration_seconds_count{call=\"verify\"}", 1.0),
        ("vendor_calls_in_flight", 0.0),
        ("session_transitions_total{to=\"created\"}", 1.0),
        ("session_transitions_total{to=\"link_issued\"}", 1.0),
        ("session_transitions_total{to=\"verifying\"}", 1.0),
        ("session_transitions_total{to=\"verified\"}", 1.0),
        ("webhook_messages{status=\"pending\"}", 1.0),
        ("webhook_messages{status=\"failed\"}", 0.0),
        ("build_info{version=\"0.1.0\"}", 1.0),
    ] {
        assert_eq!(program.metric(&format!("akiba_relay_{name}")).await, Some(value), "{name}");
    }
    assert!(program.metric("akiba_relay_connections{listener=\"admin\"}").await.unwrap() >= 1.0);
    let (_, text) = program.operator(Method::GET, "/metrics").await;
    for secret in secrets.iter().chain([session]) {
        assert!(!text.contains(secret.as_str()), "{secret} is in the metrics");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn undelivered_webhooks_can_be_listed_and_resent() {
    let Judged { program, receiver, session, .. } = &judged().await;
    let pending = async || {
        let (status, text) = program.operator(Method::GET, "/admin/webhooks?status=pending").await;
        assert_eq!(status, 200);
        serde_json::from_str::<Value>(&text).unwrap()
    };
    until("the failed attempt is listed", async || pending().await[0]["attempts"] == 1).await;
    let listed = pending().await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["session_id"], session.as_str());
    assert_eq!(listed[0]["event"], "session.verified");
    assert_eq!(listed[0]["last_result"], "status 500");
    let id = listed[0]["id"].as_str().unwrap();
    let started = Instant::now();
    let (status, text) = program.operator(Method::POST, &format!("/admin/webhooks/{id}/resend")).await;
    assert_eq!((status, text.as_str()), (200, "{\"resent\":1}"));
    let arrived = receiver.wait("the webhook again", |arrived| arrived.len() == 2).await;
    assert!(started.elapsed() < Duration::from_secs(3), "a resend does not wait for the next retry");
    assert_eq!(arrived[0].id, arrived[1].id);
    program.wait_for("/admin/webhooks?status=pending", (200, json!([]))).await;
    program.wait_for("/admin/webhooks", (200, json!([]))).await;
    program.wait_for("/admin/sessions", (200, json!({ "verified": 1 }))).await;
    assert_eq!(
        program.operator(Method::POST, "/admin/webhooks/resend-failed").await,
        (200, "{\"resent\":0}".to_owned())
    );
    for (method, path, status) in [
        (Method::POST, "/admin/webhooks/msg_0/resend", 404),
        (Method::GET, "/admin/webhooks/msg_0/resend", 405),
        (Method::GET, "/admin/webhooks?status=8001015009087", 400),
        (Method::GET, "/admin/webhooks?key=8001015009087", 400),
        (Method::GET, "/v1/sessions", 404),
    ] {
        let (is, text) = program.operator(method, path).await;
        assert_eq!(is, status, "{path}: {text}");
        assert!(!text.contains(IDENTIFIER), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_routes_are_closed_to_callers_and_pages() {
    let database = Database::sqlite();
    let program = Program::with_sessions(&database, &[ADMIN, "--vendor-base", &closed_port().await]);
    for path in ["/metrics", "/admin/sessions", "/admin/webhooks"] {
        let (status, _) = program.operator(Method::GET, path).await;
        assert_eq!(status, 200, "{path}");
        let outside = program.get(path).send().await.unwrap();
        assert_eq!(outside.status(), 404, "{path}");
        let page =
            program.request(Method::GET, &format!("{}{path}", program.admin)).header("origin", "https://x.example");
        assert_eq!(page.send().await.unwrap().status(), 403, "{path}");
        // DNS rebinding: a page whose host name resolves to this machine sends no Origin with a GET.
        for (host, status) in [
            ("rebound.example", 403),
            ("rebound.example:9091", 403),
            ("localhost.rebound.example", 403),
            ("127.0.0.1.rebound.example", 403),
            ("127.0.0.1@rebound.example", 403),
            ("rebound.example@127.0.0.1", 403),
            ("localhost:9091", 200),
            ("[::1]:9091", 200),
        ] {
            let named = program.request(Method::GET, &format!("{}{path}", program.admin)).header("host", host);
            assert_eq!(named.send().await.unwrap().status(), status, "{path} at {host}");
        }
    }
    // Without the flag there is no such listener.
    assert_eq!(Program::start(&["--vendor-base", &closed_port().await]).admin, "");
}

#[test]
fn a_remote_admin_listener_needs_its_own_flag() {
    let check = |flags: &[&str]| {
        let output = output(&mut command(&[&["--check-config", "--admin-listen=0.0.0.0:0"], flags].concat()));
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, error) = check(&[]);
    assert!(status == 2 && error.contains("--admin-remote"), "{error}");
    assert_eq!(check(&["--admin-remote"]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_admin_listener_has_metrics_but_no_sessions() {
    let database = Database::sqlite();
    let bank = Bank::open(&database, &closed_port().await, &[]).await;
    let Cli { settings, .. } = Cli::try_parse_from(["akiba-relay"]).unwrap();
    let state = Relay::state(&settings).with_sessions(Arc::clone(&bank.sessions));
    for (local, admin) in [(true, 200), (false, 404)] {
        let app = akiba_relay::http::admin::app(state.clone(), local);
        for (path, status) in
            [("/metrics", 200), ("/readyz", 200), ("/admin/sessions", admin), ("/admin/webhooks", admin)]
        {
            let request = Request::get(path).body(Body::empty()).unwrap();
            assert_eq!(app.clone().oneshot(request).await.unwrap().status(), status, "{path}");
            // A remote listener accepts any host name.
            let named = Request::get(path).header("host", "relay-1.internal:9091").body(Body::empty()).unwrap();
            let status = if local { 403 } else { status };
            assert_eq!(app.clone().oneshot(named).await.unwrap().status(), status, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_and_cancelled_calls_are_counted() {
    let (vendor, mut at_vendor) = Vendor::stalled().await;
    let program = Program::start(&[ADMIN, "--max-in-flight=1", "--vendor-base", &vendor.base]);
    let url = format!("{}/v1/customer", program.base);
    let call = || {
        let request = program.request(Method::POST, &url).header("content-type", "application/json");
        request.body(crate::support::link_request().to_string()).send()
    };
    let first = tokio::spawn(call());
    reached(&mut at_vendor).await;
    assert_eq!(program.metric("akiba_relay_vendor_calls_in_flight").await, Some(1.0));
    assert_eq!(call().await.unwrap().status(), 503);
    assert_eq!(program.metric("akiba_relay_limited_total{limit=\"in-flight\"}").await, Some(1.0));
    // A disconnected caller cancels the call.
    first.abort();
    let _ = first.await;
    let gone = "akiba_relay_http_requests_total{route=\"/v1/customer\",code=\"caller-gone\"}";
    until("the disconnected caller is counted", async || program.metric(gone).await.is_some()).await;
    assert_eq!(program.metric("akiba_relay_vendor_calls_in_flight").await, Some(0.0));
}
