//! Vendors on free ports of this machine. Each ends when it is dropped.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::wait::until;
use super::{FULL_NAME, SIGNATURE, Task, listen, run_log, verify_reply};

/// A request that a vendor received.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Seen {
    /// Whether it is the call for a link.
    pub(crate) fn is_link(&self) -> bool {
        self.path == "/v1/customer"
    }

    /// Whether it is the call for a verdict.
    pub(crate) fn is_verify(&self) -> bool {
        self.path == "/v1/customer/verify"
    }
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

    /// A vendor that handles each connection with `act`.
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

    /// A vendor that accepts connections and never answers. The receiver gets a message for each connection.
    pub(crate) async fn stalled() -> (Self, UnboundedReceiver<()>) {
        let (reached, at_vendor) = mpsc::unbounded_channel();
        let vendor = Self::raw(move |stream| {
            let reached = reached.clone();
            async move {
                reached.send(()).unwrap();
                std::future::pending::<()>().await;
                drop(stream);
            }
        })
        .await;
        (vendor, at_vendor)
    }

    /// A vendor that issues a link for each call, and answers the calls for a verdict with `judge`, after a while.
    pub(crate) async fn judging(
        judge: impl Fn(&Seen) -> Value + Clone + Send + Sync + 'static,
        after: Duration,
    ) -> Self {
        Self::answering(move |request| {
            let (answer, wait) = match request.is_link() {
                true => (issued(&request), Duration::ZERO),
                false => (judge(&request), after),
            };
            async move {
                tokio::time::sleep(wait).await;
                let response = Response::builder().header("content-type", "application/json");
                response.body(answer.to_string().into()).unwrap()
            }
        })
        .await
    }

    /// A vendor that verifies every person, after a while.
    pub(crate) async fn verifying_after(delay: Duration) -> Self {
        Self::judging(|_| verify_reply(), delay).await
    }

    /// A vendor that verifies every person at once.
    pub(crate) async fn verifying() -> Self {
        Self::verifying_after(Duration::ZERO).await
    }

    /// A vendor that rejects every person.
    pub(crate) async fn rejecting() -> Self {
        Self::judging(|_| json!({ "status": "failed" }), Duration::ZERO).await
    }

    /// The requests that it has received so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The calls for a verdict that it has received so far.
    pub(crate) fn verdict_calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_verify).collect()
    }

    /// Waits until it has received this many requests.
    pub(crate) async fn reached(&self, requests: usize) {
        until("the calls reach the vendor", async || self.seen().len() >= requests).await;
    }

    /// Waits until it has received a call for a verdict.
    pub(crate) async fn reached_for_a_verdict(&self) {
        until("the call for a verdict reaches the vendor", async || !self.verdict_calls().is_empty()).await;
    }
}

/// A new link for each call, as in the vendor's reference.
pub(crate) fn issued(request: &Seen) -> Value {
    let name = request.body["selfie_filename"].as_str().unwrap();
    let key = format!("selfies/of-{name}");
    run_log::secret(&key);
    run_log::secret(name);
    json!({
        "identifier": request.body["identifier"],
        "signed_link": format!("https://bucket.s3.amazonaws.com/{key}?X-Amz-Signature={SIGNATURE}"),
        "s3_key": key,
        "selfie_filename": name,
        "customer_id": "A3020FM2PX",
        "person": FULL_NAME,
    })
}
