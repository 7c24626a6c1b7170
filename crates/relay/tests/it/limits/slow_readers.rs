//! Clients that open connections and send nothing, or read their answers slowly.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::wait::PATIENCE;
use crate::support::{Relay, Vendor, link_request, success, with_link_vendor};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n";
const DOCUMENT: &str = "GET /openapi.json HTTP/1.1\r\nhost: relay\r\n\r\n";

async fn connect(relay: &Relay) -> TcpStream {
    TcpStream::connect(relay.address()).await.unwrap()
}

/// Sends a request and reads the begin of its answer. Returns whether there is one.
async fn is_answered(stream: &mut TcpStream) -> bool {
    let mut head = [0; 12];
    stream.write_all(HEALTH.as_bytes()).await.is_ok()
        && matches!(tokio::time::timeout(PATIENCE, stream.read_exact(&mut head)).await, Ok(Ok(_)))
}

/// Returns whether the relay has closed the connection.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = [0; 4_096];
    loop {
        match tokio::time::timeout(Duration::from_millis(200), stream.read(&mut rest)).await {
            Err(_) => return false,
            Ok(Ok(0) | Err(_)) => return true,
            Ok(Ok(_)) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_slowly_but_steadily_is_cut_off() {
    let flags = ["--answer-timeout=2s", "--write-timeout=30s", "--header-timeout=30s", "--rate-address=off"];
    let (_vendor, relay) = with_link_vendor(&flags).await;
    let (mut reader, mut writer) = connect(&relay).await.into_split();
    let requests = DOCUMENT.repeat(200);
    let sending = tokio::spawn(async move {
        let _ = writer.write_all(requests.as_bytes()).await;
        writer
    });
    let (started, mut buffer, mut read) = (Instant::now(), vec![0; 32_768], 0_usize);
    // It would take minutes to read all answers like this.
    while started.elapsed() < PATIENCE {
        match tokio::time::timeout(PATIENCE, reader.read(&mut buffer)).await.expect("bytes or an end") {
            Ok(0) | Err(_) => break,
            Ok(count) => read += count,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Buffers of the operating system may hold a few megabytes.
    assert!(started.elapsed() < PATIENCE, "the connection is open after {:?} and {read} bytes", started.elapsed());
    drop(sending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_fast_gets_every_answer() {
    let flags = ["--answer-timeout=2s", "--rate-address=off"];
    let (_vendor, relay) = with_link_vendor(&flags).await;
    let mut stream = connect(&relay).await;
    let (started, mut answers) = (Instant::now(), 0);
    // One connection lives longer than the limit of an answer.
    while started.elapsed() < Duration::from_secs(4) {
        assert!(is_answered(&mut stream).await, "after {answers} answers");
        assert!(!is_closed(&mut stream).await);
        answers += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_idle_connection_makes_room_for_a_new_one() {
    let flags = ["--max-connections=3", "--header-timeout=60s"];
    let (_vendor, relay) = with_link_vendor(&flags).await;
    // One has sent nothing, one half a request, one waits after its answer.
    let mut silent = connect(&relay).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut half = connect(&relay).await;
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost: re").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut kept = connect(&relay).await;
    assert!(is_answered(&mut kept).await);
    let started = Instant::now();
    let mut fourth = connect(&relay).await;
    assert!(is_answered(&mut fourth).await, "the fourth connection is not answered");
    assert!(is_closed(&mut silent).await, "the oldest one is open");
    assert!(!is_closed(&mut half).await && !is_closed(&mut kept).await, "a younger one is closed");
    let mut fifth = connect(&relay).await;
    assert!(is_answered(&mut fifth).await, "the fifth connection is not answered");
    assert!(is_closed(&mut half).await && !is_closed(&mut kept).await);
    assert!(is_answered(&mut kept).await, "the connection is still in use");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    drop((silent, half, kept, fourth, fifth));
    success(relay.link()).await;
}

/// Connects from another address of this machine.
async fn connect_from(address: [u8; 4], relay: &Relay) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((address, 0).into()).unwrap();
    socket.connect(relay.address().parse().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_a_small_share_of_the_connections() {
    let (_vendor, relay) = with_link_vendor(&["--header-timeout=60s"]).await;
    let mut foreign = connect_from([127, 0, 0, 2], &relay).await;
    assert!(is_answered(&mut foreign).await);
    let mut held = Vec::new();
    for _ in 0..64 {
        let mut stream = connect(&relay).await;
        assert!(is_answered(&mut stream).await);
        held.push(stream);
    }
    // Somebody else behind the same address gets in, and an idle connection of the address makes room.
    for count in 1..=3 {
        let mut other = connect(&relay).await;
        assert!(is_answered(&mut other).await, "connection {} of the address is not answered", 64 + count);
        held.push(other);
        let mut open = 0;
        for stream in &mut held {
            open += usize::from(!is_closed_now(stream).await);
        }
        assert_eq!(open, 64, "one address holds more than a sixteenth");
    }
    assert!(is_closed(&mut held[0]).await && is_closed(&mut held[2]).await, "the oldest ones are open");
    assert!(!is_closed(&mut held[3]).await && !is_closed(&mut foreign).await, "another one is closed");
}

/// Returns whether the relay has closed a connection that has no answer to read.
async fn is_closed_now(stream: &mut TcpStream) -> bool {
    let mut rest = [0; 4_096];
    loop {
        match tokio::time::timeout(Duration::from_millis(5), stream.read(&mut rest)).await {
            Err(_) => return false,
            Ok(Ok(0) | Err(_)) => return true,
            Ok(Ok(_)) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_whose_connections_are_all_busy_gets_no_more() {
    let (vendor, _reached) = Vendor::stalled().await;
    let relay = Relay::before(&vendor.base, &["--max-connections-address=2"]).await;
    let body = link_request().to_string();
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&relay).await;
        let head = "POST /v1/customer HTTP/1.1\r\nhost: relay\r\nexpect: 100-continue\r\n";
        let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        // The relay asks for the body, so the request is running.
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        held.push(stream);
    }
    assert!(!is_answered(&mut connect(&relay).await).await);
    assert!(is_answered(&mut connect_from([127, 0, 0, 2], &relay).await).await, "another address is refused");
    for stream in &mut held {
        assert!(!is_closed(stream).await, "a running request was cut off");
    }
}
