//! What the operator is told, and what others are not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use akiba_relay::cli::Cli;
use axum::body::Body;
use axum::http::Request;
use clap::Parser;
use reqwest::Method;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::bank::{Bank, vendor};
use crate::database::Database;
use crate::program::{Program, command};
use crate::receiver::Receiver;
use crate::support::{FULL_NAME, IDENTIFIER, Relay, SIGNATURE, TOKEN, Vendor, nobody, verify_reply};

const ADMIN: &str = "--admin-listen=127.0.0.1:0";

/// Makes a session and gets its verdict, and says the session's id and everything that is nobody's business.
async fn verdict(program: &Program, api: &str) -> (String, Vec<String>) {
    let call = |path: &str, key: &str, body: Value| {
        let request = program.request(Method::POST, &format!("{}{path}", program.base)).bearer_auth(key);
        let request = request.header("content-type", "application/json").body(body.to_string());
        async move {
            let text = request.send().await.unwrap().text().await.unwrap();
            serde_json::from_str::<Value>(&text).unwrap()
        }
    };
    let made = call("/v1/sessions", api, json!({ "identifier": IDENTIFIER, "type": "1" })).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (id, token) = (text(&made["session_id"]), text(&made["session_token"]));
    let link = call("/v1/customer", &token, json!({})).await;
    let told = call("/v1/customer/verify", &token, json!({})).await;
    assert_eq!(told["outcome"], "verified", "{told}");
    let secrets = [TOKEN, IDENTIFIER, FULL_NAME, SIGNATURE, api, &token].map(str::to_owned);
    (id, secrets.into_iter().chain([text(&link["s3_key"])]).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happens_and_name_nobody() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::sqlite();
    let vendor = vendor(|_| verify_reply(), Duration::ZERO).await;
    let receiver = Receiver::answering(|_, before| if before == 0 { 500 } else { 200 }).await;
    let program =
        Program::with_sessions(&database, &[ADMIN, "--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    let (id, mut secrets) = verdict(&program, &database.keys.api).await;
    // What a caller makes up is no label.
    let path = format!("{}/{IDENTIFIER}?key={SIGNATURE}", program.base);
    assert_eq!(program.request(Method::GET, &path).send().await.unwrap().status(), 404);
    receiver.wait("the webhook", |arrived| arrived.len() == 1).await;
    let put_off = "akiba_relay_webhook_deliveries_total{result=\"put-off\"}";
    let started = Instant::now();
    while program.metric(put_off).await != Some(1.0) {
        assert!(started.elapsed() < Duration::from_secs(30));
    }
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
    secrets.push(id);
    for secret in &secrets {
        assert!(!text.contains(secret.as_str()), "{secret} is in the metrics");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_do_not_arrive_can_be_seen_and_sent_again() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::sqlite();
    let vendor = vendor(|_| verify_reply(), Duration::ZERO).await;
    let receiver = Receiver::answering(|_, before| if before == 0 { 500 } else { 200 }).await;
    let program =
        Program::with_sessions(&database, &[ADMIN, "--vendor-base", &vendor.base, "--webhook-url", &receiver.url]);
    let (session, _) = verdict(&program, &database.keys.api).await;
    receiver.wait("the webhook", |arrived| arrived.len() == 1).await;
    let started = Instant::now();
    let listed = loop {
        let (status, text) = program.operator(Method::GET, "/admin/webhooks?status=pending").await;
        assert_eq!(status, 200);
        let listed: Value = serde_json::from_str(&text).unwrap();
        if listed[0]["attempts"] == 1 {
            break listed;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{listed}");
    };
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["session_id"], session.as_str());
    assert_eq!(listed[0]["event"], "session.verified");
    assert_eq!(listed[0]["last_result"], "status 500");
    let id = listed[0]["id"].as_str().unwrap();
    let started = Instant::now();
    let (status, text) = program.operator(Method::POST, &format!("/admin/webhooks/{id}/resend")).await;
    assert_eq!((status, text.as_str()), (200, "{\"resent\":1}"));
    let arrived = receiver.wait("it is sent again", |arrived| arrived.len() == 2).await;
    assert!(started.elapsed() < Duration::from_secs(3), "it does not wait for its turn");
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
async fn the_service_shows_none_of_it_and_pages_are_turned_away() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::sqlite();
    let program = Program::with_sessions(&database, &[ADMIN, "--vendor-base", &nobody().await]);
    for path in ["/metrics", "/admin/sessions", "/admin/webhooks"] {
        let (status, _) = program.operator(Method::GET, path).await;
        assert_eq!(status, 200, "{path}");
        let outside = program.request(Method::GET, &format!("{}{path}", program.base)).send().await.unwrap();
        assert_eq!(outside.status(), 404, "{path}");
        let page =
            program.request(Method::GET, &format!("{}{path}", program.admin)).header("origin", "https://x.example");
        assert_eq!(page.send().await.unwrap().status(), 403, "{path}");
        // A page whose own name leads here sends no origin with what it reads.
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
    // Without the setting there is no listener.
    assert_eq!(Program::start(&["--vendor-base", &nobody().await]).admin, "");
}

#[test]
fn it_listens_off_loopback_only_when_told_to() {
    let check = |flags: &[&str]| {
        let output = command(&[&["--check-config", "--admin-listen=0.0.0.0:0"], flags].concat()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, error) = check(&[]);
    assert!(status == 2 && error.contains("--admin-remote"), "{error}");
    assert_eq!(check(&["--admin-remote"]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn off_loopback_there_are_metrics_and_nothing_of_sessions() {
    let database = Database::sqlite();
    let bank = Bank::open(&database, &nobody().await, &[]).await;
    let Cli { settings, .. } = Cli::try_parse_from(["akiba-relay"]).unwrap();
    let state = Relay::state(&settings).with_sessions(Arc::clone(&bank.sessions));
    for (local, admin) in [(true, 200), (false, 404)] {
        let app = akiba_relay::http::admin::app(state.clone(), local);
        for (path, status) in
            [("/metrics", 200), ("/readyz", 200), ("/admin/sessions", admin), ("/admin/webhooks", admin)]
        {
            let request = Request::get(path).body(Body::empty()).unwrap();
            assert_eq!(app.clone().oneshot(request).await.unwrap().status(), status, "{path}");
            // Off loopback it has whatever name it has.
            let named = Request::get(path).header("host", "relay-1.internal:9091").body(Body::empty()).unwrap();
            let status = if local { 403 } else { status };
            assert_eq!(app.clone().oneshot(named).await.unwrap().status(), status, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_shed_are_counted() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (reached, mut at_vendor) = tokio::sync::mpsc::unbounded_channel();
    let vendor = Vendor::raw(move |stream| {
        let reached = reached.clone();
        async move {
            reached.send(()).unwrap();
            std::future::pending::<()>().await;
            drop(stream);
        }
    })
    .await;
    let program = Program::start(&[ADMIN, "--max-in-flight=1", "--vendor-base", &vendor.base]);
    let url = format!("{}/v1/customer", program.base);
    let call = || {
        let request = program.request(Method::POST, &url).header("content-type", "application/json");
        request.body(crate::support::link_request().to_string()).send()
    };
    let first = tokio::spawn(call());
    at_vendor.recv().await.unwrap();
    assert_eq!(program.metric("akiba_relay_vendor_calls_in_flight").await, Some(1.0));
    assert_eq!(call().await.unwrap().status(), 503);
    assert_eq!(program.metric("akiba_relay_limited_total{limit=\"in-flight\"}").await, Some(1.0));
    // A caller that hangs up ends the call.
    first.abort();
    let _ = first.await;
    let gone = "akiba_relay_http_requests_total{route=\"/v1/customer\",code=\"caller-gone\"}";
    let started = Instant::now();
    while program.metric(gone).await.is_none() {
        assert!(started.elapsed() < Duration::from_secs(30));
    }
    assert_eq!(program.metric("akiba_relay_vendor_calls_in_flight").await, Some(0.0));
}
