//! Limits on time and number: permits, connections and timeouts, and how the relay stops.

use std::sync::Arc;
use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use akiba_relay::Drained;
use axum::http::Method;
use axum::response::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::support::wait::{PATIENCE, until};
use crate::support::{Relay, Vendor, link_reply, link_request, problem_and_headers, success};

/// A vendor that answers one request for each permit that the test adds to its gate.
async fn gated() -> (Vendor, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let handle = Arc::clone(&gate);
    let vendor = Vendor::answering(move |_| {
        let gate = Arc::clone(&handle);
        async move {
            gate.acquire().await.unwrap().forget();
            Response::new(link_reply().to_string().into())
        }
    })
    .await;
    (vendor, gate)
}

/// Reads until the other side closes the connection. Returns what it sent.
async fn rest(stream: &mut TcpStream, limit: Duration) -> String {
    let mut said = Vec::new();
    let read = tokio::time::timeout(limit, stream.read_to_end(&mut said)).await.expect("the connection is closed");
    // A reset ends the connection as well.
    let _ = read;
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn calls_over_the_limit_are_rejected_until_a_permit_is_free() {
    let (vendor, gate) = gated().await;
    let relay = Relay::before(&vendor.base, &["--max-in-flight=2"]).await;
    let running = [tokio::spawn(success(relay.link())), tokio::spawn(success(relay.link()))];
    vendor.reached(2).await;

    let (_, headers) = problem_and_headers(relay.link(), ProblemCode::Overloaded).await;
    assert_eq!(headers["retry-after"], "1");
    assert_eq!(vendor.seen().len(), 2, "a rejected call does not reach the vendor");
    success(relay.request(Method::GET, "/healthz")).await;
    // Verdicts have permits of their own, and as many.
    let verdicts = [tokio::spawn(relay.verify().send()), tokio::spawn(relay.verify().send())];
    vendor.reached(4).await;
    problem_and_headers(relay.verify(), ProblemCode::Overloaded).await;
    assert_eq!(vendor.seen().len(), 4);

    gate.add_permits(5);
    for call in running {
        call.await.unwrap();
    }
    for call in verdicts {
        assert_ne!(call.await.unwrap().unwrap().status(), 503);
    }
    success(relay.link()).await;
}

#[tokio::test]
async fn slow_bodies_hold_no_permit() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, &["--max-in-flight=1"]).await;
    let body = link_request().to_string();
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        let head = "POST /v1/customer HTTP/1.1\r\nhost: relay\r\nconnection: close\r\nexpect: 100-continue\r\n";
        let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        // The relay asks for the body, so the call has passed every earlier check.
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
        slow.push(stream);
    }
    success(relay.link()).await;
    for mut stream in slow {
        stream.write_all(body.as_bytes()).await.unwrap();
        let said = rest(&mut stream, PATIENCE).await;
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    }
}

#[tokio::test]
async fn a_disconnected_caller_frees_its_permit() {
    let (vendor, _gate) = gated().await;
    // The vendor never answers and its timeout is an hour, so nothing else frees the permit.
    let relay = Relay::before(&vendor.base, &["--max-in-flight=1", "--vendor-timeout=1h"]).await;
    let gone = tokio::spawn(relay.link().send());
    vendor.reached(1).await;
    gone.abort();
    let started = Instant::now();
    while vendor.seen().len() == 1 {
        assert!(started.elapsed() < PATIENCE, "the permit stays taken");
        // Either rejected at once, or sent to the vendor, which does not answer.
        let _ = tokio::time::timeout(Duration::from_millis(50), relay.link().send()).await;
    }
}

#[tokio::test]
async fn endless_headers_are_cut_off() {
    let vendor = Vendor::saying(200, "").await;
    let relay = Relay::before(&vendor.base, &["--header-timeout=300ms"]).await;
    let started = Instant::now();
    let (mut reader, mut writer) = TcpStream::connect(relay.address()).await.unwrap().into_split();
    writer.write_all(b"POST /v1/customer HTTP/1.1\r\nhost: relay\r\n").await.unwrap();
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x-a: b\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut said = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut said)).await;
    assert!(closed.is_ok(), "the connection is still open");
    assert!(started.elapsed() >= Duration::from_millis(300));
    drip.abort();
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let vendor = Vendor::saying(200, "").await;
    // Long enough for the request to arrive on a slow machine.
    let relay = Relay::before(&vendor.base, &["--header-timeout=3s"]).await;
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n").await.unwrap();
    let said = rest(&mut stream, PATIENCE).await;
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
}

#[tokio::test]
async fn too_large_headers_are_rejected() {
    let vendor = Vendor::saying(200, "").await;
    let relay = Relay::before(&vendor.base, &[]).await;
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: relay\r\nx-a: {}\r\n\r\n", "a".repeat(17_000));
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = rest(&mut stream, PATIENCE).await;
    assert!(said.starts_with("HTTP/1.1 431 "), "{said}");
}

#[tokio::test]
async fn an_endless_body_is_a_timeout() {
    let vendor = Vendor::saying(200, "").await;
    let relay = Relay::before(&vendor.base, &["--body-timeout=300ms"]).await;
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let head =
        "POST /v1/customer HTTP/1.1\r\nhost: relay\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = rest(&mut stream, PATIENCE).await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains("\"code\":\"request-timeout\""), "{said}");
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn connections_over_the_limit_wait() {
    let (vendor, gate) = gated().await;
    let relay = Relay::before(&vendor.base, &["--max-connections=1"]).await;
    let holder = tokio::spawn(success(relay.link().header("connection", "close")));
    vendor.reached(1).await;
    let mut second = tokio::spawn(success(relay.request(Method::GET, "/healthz")));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut second).await;
    assert!(early.is_err(), "the second connection did not wait for the first");
    gate.add_permits(1);
    holder.await.unwrap();
    tokio::time::timeout(PATIENCE, second).await.expect("the free connection is used").unwrap();
}

#[tokio::test]
async fn a_stop_finishes_running_calls_and_accepts_no_new_ones() {
    let (vendor, gate) = gated().await;
    let mut relay = Relay::before(&vendor.base, &[]).await;
    let running = tokio::spawn(success(relay.link()));
    vendor.reached(1).await;

    relay.stop();
    until("the listener closes", async || TcpStream::connect(relay.address()).await.is_err()).await;
    assert!(!running.is_finished());
    gate.add_permits(1);
    assert_eq!(running.await.unwrap(), link_reply());
    assert_eq!(relay.stopped().await, Drained::Whole);
}

#[tokio::test]
async fn a_stop_cuts_calls_after_the_drain_timeout() {
    let (vendor, _gate) = gated().await;
    let mut relay = Relay::before(&vendor.base, &["--drain-timeout=300ms"]).await;
    let running = tokio::spawn(relay.link().send());
    vendor.reached(1).await;
    relay.stop();
    let started = Instant::now();
    assert_eq!(relay.stopped().await, Drained::Cut);
    assert!(started.elapsed() < PATIENCE);
    assert!(running.await.unwrap().is_err(), "the connection is cut");
}
