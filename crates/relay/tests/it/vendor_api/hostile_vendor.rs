//! Vendors that fail, stall, lie or redirect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use akiba_protocol::{Judgement, MayBeMissing, ProblemCode, Reason};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::{
    Relay, SIGNATURE, Vendor, closed_port, link_reply, problem, problem_and_headers, success, verify_reply,
};

#[tokio::test]
async fn each_status_has_its_code() {
    let rows = [
        (401, ProblemCode::VendorDenied),
        (403, ProblemCode::VendorDenied),
        (404, ProblemCode::UnknownCustomer),
        (400, ProblemCode::Refused),
        (409, ProblemCode::Refused),
        (422, ProblemCode::Refused),
        (408, ProblemCode::VendorTimeout),
        (500, ProblemCode::VendorUnavailable),
        (503, ProblemCode::VendorUnavailable),
        (599, ProblemCode::VendorUnavailable),
        (204, ProblemCode::VendorReply),
        (304, ProblemCode::VendorReply),
    ];
    for (status, code) in rows {
        // The vendor's 401 has an empty body. The bodies of the others are not passed on.
        let body = if matches!(status, 401 | 204 | 304) { String::new() } else { link_reply().to_string() };
        let vendor = Vendor::saying(status, body).await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.link(), code).await;
        problem(relay.verify(), code).await;
        assert_eq!(vendor.seen().len(), 2, "the relay repeated a call after {status}");
    }
}

#[tokio::test]
async fn a_reasonable_retry_after_is_passed_on() {
    for (sent, passed) in [(Some("17"), "17"), (Some("86400"), "5"), (Some("soon"), "5"), (None, "5")] {
        let vendor = Vendor::answering(move |_| async move {
            let mut response = Response::builder().status(429);
            if let Some(sent) = sent {
                response = response.header("retry-after", sent);
            }
            response.body("".into()).unwrap()
        })
        .await;
        let relay = Relay::before(&vendor.base, &[]).await;
        let (_, headers) = problem_and_headers(relay.link(), ProblemCode::TooManyRequests).await;
        assert_eq!(headers["retry-after"], passed, "{sent:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let target = Vendor::saying(200, link_reply().to_string()).await;
        let place = format!("{}/v1/customer", target.base);
        let vendor = Vendor::answering(move |_| {
            let response = Response::builder().status(status).header("location", &place).body("".into()).unwrap();
            async move { response }
        })
        .await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.link(), ProblemCode::VendorReply).await;
        assert_eq!(vendor.seen().len(), 1);
        assert!(target.seen().is_empty(), "{status} was followed");
    }
}

#[tokio::test]
async fn an_invalid_link_reply_is_rejected() {
    let without = |field: &str| {
        let mut reply = link_reply();
        reply.as_object_mut().unwrap().remove(field);
        reply.to_string()
    };
    let with = |field: &str, value: serde_json::Value| {
        let mut reply = link_reply();
        reply[field] = value;
        reply.to_string()
    };
    let replies = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "\"success\"".to_owned(),
        "{".to_owned(),
        "<html>busy</html>".to_owned(),
        format!("{} trailing", link_reply()),
        "[".repeat(10_000),
        without("signed_link"),
        without("s3_key"),
        without("identifier"),
        without("selfie_filename"),
        with("signed_link", json!(7)),
        with("s3_key", json!(null)),
        with("fields", json!("text")),
        with("signed_link", json!("")),
        with("signed_link", json!("http://example.com")),
        with("signed_link", json!("http://localhost@example.com/x")),
        with("signed_link", json!("javascript:alert(1)")),
        with("signed_link", json!("//example.com/x")),
        with("signed_link", json!("https://b.example/k?X-Amz-Signature=x&x-amz-checksum-crc32=AAAAAA%3D%3D")),
    ];
    for reply in replies {
        let vendor = Vendor::saying(200, reply.clone()).await;
        let relay = Relay::before(&vendor.base, &[]).await;
        let problem = problem(relay.link(), ProblemCode::VendorReply).await;
        assert_eq!(problem.detail, None, "the cause belongs in the log: {reply:.80}");
    }
}

