//! Callers who call too often, and those who say that they are somebody else.

use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use axum::http::Method;
use reqwest::RequestBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Relay, Vendor, link_reply, problem_and_headers, success};

const PAGE: &str = "https://bank.example";

async fn parts(flags: &[&str]) -> (Vendor, Relay) {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, flags).await;
    (vendor, relay)
}

/// A call that a proxy has passed on.
fn passed_on(relay: &Relay, forwarded: &str) -> RequestBuilder {
    relay.link().header("x-forwarded-for", forwarded)
}

async fn refused(request: RequestBuilder) {
    problem_and_headers(request, ProblemCode::TooManyRequests).await;
}

#[tokio::test]
async fn who_calls_too_often_is_told_when_to_come_back() {
    let (vendor, relay) = parts(&["--rate-address=2/m", "--allow-origin=https://bank.example"]).await;
    success(relay.link()).await;
    success(relay.link()).await;
    let again = relay.verify().header("origin", PAGE);
    let (problem, headers) = problem_and_headers(again, ProblemCode::TooManyRequests).await;
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(problem.detail.as_deref(), Some("This address has called too often."));
    assert_eq!(headers["access-control-allow-origin"], PAGE, "the page can read it");
    assert_eq!(vendor.seen().len(), 2, "the vendor is not asked");

    success(relay.request(Method::GET, "/healthz")).await;
    let preflight = relay.request(Method::OPTIONS, "/v1/customer").header("origin", PAGE);
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(preflight.status(), 200);
}

#[tokio::test]
async fn a_rate_can_be_turned_off() {
    let (vendor, relay) = parts(&["--rate-address=off"]).await;
    for _ in 0..50 {
        success(relay.link()).await;
    }
    assert_eq!(vendor.seen().len(), 50);
}

#[tokio::test]
async fn a_caller_is_not_whom_it_says_it_is() {
    let (_vendor, relay) = parts(&["--rate-address=1/h"]).await;
    success(passed_on(&relay, "198.51.100.1")).await;
    for other in ["198.51.100.2", "127.0.0.2", "", "x", "::1"] {
        refused(passed_on(&relay, other).header("forwarded", "for=198.51.100.3").header("x-real-ip", "198.51.100.4"))
            .await;
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_rate() {
    let (_vendor, relay) = parts(&["--rate-address=1/h", "--trusted-proxy=127.0.0.0/8,10.0.0.0/8"]).await;
    success(passed_on(&relay, "198.51.100.1")).await;
    success(passed_on(&relay, "198.51.100.2")).await;
    // The same client by other words: what it said itself stands before what the proxy has written.
    for same in [
        "198.51.100.1",
        "203.0.113.5, 198.51.100.1",
        "203.0.113.5, 198.51.100.1, 10.1.2.3",
        "x, 198.51.100.1",
        "198.51.100.1:4711",
        "::ffff:198.51.100.1",
    ] {
        refused(passed_on(&relay, same)).await;
    }
    success(passed_on(&relay, "2001:db8:1:2::1")).await;
    refused(passed_on(&relay, "2001:db8:1:2:aaaa::7")).await;
    success(passed_on(&relay, "2001:db8:1:3::1")).await;
    // Where the proxy does not say, it is the proxy itself that is counted.
    success(relay.link()).await;
    refused(passed_on(&relay, "unknown")).await;
}

async fn ask(relay: &Relay) -> TcpStream {
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n").await;
    stream
}

/// Whether a connection gets an answer, or is closed without one.
async fn is_answered(stream: &mut TcpStream) -> bool {
    let mut said = [0; 8];
    let read =
        tokio::time::timeout(Duration::from_secs(30), stream.read(&mut said)).await.expect("an answer or an end");
    read.is_ok_and(|count| count > 0)
}

#[tokio::test]
async fn an_address_holds_so_many_connections() {
    let (_vendor, relay) = parts(&["--max-connections-address=2"]).await;
    let mut held = [ask(&relay).await, ask(&relay).await];
    for stream in &mut held {
        assert!(is_answered(stream).await);
    }
    assert!(!is_answered(&mut ask(&relay).await).await, "a third one is answered");
    drop(held);
    let started = Instant::now();
    while !is_answered(&mut ask(&relay).await).await {
        assert!(started.elapsed() < Duration::from_secs(30), "the places stay taken");
    }
}

#[tokio::test]
async fn a_trusted_proxy_holds_any_number_of_connections() {
    let (_vendor, relay) = parts(&["--max-connections-address=2", "--trusted-proxy=127.0.0.1"]).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut stream = ask(&relay).await;
        assert!(is_answered(&mut stream).await);
        held.push(stream);
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut() {
    let (_vendor, relay) = parts(&["--write-timeout=300ms"]).await;
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let requests = "GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n".repeat(100);
    let sending = async {
        // Its own buffers and the relay's fill up with answers that nobody takes.
        while stream.write_all(requests.as_bytes()).await.is_ok() {}
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), sending).await.is_ok(), "the connection is still open");
}
