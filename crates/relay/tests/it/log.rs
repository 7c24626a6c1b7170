//! The log of calls without sessions at level `trace`: one line a request, and no secret in any line. `cli/start.rs` does
//! the same for a vendor behind TLS. It is a binary of its own because a process has one log, and this test needs all of
//! its lines.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests can panic, too")]

#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the other tests, which use the rest")]
mod support;

use std::collections::HashSet;
use std::time::Duration;

use akiba_relay::telemetry;
use akiba_relay::telemetry::LogFormat;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tracing_subscriber::util::SubscriberInitExt;

use support::memory_log::Log;
use support::wait::{reached, until};
use support::{
    FILE_NAME, FULL_NAME, IDENTIFIER, Relay, S3_KEY, SIGNATURE, TOKEN, Vendor, closed_port, link_reply, link_request,
    run_log, verify_reply, verify_request,
};

/// Sends one request, byte for byte, on a new connection. Returns the answer's status and request id.
async fn send(relay: &Relay, line: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer[9..12].parse().unwrap();
    let id = answer.split_once("x-request-id: ").unwrap().1.lines().next().unwrap();
    (status, id.to_owned())
}

const JSON: &str = "content-type: application/json\r\n";
const LINK: &str = "POST /v1/customer";
const VERIFY: &str = "POST /v1/customer/verify";

/// Vendors whose answers, valid and invalid, are full of secrets.
async fn vendors() -> Vec<(String, Option<Vendor>)> {
    let all = format!("{IDENTIFIER} {S3_KEY} {SIGNATURE} {FILE_NAME} {FULL_NAME} {TOKEN}");
    let mut insecure = link_reply();
    insecure["signed_link"] = json!(format!("http://bucket.example/{S3_KEY}?X-Amz-Signature={SIGNATURE}"));
    let mut wrong = link_reply();
    wrong["fields"] = json!(all);
    let mut vendors = Vec::new();
    for (status, body) in [
        (200, link_reply().to_string()),
        (200, verify_reply().to_string()),
        (200, insecure.to_string()),
        (200, wrong.to_string()),
        (200, format!("\"{all}\"")),
        (200, format!("{{\"{all}\": {IDENTIFIER}{IDENTIFIER}, }}")),
        (400, all.clone()),
        (401, String::new()),
        (404, all.clone()),
        (500, all.clone()),
    ] {
        vendors.push(Vendor::saying(status, body).await);
    }
    let place = format!("https://bucket.example/{S3_KEY}?X-Amz-Signature={SIGNATURE}");
    vendors.push(
        Vendor::answering(move |_| {
            let response = Response::builder().status(302).header("location", &place).body("".into()).unwrap();
            async move { response }
        })
        .await,
    );
    vendors.push(
        Vendor::raw(|mut stream| async move {
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(format!("{S3_KEY} {SIGNATURE}\r\n\r\n").as_bytes()).await;
        })
        .await,
    );
    vendors.push(
        Vendor::answering(|_| async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Response::new("".into())
        })
        .await,
    );
    let mut all: Vec<_> = vendors.into_iter().map(|vendor| (vendor.base.clone(), Some(vendor))).collect();
    all.push((closed_port().await, None));
    all
}

/// A client's address, as a proxy sends it.
const ADDRESS: &str = "198.51.100.77";
/// An access token of OAuth2.
const ACCESS_TOKEN: &str = "acc-9f31b7";
/// The client's id and secret, as in an `Authorization` header.
const BASIC: &str = "Z3Vlc3Q6dGtuLTVmMWM5YQ";

/// Calls a vendor with OAuth2 that issues one token and then rejects every request.
async fn with_oauth() -> Vec<(u16, String)> {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let vendor = Vendor::answering(move |seen| {
        let first = seen.path == "/oauth2/token" && asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        let expected = [format!("Basic {BASIC}=="), format!("Basic {BASIC}"), format!("Bearer {ACCESS_TOKEN}")];
        assert!(expected.iter().any(|value| seen.headers["authorization"] == *value), "{:?}", seen.headers);
        let (status, body) = match first {
            true => (200, json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 3_600 })),
            false => (401, json!({ "error": TOKEN, "error_description": IDENTIFIER })),
        };
        let response = Response::builder().status(status).header("content-type", "application/json");
        let response = response.body(body.to_string().into()).unwrap();
        async move { response }
    })
    .await;
    let relay = Relay::before(&vendor.base, &["--vendor-profile=newer", "--vendor-client-id=guest"]).await;
    let mut answers = vec![send(&relay, LINK, JSON, &link_request().to_string()).await];
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for _ in 0..2 {
        answers.push(send(&relay, LINK, JSON, &link_request().to_string()).await);
    }
    answers
}