#[tokio::test]
async fn an_invalid_verify_reply_is_rejected() {
    for reply in [
        "",
        "null",
        "[]",
        "true",
        r#"{"status":"success""#,
        r#"{"status":"failed","status":"success"}"#,
        r#"{"status":"success","data":{"identity":{"fraud_detected":"High","fraud_detected":"Low"}}}"#,
        r#"{"status":"success","data":{"identity":{"fraud_detected":"High"},"identity":{"fraud_detected":"Low"}}}"#,
        r#"{"status":"success","data":{},"data":{"identity":{"fraud_detected":"Low"}}}"#,
    ] {
        let vendor = Vendor::saying(200, reply).await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.verify(), ProblemCode::VendorReply).await;
    }
}

/// Replies whose evidence for a success is missing or not understood, with the reason.
fn without_evidence() -> Vec<(Value, Reason)> {
    let mut rows = Vec::new();
    for status in
        [json!(true), json!(200), json!(["success"]), json!({ "success": true }), json!(null), json!("Success")]
    {
        let mut reply = verify_reply();
        reply["status"] = status;
        rows.push((reply, Reason::NotMatched));
    }
    let words = [
        json!(true),
        json!(false),
        json!(null),
        json!(0),
        json!(["High"]),
        json!(["Low"]),
        json!({ "level": "Low" }),
        json!("Very High"),
        json!("None"),
        json!(""),
    ];
    for word in words {
        let mut reply = verify_reply();
        reply["data"]["identity"]["fraud_detected"] = word;
        rows.push((reply, Reason::Unclear));
    }
    let low = verify_reply()["data"]["identity"].clone();
    for record in [json!([low]), json!("Low"), json!(null), json!({ "fraud_score": "0.1" }), json!({})] {
        let mut reply = verify_reply();
        reply["data"]["identity"] = record;
        rows.push((reply, Reason::Unclear));
    }
    for data in [json!([{ "identity": low }]), json!(null), json!("Low"), json!({})] {
        let mut reply = verify_reply();
        reply["data"] = data;
        rows.push((reply, Reason::Unclear));
    }
    rows.push((json!({ "status": "success", "message": "Identity and Selfie succesfully verified" }), Reason::Unclear));
    // The vendor must not speak in the relay's name.
    let words =
        json!({ "status": "success", "outcome": "verified", "akiba_relay_judgement": { "outcome": "verified" } });
    rows.push((words, Reason::Unclear));
    rows
}

#[tokio::test]
async fn wrong_types_never_become_a_success() {
    for (reply, reason) in without_evidence() {
        let vendor = Vendor::saying(200, reply.to_string()).await;
        let relay = Relay::before(&vendor.base, &[]).await;
        let sent = success(relay.verify()).await;
        assert_eq!(Judgement::of(&&sent, MayBeMissing::Nothing).reason, Some(reason), "{reply}");
    }
}

on_both!(no_session_is_verified_without_evidence, a_profile_can_allow_a_missing_fraud_word);

async fn no_session_is_verified_without_evidence(database: &Database) {
    let (rows, count) = (without_evidence(), AtomicUsize::new(0));
    let replies: Vec<Value> = rows.iter().map(|(reply, _)| reply.clone()).collect();
    let count = Arc::new(count);
    let judge = move |_: &_| replies[count.fetch_add(1, Ordering::Relaxed)].clone();
    let vendor = Vendor::judging(judge, Duration::ZERO).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let bank =
        Bank::open(database, &vendor.base, &[&url, "--page-reply=full", "--keep=full", "--rate-api-key=off"]).await;
    for (reply, reason) in rows {
        let (page, _) = bank.linked().await;
        for _ in 0..2 {
            let sent = success(bank.verify(&page, &json!({}))).await;
            assert_eq!((&sent["outcome"], &sent["reason"]), (&json!("rejected"), &json!(reason)), "{reply}");
            assert_eq!(Judgement::of_page_reply(&&sent), Judgement::because(Some(reason)), "in the widget: {reply}");
        }
        let report = bank.report(&page).await;
        let verdict = &report["verdict"];
        assert_eq!((&report["state"], &verdict["outcome"]), (&json!("rejected"), &json!("rejected")), "{reply}");
        assert_eq!((&verdict["reason"], &verdict["final"]), (&json!(reason), &json!(false)), "{reply}");
        bank.deliver_all().await;
        let event = receiver.arrived().pop().unwrap().body;
        assert_eq!((&event["type"], &event["data"]["reason"]), (&json!("session.rejected"), &json!(reason)), "{reply}");
    }
}

