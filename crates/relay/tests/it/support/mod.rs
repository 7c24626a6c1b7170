//! Helpers of the tests: relays, vendors, databases and receivers, each on free ports of this machine, and the
//! fixtures and checks that the tests share.

pub(crate) mod bank;
pub(crate) mod connect_proxy;
mod contract;
pub(crate) mod database;
pub(crate) mod handoff;
#[allow(dead_code, reason = "for the two binaries that read their log")]
pub(crate) mod memory_log;
pub(crate) mod pooler;
pub(crate) mod program;
pub(crate) mod receiver;
pub(crate) mod relay;
pub(crate) mod run_log;
pub(crate) mod tls_vendor;
pub(crate) mod vendor;
pub(crate) mod wait;

use akiba_protocol::{Problem, ProblemCode};
use axum::http::HeaderMap;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) use relay::{Relay, with_link_vendor};
pub(crate) use vendor::Vendor;

/// Secrets of the tests. Each text occurs nowhere else, so a search for it finds every leak.
pub(crate) const TOKEN: &str = "tkn-5f1c9a";
pub(crate) const IDENTIFIER: &str = "8001015009087";
pub(crate) const S3_KEY: &str = "selfies/key-77ab31.jpg";
pub(crate) const SIGNATURE: &str = "sig-e0c44d";
pub(crate) const FILE_NAME: &str = "face-9d2b.jpg";
pub(crate) const FULL_NAME: &str = "FRANK HLATSWAYO NONO";

/// The first call's body.
pub(crate) fn link_request() -> Value {
    json!({ "identifier": IDENTIFIER, "type": "1", "selfie_filename": FILE_NAME })
}

/// The answer to the first call, as in the vendor's reference.
pub(crate) fn link_reply() -> Value {
    json!({
        "identifier": IDENTIFIER,
        "signed_link": format!("https://bucket.s3.amazonaws.com/{S3_KEY}?X-Amz-Signature={SIGNATURE}"),
        "s3_key": S3_KEY,
        "selfie_filename": FILE_NAME,
        "customer_id": "A3020FM2PX",
    })
}

/// The second call's body.
pub(crate) fn verify_request() -> Value {
    json!({ "selfie_filename": FILE_NAME, "id": IDENTIFIER, "user_type": "2", "s3_key": S3_KEY })
}

/// The answer to the second call, as in the vendor's reference, shortened.
pub(crate) fn verify_reply() -> Value {
    json!({
        "status": "success",
        "message": "Identity and Selfie succesfully verified",
        "data": { "identity": {
            "id_number": IDENTIFIER, "fullname": FULL_NAME, "middlename": null,
            "photo_id": [{ "_id": "5eaf", "url": "LINK TO SELFIE" }],
            "fraud_score": "0.21", "fraud_detected": "Low", "facial_recognition_confidence": "0.95",
        } },
    })
}

/// A task that ends with its owner.
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T> Task<T> {
    pub(crate) fn of(handle: JoinHandle<T>) -> Self {
        Self(handle)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A listener on a free port, and its address as a base URL.
pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

/// A base URL on a port that is closed.
pub(crate) async fn closed_port() -> String {
    listen().await.1
}

/// Waits for all calls, which run at once, and returns their answers in order.
pub(crate) async fn all_of<T: Send + 'static>(
    calls: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let calls: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

/// Returns the JSON of an answer. Fails unless the answer is a success.
pub(crate) async fn success(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Returns the problem and the headers of an answer. Fails unless the answer is a problem with this code.
pub(crate) async fn problem_and_headers(request: RequestBuilder, code: ProblemCode) -> (Problem, HeaderMap) {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().to_string(), request.url().path().to_owned());
    assert!(contract::has(&method, &path, code), "no document has {code:?} for {method} {path}");
    let response = client.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.text().await.unwrap();
    assert_eq!(headers["content-type"], "application/problem+json", "{status} {body}");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let problem: Problem = serde_json::from_str(&body).unwrap();
    assert_eq!((problem.code, problem.status, status), (code, code.status(), code.status()), "{body}");
    assert_eq!(problem.title, code.title());
    assert_eq!(problem.request_id.as_deref(), headers["x-request-id"].to_str().ok());
    for secret in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE, FILE_NAME, FULL_NAME] {
        assert!(!body.contains(secret), "{secret} is in {body}");
    }
    (problem, headers)
}

/// Returns the problem of an answer. Fails unless the answer is a problem with this code.
pub(crate) async fn problem(request: RequestBuilder, code: ProblemCode) -> Problem {
    problem_and_headers(request, code).await.0
}