/// Makes a call and disconnects before the vendor answers.
async fn hang_up(log: &Log) {
    let (vendor, mut at_vendor) = Vendor::stalled().await;
    let relay = Relay::before(&vendor.base, &[]).await;
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let body = link_request().to_string();
    let head = format!("{LINK} HTTP/1.1\r\nhost: relay\r\n{JSON}content-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    reached(&mut at_vendor).await;
    drop(stream);
    until("a line for the disconnected caller", async || log.text().contains("\"caller-gone\"")).await;
}

#[tokio::test]
async fn no_secret_is_logged_and_each_request_has_one_line() {
    let log = Log::default();
    let everything = "trace".parse().unwrap();
    telemetry::subscriber(LogFormat::Json, everything, false, log.clone()).try_init().unwrap();

    let mut answers = Vec::new();
    for (base, _vendor) in vendors().await {
        let flags = ["--vendor-timeout=1500ms", "--allow-origin=https://bank.example", "--trusted-proxy=127.0.0.1"];
        let relay = Relay::before(&base, &flags).await;
        let hidden = format!("{JSON}x-request-id: {IDENTIFIER}\r\nauthorization: Bearer {SIGNATURE}\r\n");
        let hidden = format!("{hidden}x-forwarded-for: {ADDRESS}\r\n");
        answers.push(send(&relay, LINK, &hidden, &link_request().to_string()).await);
        answers.push(send(&relay, VERIFY, &hidden, &verify_request().to_string()).await);
    }
    answers.extend(with_oauth().await);
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;
    let broken = format!("{{\"identifier\": {IDENTIFIER}, \"type\": \"{S3_KEY}\"");
    let wrong = json!({ "identifier": IDENTIFIER, "type": S3_KEY }).to_string();
    for (line, headers, body) in [
        (LINK, JSON.to_owned(), broken.as_str()),
        (LINK, JSON.to_owned(), wrong.as_str()),
        (LINK, format!("content-type: {SIGNATURE}\r\n"), ""),
        (LINK, format!("{JSON}origin: https://{IDENTIFIER}.example\r\n"), ""),
        (&format!("POST /v1/customer/{IDENTIFIER}"), JSON.to_owned(), ""),
        (&format!("GET /healthz?id={IDENTIFIER}&key={S3_KEY}"), String::new(), ""),
        (&format!("X{IDENTIFIER} /v1/customer"), JSON.to_owned(), ""),
    ] {
        answers.push(send(&relay, line, &headers, body).await);
    }

    hang_up(&log).await;

    let text = log.text();
    run_log::keep(&text);
    for secret in
        [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE, FILE_NAME, FULL_NAME, "X-Amz-Signature", ADDRESS, ACCESS_TOKEN, BASIC]
    {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }

    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let targets: HashSet<_> = lines.iter().filter_map(|line| line["target"].as_str()).collect();
    assert!(
        targets.iter().any(|target| target.starts_with("hyper_util")),
        "the libraries' lines are missing: {targets:?}"
    );
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), answers.len() + 1, "one for each answer, and one for the disconnected caller");
    for (status, id) in &answers {
        let own: Vec<_> = lines.iter().filter(|line| line["request_id"] == id.as_str()).collect();
        assert_eq!(own.len(), 1, "one line for {id}");
        let line = own[0];
        assert_eq!(line["status"], *status);
        assert!(line["latency_ms"].is_u64());
        let route = line["route"].as_str().unwrap();
        assert!(["/v1/customer", "/v1/customer/verify", "/healthz", "none"].contains(&route), "{route}");
        assert!(["GET", "POST", "other"].contains(&line["method"].as_str().unwrap()));
        let code = line["code"].as_str().unwrap();
        assert_eq!(code == "ok", *status == 200, "{line}");
        assert_eq!(line["level"] == "ERROR", *status >= 500, "{line}");
        assert_eq!(
            line.get("cause").is_some(),
            *status >= 500 || matches!(code, "refused" | "unknown-customer"),
            "{line}"
        );
    }
    let statuses: HashSet<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, HashSet::from([200, 400, 403, 404, 405, 415, 422, 502, 504]));
    let ids: HashSet<_> = answers.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), answers.len());
}
