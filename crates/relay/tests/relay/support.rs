//! A relay and vendors on free ports of this machine; all end when they are dropped.

#[path = "contract.rs"]
mod contract;

#[path = "run_log.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use the rest")]
pub(crate) mod run_log;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akiba_protocol::{Problem, ProblemCode};
use akiba_relay::cli::Cli;
use akiba_relay::vendor_api::VendorClient;
use akiba_relay::vendor_api::access::{Access, CLIENT_SECRET_VARIABLE};
use akiba_relay::vendor_api::token::TOKEN_VARIABLE;
use akiba_relay::{AppState, ConnectionLimits, Drained, Settings, app, serve};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use clap::Parser;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Secrets of the tests, each a text that stands nowhere else.
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

/// The answer to it, as the vendor's reference shows it.
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

/// The answer to it, as the vendor's reference shows it, shortened.
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

/// A request that a vendor got.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// A vendor of the tests.
pub(crate) struct Vendor {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _task: Task<()>,
}

impl Vendor {
    /// A vendor that speaks HTTP and answers every request with `answer`.
    pub(crate) async fn answering<F, A>(answer: F) -> Self
    where
        F: Fn(Seen) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&seen);
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let request = Seen { method, path: uri.to_string(), headers, body };
            list.lock().unwrap().push(request.clone());
            answer(request)
        };
        let (listener, base) = listen().await;
        let task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(handler)).await.unwrap();
        });
        Self { base, seen, _task: Task::of(task) }
    }

    /// A vendor that answers every request with this status and JSON.
    pub(crate) async fn saying(status: u16, body: impl Into<String>) -> Self {
        let body = body.into();
        Self::answering(move |_| {
            let response = Response::builder().status(status).header("content-type", "application/json");
            let response = response.body(body.clone().into()).unwrap();
            async move { response }
        })
        .await
    }

    /// A vendor that does what it likes with each connection.
    pub(crate) async fn raw<F, A>(act: F) -> Self
    where
        F: Fn(TcpStream) -> A + Send + Sync + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let (listener, base) = listen().await;
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(act(stream));
            }
        });
        Self { base, seen: Arc::default(), _task: Task::of(task) }
    }

    /// What it got so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// A listener on a free port, and its address as a base URL.
pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

/// A base URL at which nobody listens.
pub(crate) async fn nobody() -> String {
    listen().await.1
}

/// A relay of the tests.
pub(crate) struct Relay {
    pub(crate) base: String,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    task: Task<Drained>,
}

impl Relay {
    /// A relay in front of `vendor`, with further flags.
    pub(crate) async fn before(vendor: &str, flags: &[&str]) -> Self {
        let base_flag = format!("--vendor-base={vendor}");
        let all = ["akiba-relay", &base_flag].into_iter().chain(flags.iter().copied());
        let Cli { settings, .. } = Cli::try_parse_from(all).unwrap();
        let state = Self::state(&settings);
        Self::of(state, &settings).await
    }

    /// What a relay's requests share, with no sessions.
    pub(crate) fn state(settings: &Settings) -> AppState {
        let ours = [TOKEN_VARIABLE, CLIENT_SECRET_VARIABLE];
        let access = Access::load(&settings.vendor, |name| ours.contains(&name).then(|| TOKEN.to_owned())).unwrap();
        AppState::new(&settings.http, &settings.limits, VendorClient::new(&settings.vendor, &access).unwrap())
    }

    /// A relay of these parts.
    pub(crate) async fn of(state: AppState, settings: &Settings) -> Self {
        run_log::begin();
        let limits = ConnectionLimits::new(&settings.server, &settings.limits);
        let (listener, base) = listen().await;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            serve(listener, app(state), limits, async {
                let _ = stopped.await;
            })
            .await
        });
        // The relay closes idle connections after 10 s; one that is used again at that moment would fail.
        let client = Client::builder().no_proxy().pool_idle_timeout(Duration::from_secs(5));
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base, client, stop: Some(stop), task: Task::of(task) }
    }

    /// The address without a scheme.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request of any kind.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A call, as the widget makes it.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).header("content-type", "application/json").body(body.to_string())
    }

    /// The first call, right in every way.
    pub(crate) fn link(&self) -> RequestBuilder {
        self.post("/v1/customer", &link_request())
    }

    /// The second call, right in every way.
    pub(crate) fn verify(&self) -> RequestBuilder {
        self.post("/v1/customer/verify", &verify_request())
    }

    /// Asks it to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until it has.
    pub(crate) async fn stopped(&mut self) -> Drained {
        (&mut self.task.0).await.unwrap()
    }
}

/// The JSON of an answer that is a success.
pub(crate) async fn success(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// The problem and the headers of an answer that must be one of this code.
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

/// The problem of an answer that must be one of this code.
pub(crate) async fn problem(request: RequestBuilder, code: ProblemCode) -> Problem {
    problem_and_headers(request, code).await.0
}
