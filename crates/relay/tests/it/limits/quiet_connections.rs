//! Connections that are quiet for a while, and give back their buffers.

use std::time::{Duration, Instant};

use akiba_relay::Drained;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::wait::PATIENCE;
use crate::support::{Relay, Vendor};

/// Longer than a connection keeps its buffers.
const QUIET: Duration = Duration::from_millis(300);

const GET: &str = "GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n";

async fn relay(flags: &[&str]) -> (Relay, TcpStream) {
    let vendor = Vendor::saying(200, "").await;
    let relay = Relay::before(&vendor.base, flags).await;
    let stream = TcpStream::connect(relay.address()).await.unwrap();
    (relay, stream)
}

/// Reads until there are this many answers, or the connection closes. Returns what was said.
async fn answers(stream: &mut TcpStream, count: usize) -> String {
    let (mut said, mut bytes) = (String::new(), [0; 4_096]);
    while said.matches("HTTP/1.1 ").count() < count {
        let length = timeout(PATIENCE, stream.read(&mut bytes)).await.expect("an answer").unwrap_or_default();
        if length == 0 {
            break;
        }
        said.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
    }
    said
}

fn good(said: &str) -> usize {
    said.matches("HTTP/1.1 200 ").count()
}

#[tokio::test]
async fn a_quiet_connection_answers_its_next_requests() {
    let (_relay, mut stream) = relay(&[]).await;
    // Also before its first request.
    for _ in 0..3 {
        sleep(QUIET).await;
        stream.write_all(GET.as_bytes()).await.unwrap();
        assert_eq!(good(&answers(&mut stream, 1).await), 1);
    }
}

#[tokio::test]
async fn a_next_request_of_which_a_part_has_come_is_whole() {
    let (_relay, mut stream) = relay(&[]).await;
    for split in [1, 20, GET.len() - 1] {
        let (begin, end) = GET.split_at(split);
        // The part comes with the request before.
        stream.write_all(format!("{GET}{begin}").as_bytes()).await.unwrap();
        assert_eq!(good(&answers(&mut stream, 1).await), 1);
        sleep(QUIET).await;
        stream.write_all(end.as_bytes()).await.unwrap();
        assert_eq!(good(&answers(&mut stream, 1).await), 1, "{split}");
        // The part comes after it.
        sleep(QUIET).await;
        stream.write_all(begin.as_bytes()).await.unwrap();
        sleep(QUIET).await;
        stream.write_all(end.as_bytes()).await.unwrap();
        assert_eq!(good(&answers(&mut stream, 1).await), 1, "{split}");
    }
    stream.write_all(GET.repeat(3).as_bytes()).await.unwrap();
    assert_eq!(good(&answers(&mut stream, 3).await), 3);
}

#[tokio::test]
async fn the_rest_of_a_body_is_never_taken_for_a_request() {
    let (_relay, mut stream) = relay(&[]).await;
    // The address is unknown, so the answer does not wait for the body.
    let head = format!("POST /unknown HTTP/1.1\r\nhost: relay\r\ncontent-length: {}\r\n\r\n", GET.len() + 1);
    stream.write_all(format!("{head}x").as_bytes()).await.unwrap();
    let said = answers(&mut stream, 1).await;
    assert!(said.starts_with("HTTP/1.1 404 "), "{said}");
    sleep(QUIET).await;
    let _ = stream.write_all(GET.as_bytes()).await;
    let mut more = Vec::new();
    let _ = timeout(QUIET, stream.read_to_end(&mut more)).await;
    assert_eq!(good(&String::from_utf8_lossy(&more)), 0);
}

#[tokio::test]
async fn endless_headers_after_a_quiet_time_are_cut_off() {
    let (_relay, mut stream) = relay(&["--header-timeout=1s"]).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(good(&answers(&mut stream, 1).await), 1);
    sleep(QUIET).await;
    let started = Instant::now();
    let (mut reader, mut writer) = stream.into_split();
    let drip = tokio::spawn(async move {
        let _ = writer.write_all(b"GET /healthz HTTP/1.1\r\nhost: relay\r\n").await;
        // Slower than a connection that is quiet.
        while writer.write_all(b"x-a: b\r\n").await.is_ok() {
            sleep(QUIET / 2).await;
        }
    });
    let mut said = Vec::new();
    let closed = timeout(PATIENCE, reader.read_to_end(&mut said)).await;
    assert!(closed.is_ok(), "the connection is still open");
    assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
    drip.abort();
}

#[tokio::test]
async fn a_quiet_connection_is_closed_like_an_idle_one() {
    let (_relay, mut stream) = relay(&["--header-timeout=1s"]).await;
    let started = Instant::now();
    assert_eq!(timeout(PATIENCE, stream.read(&mut [0])).await.expect("it is closed").unwrap_or_default(), 0);
    assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());

    // A new connection takes the place of the longest quiet one.
    let (crowded, mut first) = relay(&["--max-connections=1"]).await;
    sleep(QUIET).await;
    let mut second = TcpStream::connect(crowded.address()).await.unwrap();
    second.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(good(&answers(&mut second, 1).await), 1);
    assert_eq!(first.read(&mut [0]).await.unwrap_or_default(), 0);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_quiet_connections() {
    let (mut relay, mut stream) = relay(&["--drain-timeout=30s"]).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(good(&answers(&mut stream, 1).await), 1);
    sleep(QUIET).await;
    let started = Instant::now();
    relay.stop();
    assert_eq!(relay.stopped().await, Drained::Whole);
    assert!(started.elapsed() < PATIENCE);
    assert_eq!(stream.read(&mut [0]).await.unwrap_or_default(), 0);
}
