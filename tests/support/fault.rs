//! The client of `fault-server.mjs` for tests ([`Fault`]): programs the server's answers, and reads what it received.

use std::cell::Cell;
use std::time::Duration;

use gloo_net::http::Request;
use gloo_timers::future::sleep;
use serde_json::{Value, json};

/// The URL of the server, set by `with-fault-server.mjs` when the tests are built.
const SERVER: Option<&str> = option_env!("AKIBA_TEST_FAULT_SERVER");

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// One programmed address of the server.
pub(crate) struct Fault {
    id: String,
}

impl Fault {
    /// An address that gives these answers in order, and repeats the last one.
    pub(crate) async fn answering(answers: Value) -> Self {
        Self::programmed(json!({ "answers": answers })).await
    }

    /// The same for one answer of this status and text.
    pub(crate) async fn status(status: u16, body: &str) -> Self {
        Self::answering(json!([{ "status": status, "body": body }])).await
    }

    /// An address with a whole program.
    pub(crate) async fn programmed(program: Value) -> Self {
        let count = LAST.with(|last| {
            last.set(last.get() + 1);
            last.get()
        });
        let id = format!("{count}-{}", (js_sys::Math::random() * 1e9) as u32);
        let sent = Request::post(&format!("{}/program/{id}", server()))
            .body(program.to_string())
            .unwrap()
            .send()
            .await
            .unwrap();
        assert!(sent.ok(), "the fault server rejected the program");
        Self { id }
    }

    /// A URL at this address; `rest` follows its path.
    pub(crate) fn url(&self, rest: &str) -> String {
        format!("{}/run/{}{rest}", server(), self.id)
    }

    /// Returns what this address received: `requests` and `preflights`.
    pub(crate) async fn seen(&self) -> Value {
        let reply = Request::get(&format!("{}/seen/{}", server(), self.id)).send().await.unwrap();
        serde_json::from_str(&reply.text().await.unwrap()).unwrap()
    }

    /// Returns the only request.
    pub(crate) async fn request(&self) -> Value {
        let mut seen = self.seen().await;
        let requests = seen["requests"].as_array_mut().unwrap();
        assert_eq!(requests.len(), 1, "requests: {requests:?}");
        requests.remove(0)
    }

    /// Waits until its sender aborts the only request.
    pub(crate) async fn aborted(&self) {
        for _ in 0..250 {
            if self.seen().await["requests"][0]["aborted"] == true {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("the request was not aborted within 5 seconds");
    }

    /// Waits until a request has arrived.
    pub(crate) async fn arrived(&self) {
        for _ in 0..250 {
            if !self.seen().await["requests"].as_array().unwrap().is_empty() {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("no request within 5 seconds");
    }
}

fn server() -> &'static str {
    SERVER.expect("run this by `node tests/support/with-fault-server.mjs cargo test …`: it starts the fault server")
}