async fn a_profile_can_allow_a_missing_fraud_word(database: &Database) {
    let profile = tempfile::NamedTempFile::new().unwrap();
    let published = include_str!("../../../src/vendor_api/profiles/published.toml");
    std::fs::write(profile.path(), format!("fraud-may-be-missing = true\n{published}")).unwrap();
    let lenient = format!("--vendor-profile={}", profile.path().display());

    let identities = [
        (json!({ "fraud_score": "0.1" }), json!(null)),
        (json!({ "fraud_detected": "Low" }), json!(null)),
        (json!({ "fraud_detected": "High" }), json!("fraud")),
        (json!({ "fraud_detected": null }), json!("unclear")),
        (json!({ "fraud_detected": ["Low"] }), json!("unclear")),
        (json!([]), json!("unclear")),
    ];
    for (identity, reason) in identities {
        let reply = json!({ "status": "success", "message": "ok", "data": { "identity": identity } });
        let vendor = Vendor::judging(move |_| reply.clone(), Duration::ZERO).await;
        let bank = Bank::open(database, &vendor.base, &[&lenient]).await;
        let (page, _) = bank.linked().await;
        let sent = success(bank.verify(&page, &json!({}))).await;
        assert_eq!(sent.get("reason").unwrap_or(&Value::Null), &reason, "{identity}");
        assert_eq!(Judgement::of_page_reply(&&sent).is_verified(), reason.is_null(), "in the widget: {identity}");
        // The verdict stays, even if the profile becomes strict.
        let strict = Bank::open(database, &vendor.base, &[]).await;
        for bank in [&bank, &strict] {
            assert_eq!(success(bank.verify(&page, &json!({}))).await, sent, "{identity}");
            let verdict = &bank.report(&page).await["verdict"];
            assert_eq!(verdict.get("reason").unwrap_or(&Value::Null), &reason, "{identity}");
        }
    }
}

#[tokio::test]
async fn a_slow_vendor_is_a_timeout() {
    let vendor = Vendor::answering(|_| async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Response::new(link_reply().to_string().into())
    })
    .await;
    let relay = Relay::before(&vendor.base, &["--vendor-timeout=300ms"]).await;
    let started = Instant::now();
    problem(relay.link(), ProblemCode::VendorTimeout).await;
    assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&started.elapsed()));
}

