//! The host's back end of the demo ([`Bank`]). It creates sessions at the relay with its API key, gives the page their
//! tokens, receives the webhooks, and learns the verdict without the page. [`bank_app`] serves it under `/bank`:
//!
//! - `POST /bank/session` takes `{"identifier": "…", "type": "1", "ttl": 60}` and returns a session. A real back end
//!   takes the identifier from its own login; here the page chooses the person.
//! - `GET /bank/session/{id}` returns what the back end knows about a session.
//! - `POST /bank/session/{id}/reconcile` takes `{"action": "repeat" | "release"}`, for a lost verdict.
//! - `POST /bank/hook` receives the relay's webhooks.
//!
//! [`relay_client`] calls the relay, [`webhooks`] checks webhooks.

pub mod relay_client;
pub mod webhooks;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use self::relay_client::RelayApi;
use self::webhooks::{Inbox, InvalidSecret};
use crate::relay::keys::Keys;

/// Largest request body, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// The back end.
pub struct Bank {
    relay: RelayApi,
    inbox: Inbox,
    cases: AtomicU32,
}

impl Bank {
    /// Creates the back end of a relay that runs with these keys.
    ///
    /// # Errors
    /// [`InvalidSecret`] if the webhooks' secret is malformed.
    pub fn new(relay: SocketAddr, keys: &Keys) -> Result<Self, InvalidSecret> {
        let relay = RelayApi::new(relay, keys.api_key.clone());
        Ok(Self { relay, inbox: Inbox::new(&keys.webhook_secret)?, cases: AtomicU32::new(1) })
    }
}

impl fmt::Debug for Bank {
    /// Omits the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank").finish_non_exhaustive()
    }
}

/// Serves the back end's own calls.
pub fn bank_app(bank: Arc<Bank>) -> Router {
    Router::new()
        .route("/bank/session", post(session))
        .route("/bank/session/{id}", get(session_status))
        .route("/bank/session/{id}/reconcile", post(reconcile))
        .route("/bank/hook", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(bank)
}

/// A request of the page for a session.
#[derive(Deserialize)]
struct NewSession {
    identifier: String,
    #[serde(rename = "type", default = "individual")]
    customer_type: String,
    #[serde(default)]
    ttl: Option<u32>,
}

fn individual() -> String {
    "1".to_owned()
}

async fn session(State(bank): State<Arc<Bank>>, Json(new): Json<NewSession>) -> Response {
    let case = bank.cases.fetch_add(1, Ordering::Relaxed);
    let mut body = json!({
        "identifier": new.identifier, "type": new.customer_type, "reference": format!("case-{case}"),
    });
    if let Some(ttl) = new.ttl {
        body["ttl"] = ttl.into();
    }
    forward_reply(bank.relay.call(Method::POST, "/v1/sessions", Some(&body)).await, |created| created)
}

async fn session_status(State(bank): State<Arc<Bank>>, Path(id): Path<String>) -> Response {
    let Some(path) = relay_client::session_path(&id, "") else { return StatusCode::NOT_FOUND.into_response() };
    let report = bank.relay.call(Method::GET, &path, None).await;
    forward_reply(report, |report| session_view(&bank, &id, &report))
}

#[derive(Deserialize)]
struct Reconcile {
    action: String,
}

async fn reconcile(
    State(bank): State<Arc<Bank>>,
    Path(id): Path<String>,
    Json(Reconcile { action }): Json<Reconcile>,
) -> Response {
    let Some(path) = relay_client::session_path(&id, "/reconcile") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let report = bank.relay.call(Method::POST, &path, Some(&json!({ "action": action }))).await;
    forward_reply(report, |report| session_view(&bank, &id, &report))
}

async fn receive(State(bank): State<Arc<Bank>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    bank.inbox.take(&headers, &body)
}

/// Returns what the page shows about a session: the relay's report without the person's record, and its webhooks.
fn session_view(bank: &Bank, id: &str, report: &Value) -> Value {
    json!({
        "session_id": id,
        "state": report["state"],
        "reference": report["reference"],
        "expires_at": report["expires_at"],
        "outcome": report["verdict"]["outcome"],
        "reason": report["verdict"]["reason"],
        "webhooks": bank.inbox.about(id),
    })
}

/// Returns the relay's answer as the back end's own. A 400, 404 or 409 concerns the page's request and keeps its status;
/// any other error is the back end's problem and becomes 502.
fn forward_reply(reply: Option<(StatusCode, Value)>, success: impl FnOnce(Value) -> Value) -> Response {
    match reply {
        Some((status, body)) if status.is_success() => Json(success(body)).into_response(),
        Some((status @ (StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::CONFLICT), problem)) => {
            (status, Json(problem)).into_response()
        }
        Some((_, problem)) => (StatusCode::BAD_GATEWAY, Json(problem)).into_response(),
        None => (StatusCode::BAD_GATEWAY, Json(json!({ "title": "The relay does not answer." }))).into_response(),
    }
}
