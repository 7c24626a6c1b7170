//! Rates and connections by address, trusted proxies, and forged addresses.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::http::Method;
use reqwest::RequestBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::wait::PATIENCE;
use crate::support::{Relay, problem_and_headers, success, with_link_vendor};

const PAGE: &str = "https://bank.example";

/// A call with an `X-Forwarded-For` header.
fn forwarded(relay: &Relay, addresses: &str) -> RequestBuilder {
    relay.link().header("x-forwarded-for", addresses)
}

async fn limited(request: RequestBuilder) {
    problem_and_headers(request, ProblemCode::TooManyRequests).await;
}

#[tokio::test]
async fn calls_over_the_rate_get_429_and_retry_after() {
    let (vendor, relay) = with_link_vendor(&["--rate-address=2/m", "--allow-origin=https://bank.example"]).await;
    success(relay.link()).await;
    success(relay.link()).await;
    let again = relay.link().header("origin", PAGE);
    let (problem, headers) = problem_and_headers(again, ProblemCode::TooManyRequests).await;
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(problem.detail.as_deref(), Some("This address has called too often."));
    assert_eq!(headers["access-control-allow-origin"], PAGE, "the page can read it");
    assert_eq!(vendor.seen().len(), 2, "the vendor is not called");
    // Verdicts have the same rate, on a count of their own.
    for _ in 0..2 {
        relay.verify().send().await.unwrap();
    }
    problem_and_headers(relay.verify(), ProblemCode::TooManyRequests).await;
    assert_eq!(vendor.seen().len(), 4);

    success(relay.request(Method::GET, "/healthz")).await;
    let preflight = relay.request(Method::OPTIONS, "/v1/customer").header("origin", PAGE);
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(preflight.status(), 200);
}

#[tokio::test]
async fn a_rate_can_be_turned_off() {
    let (vendor, relay) = with_link_vendor(&["--rate-address=off"]).await;
    for _ in 0..50 {
        success(relay.link()).await;
    }
    assert_eq!(vendor.seen().len(), 50);
}

#[tokio::test]
async fn a_forwarded_address_needs_a_trusted_proxy() {
    let (_vendor, relay) = with_link_vendor(&["--rate-address=1/h"]).await;
    success(forwarded(&relay, "198.51.100.1")).await;
    for other in ["198.51.100.2", "127.0.0.2", "", "x", "::1"] {
        limited(forwarded(&relay, other).header("forwarded", "for=198.51.100.3").header("x-real-ip", "198.51.100.4"))
            .await;
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_rate() {
    let (_vendor, relay) = with_link_vendor(&["--rate-address=1/h", "--trusted-proxy=127.0.0.0/8,10.0.0.0/8"]).await;
    success(forwarded(&relay, "198.51.100.1")).await;
    success(forwarded(&relay, "198.51.100.2")).await;
    // The same client in other forms. An address that the client sent stands before the one that the proxy adds.
    for same in [
        "198.51.100.1",
        "203.0.113.5, 198.51.100.1",
        "203.0.113.5, 198.51.100.1, 10.1.2.3",
        "x, 198.51.100.1",
        "198.51.100.1:4711",
        "::ffff:198.51.100.1",
    ] {
        limited(forwarded(&relay, same)).await;
    }
    success(forwarded(&relay, "2001:db8:1:2::1")).await;
    limited(forwarded(&relay, "2001:db8:1:2:aaaa::7")).await;
    success(forwarded(&relay, "2001:db8:1:3::1")).await;
    // Without an address from the proxy, the call counts for the proxy itself.
    success(relay.link()).await;
    limited(forwarded(&relay, "unknown")).await;
}

/// Sends a request on a new connection.
async fn ask(relay: &Relay) -> TcpStream {
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n").await;
    stream
}

/// Returns whether a connection gets an answer. `false` if it is closed without one.
async fn is_answered(stream: &mut TcpStream) -> bool {
    let mut said = [0; 8];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut said)).await.expect("an answer or an end");
    read.is_ok_and(|count| count > 0)
}

#[tokio::test]
async fn connections_per_address_are_limited() {
    let (_vendor, relay) = with_link_vendor(&["--max-connections-address=2"]).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = ask(&relay).await;
        assert!(is_answered(&mut stream).await);
        held.push(stream);
    }
    let mut third = ask(&relay).await;
    assert!(is_answered(&mut third).await, "the third connection is not answered");
    let [oldest, second] = &mut held[..] else { unreachable!() };
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, oldest.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "three connections of one address are open");
    for open in [second, &mut third] {
        rest.clear();
        let ended = tokio::time::timeout(Duration::from_millis(200), open.read_to_end(&mut rest)).await;
        assert!(ended.is_err(), "a younger connection is closed");
    }
}

#[tokio::test]
async fn a_trusted_proxy_has_no_connection_limit() {
    let (_vendor, relay) = with_link_vendor(&["--max-connections-address=2", "--trusted-proxy=127.0.0.1"]).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut stream = ask(&relay).await;
        assert!(is_answered(&mut stream).await);
        held.push(stream);
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    let (_vendor, relay) = with_link_vendor(&["--write-timeout=300ms"]).await;
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let requests = "GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n".repeat(100);
    let sending = async {
        // Answers that nobody reads fill the buffers of both sides.
        while stream.write_all(requests.as_bytes()).await.is_ok() {}
    };
    assert!(tokio::time::timeout(PATIENCE, sending).await.is_ok(), "the connection is still open");
}