#[tokio::test]
async fn a_dripping_body_is_a_timeout() {
    let vendor = Vendor::raw(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
        let _ = stream.write_all(head).await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let relay = Relay::before(&vendor.base, &["--vendor-timeout=300ms"]).await;
    problem(relay.verify(), ProblemCode::VendorTimeout).await;
}

#[tokio::test]
async fn an_answer_over_the_size_limit_is_rejected() {
    let mut reply = link_reply();
    reply["padding"] = json!("x".repeat(262_144));
    let vendor = Vendor::saying(200, reply.to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;
    problem(relay.link(), ProblemCode::VendorReply).await;

    reply["padding"] = json!("x".repeat(200_000));
    let vendor = Vendor::saying(200, reply.to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;
    assert_eq!(success(relay.link()).await, reply, "an answer under the limit passes");
}

#[tokio::test]
async fn ten_megabytes_are_rejected_with_or_without_a_length() {
    let body = " ".repeat(10_000_000);
    for head in ["content-length: 10000000", "connection: close"] {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{head}\r\n\r\n{body}");
        let vendor = Vendor::raw(move |mut stream| {
            let answer = answer.clone();
            async move {
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        })
        .await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.verify(), ProblemCode::VendorReply).await;
    }
}

#[tokio::test]
async fn endless_vendor_headers_are_rejected() {
    for line in ["x-a: b\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"] {
        let vendor = Vendor::raw(move |mut stream| async move {
            let _ = stream.read(&mut [0; 4_096]).await;
            let start = if line.starts_with("HTTP") { "" } else { "HTTP/1.1 200 OK\r\n" };
            let _ = stream.write_all(start.as_bytes()).await;
            while stream.write_all(line.repeat(100).as_bytes()).await.is_ok() {}
        })
        .await;
        let relay = Relay::before(&vendor.base, &["--vendor-timeout=2s"]).await;
        let status = relay.link().send().await.unwrap().status().as_u16();
        assert!(matches!(status, 502 | 504), "{status}");
    }
}

#[tokio::test]
async fn a_compressed_answer_is_not_decompressed() {
    // About 10 kB that decompress to 10 MB.
    let compressed = |text: &[u8]| {
        let mut child = std::process::Command::new("gzip");
        child.arg("-9").stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = child.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = text.to_vec();
        let writer = std::thread::spawn(move || std::io::Write::write_all(&mut input, &text).unwrap());
        let output = child.wait_with_output().unwrap().stdout;
        writer.join().unwrap();
        output
    };
    for text in [" ".repeat(10_000_000), link_reply().to_string()] {
        let body = compressed(text.as_bytes());
        assert!(body.len() < 20_000);
        let vendor = Vendor::answering(move |_| {
            let response = Response::builder().header("content-encoding", "gzip").body(body.clone().into()).unwrap();
            async move { response }
        })
        .await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.link(), ProblemCode::VendorReply).await;
        assert!(!vendor.seen()[0].headers.contains_key("accept-encoding"), "the relay asked for compression");
    }
}

#[tokio::test]
async fn an_error_with_status_200_is_not_a_success() {
    let errors = [
        json!({ "status": "error", "message": "Permission denied" }),
        json!({ "error": { "code": 401 } }),
        json!({ "errors": [] }),
    ];
    for error in errors {
        let vendor = Vendor::saying(200, error.to_string()).await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.link(), ProblemCode::VendorReply).await;
        let reply = success(relay.verify()).await;
        assert!(!Judgement::of(&&reply, MayBeMissing::Record).is_verified(), "{error}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let vendor = Vendor::raw(move |mut stream| {
        let counter = Arc::clone(&counter);
        async move {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
            let _ = stream.write_all(head).await;
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(4_096));
            while stream.write_all(chunk.as_bytes()).await.is_ok() {
                counter.fetch_add(4_096, Ordering::Relaxed);
            }
        }
    })
    .await;
    let relay = Relay::before(&vendor.base, &["--max-reply-bytes=65536"]).await;
    problem(relay.link(), ProblemCode::VendorReply).await;
    let cut = written.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(300)).await;
    // The kernel's buffers take some more. After that the count must not grow: the connection is closed.
    assert!(written.load(Ordering::Relaxed) < cut + 16_000_000, "the relay still reads");
    let after = written.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(written.load(Ordering::Relaxed), after, "the vendor can still write");
}

#[tokio::test]
async fn an_unreachable_vendor_is_unavailable() {
    let relay = Relay::before(&closed_port().await, &[]).await;
    problem(relay.link(), ProblemCode::VendorUnavailable).await;
}

#[tokio::test]
async fn a_dropped_connection_is_unavailable() {
    for said in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"status\":", "220 smtp.example ESMTP\r\n"] {
        let vendor = Vendor::raw(move |mut stream| async move {
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(said.as_bytes()).await;
        })
        .await;
        let relay = Relay::before(&vendor.base, &[]).await;
        problem(relay.link(), ProblemCode::VendorUnavailable).await;
    }
}

#[tokio::test]
async fn a_vendor_without_tls_never_sees_the_token() {
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let vendor = Vendor::raw(move |mut stream| {
        let ear = Arc::clone(&ear);
        async move {
            let mut bytes = vec![0; 4_096];
            let count = stream.read(&mut bytes).await.unwrap_or(0);
            ear.lock().unwrap().extend_from_slice(&bytes[..count]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        }
    })
    .await;
    let relay = Relay::before(&vendor.base.replace("http://", "https://"), &[]).await;
    problem(relay.link(), ProblemCode::VendorUnavailable).await;
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
    assert!(!heard.is_empty());
    assert!(!heard.contains(crate::support::TOKEN));
}

#[tokio::test]
async fn vendor_texts_and_headers_are_not_passed_on() {
    let vendor = Vendor::answering(|_| async {
        let response = Response::builder().status(500).header("set-cookie", "a=b").header("x-request-id", "of-vendor");
        response.body(format!("stack trace with {SIGNATURE}").into()).unwrap()
    })
    .await;
    let relay = Relay::before(&vendor.base, &[]).await;
    let (_, headers) = problem_and_headers(relay.link(), ProblemCode::VendorUnavailable).await;
    assert!(!headers.contains_key("set-cookie"));
    assert_ne!(headers["x-request-id"], "of-vendor");
}
