//! Invalid requests: each gets its problem, and none reaches the vendor.

use akiba_protocol::ProblemCode;
use axum::http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{
    IDENTIFIER, link_request, problem, problem_and_headers, success, verify_request, with_link_vendor,
};

#[tokio::test]
async fn a_5_kb_body_is_too_large_with_or_without_a_length() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let mut body = link_request();
    body["padding"] = json!("x".repeat(5_000));
    problem(relay.post("/v1/customer", &body), ProblemCode::BodyTooLarge).await;

    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    let head = "POST /v1/customer HTTP/1.1\r\nhost: relay\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("1388\r\n{}\r\n", " ".repeat(5_000));
    stream.write_all(format!("{head}{chunk}").as_bytes()).await.unwrap();
    let mut answer = vec![0; 1_024];
    let count = stream.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..count]).starts_with("HTTP/1.1 413 "));

    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn a_body_at_the_limit_passes() {
    let (_vendor, relay) = with_link_vendor(&[]).await;
    let mut body = link_request().to_string();
    body.push_str(&" ".repeat(4_096 - body.len()));
    let request = relay.request(Method::POST, "/v1/customer").header("content-type", "application/json; charset=utf-8");
    success(request.body(body)).await;
}

#[tokio::test]
async fn only_json_is_accepted() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let body = link_request().to_string();
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data", ""] {
        let request = relay.request(Method::POST, "/v1/customer").header("content-type", media).body(body.clone());
        problem(request, ProblemCode::UnsupportedMediaType).await;
    }
    problem(relay.request(Method::POST, "/v1/customer").body(body), ProblemCode::UnsupportedMediaType).await;
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn an_invalid_body_is_a_bad_request() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    let send = |path, body: &str| {
        let request = relay.request(Method::POST, path).header("content-type", "application/json");
        request.body(body.to_owned())
    };
    for broken in ["", "{", "nul", "{\"identifier\":}", "\u{feff}{}", &format!("{} x", link_request())] {
        let problem = problem(send("/v1/customer", broken), ProblemCode::BadRequest).await;
        assert!(problem.detail.unwrap().contains("line 1"), "{broken}");
    }
    let wrong = [
        json!(null),
        json!("text"),
        json!([]),
        json!([IDENTIFIER, "1", null]),
        json!({}),
        json!({ "identifier": IDENTIFIER }),
        json!({ "type": "1" }),
        json!({ "identifier": 7, "type": "1" }),
        json!({ "identifier": IDENTIFIER, "type": 1 }),
        json!({ "identifier": IDENTIFIER, "type": "3" }),
        json!({ "identifier": IDENTIFIER, "type": "individual" }),
        json!({ "identifier": IDENTIFIER, "type": "1", "selfie_filename": {} }),
    ];
    for body in wrong {
        let problem = problem(relay.post("/v1/customer", &body), ProblemCode::BadRequest).await;
        assert!(problem.detail.unwrap().contains("`identifier`"), "{body}");
    }
    let twice = format!("{{\"identifier\":\"{IDENTIFIER}\",\"identifier\":\"x\",\"type\":\"1\"}}");
    problem(send("/v1/customer", &twice), ProblemCode::BadRequest).await;
    for field in ["selfie_filename", "id", "user_type", "s3_key"] {
        let mut body = verify_request();
        body.as_object_mut().unwrap().remove(field);
        let problem = problem(relay.post("/v1/customer/verify", &body), ProblemCode::BadRequest).await;
        assert!(problem.detail.unwrap().contains(&format!("`{field}`")));
    }
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn another_method_is_not_allowed() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    for path in ["/v1/customer", "/v1/customer/verify"] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let (_, headers) = problem_and_headers(relay.request(method, path), ProblemCode::MethodNotAllowed).await;
            assert_eq!(headers["allow"], "POST");
        }
    }
    problem(relay.post("/healthz", &Value::Null), ProblemCode::MethodNotAllowed).await;
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    for path in ["/", "/v1", "/v1/customer/", "/v1/customers", "/V1/customer", "//v1/customer", "/v1/../v2", "/%2e%2e/"]
    {
        problem(relay.post(path, &link_request()), ProblemCode::NotFound).await;
    }
    problem(relay.request(Method::GET, "/favicon.ico"), ProblemCode::NotFound).await;
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn request_ids_come_from_the_relay() {
    let (_vendor, relay) = with_link_vendor(&[]).await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..3 {
        let response = relay.link().header("x-request-id", "of-the-caller").send().await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_ne!(id, "of-the-caller");
        assert!(ids.insert(id), "an id was used twice");
    }
}
