//! A receiver of webhooks, as in the host's back end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::wait::until_within;
use super::{Task, listen};

/// A webhook that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) text: String,
    pub(crate) body: Value,
    pub(crate) answer: u16,
}

impl Arrived {
    pub(crate) fn event(&self) -> &str {
        self.body["type"].as_str().unwrap()
    }

    pub(crate) fn session(&self) -> &str {
        self.body["data"]["session_id"].as_str().unwrap()
    }
}

/// A receiver that remembers every webhook.
pub(crate) struct Receiver {
    pub(crate) url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    _task: Task<()>,
}

impl Receiver {
    /// A receiver that accepts every webhook, after a while.
    pub(crate) async fn slow(wait: Duration) -> Self {
        Self::answering_after(wait, |_, _| 200).await
    }

    /// A receiver that answers with the status that `answer` returns for the webhook and the number of earlier ones.
    pub(crate) async fn answering(answer: impl Fn(&Arrived, usize) -> u16 + Clone + Send + Sync + 'static) -> Self {
        Self::answering_after(Duration::ZERO, answer).await
    }

    async fn answering_after(
        wait: Duration,
        answer: impl Fn(&Arrived, usize) -> u16 + Clone + Send + Sync + 'static,
    ) -> Self {
        let arrived: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let list = Arc::clone(&arrived);
        let handler = move |headers: HeaderMap, body: Bytes| async move {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            let text = String::from_utf8(body.to_vec()).unwrap();
            let mut webhook = Arrived {
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp").parse().unwrap(),
                signature: header("webhook-signature"),
                body: serde_json::from_str(&text).unwrap(),
                text,
                answer: 0,
            };
            assert_eq!(header("content-type"), "application/json");
            let status = {
                let mut list = list.lock().unwrap();
                webhook.answer = answer(&webhook, list.len());
                let status = StatusCode::from_u16(webhook.answer).unwrap();
                list.push(webhook);
                status
            };
            tokio::time::sleep(wait).await;
            status
        };
        let (listener, base) = listen().await;
        let task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(handler)).await.unwrap();
        });
        Self { url: format!("{base}/hooks"), arrived, _task: Task::of(task) }
    }

    /// The webhooks that have arrived so far.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// Waits until `enough` is true for the webhooks that have arrived. Returns them.
    pub(crate) async fn wait(&self, what: &str, enough: impl Fn(&[Arrived]) -> bool) -> Vec<Arrived> {
        until_within(Duration::from_secs(60), what, async || enough(&self.arrived())).await;
        self.arrived()
    }
}
