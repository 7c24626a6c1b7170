//! The back end's calls to the relay ([`RelayApi`]), with its API key.

use std::net::SocketAddr;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Largest answer that is read, in bytes.
const MAX_REPLY: usize = 256 * 1024;

/// A client of the relay.
pub struct RelayApi {
    client: Client<HttpConnector, Body>,
    address: SocketAddr,
    key: String,
}

impl RelayApi {
    /// Creates a client of the relay at this address.
    pub(super) fn new(address: SocketAddr, key: String) -> Self {
        // No connection is kept open: the relay may have closed it in the meantime.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { client, address, key }
    }

    /// Makes one call. Returns `None` if there is no answer or the answer is not JSON.
    pub(super) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Option<(StatusCode, Value)> {
        let body = body.map(Value::to_string);
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header(AUTHORIZATION, format!("Bearer {}", self.key))
            .header(CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, Body::from))
            .ok()?;
        let response = self.client.request(request).await.ok()?;
        let status = response.status();
        let bytes = Limited::new(response.into_body(), MAX_REPLY).collect().await.ok()?.to_bytes();
        Some((status, serde_json::from_slice(&bytes).ok()?))
    }
}

/// Returns the path of a session. Returns `None` for an id with other characters, so that it can't lead to another path.
pub(super) fn session_path(id: &str, rest: &str) -> Option<String> {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain.then(|| format!("/v1/sessions/{id}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::session_path;

    #[test]
    fn an_id_cannot_lead_to_another_path() {
        assert_eq!(session_path("ses_01ab", "/reconcile").as_deref(), Some("/v1/sessions/ses_01ab/reconcile"));
        for wrong in ["", "..", "a/b", "a%2fb", "a?b", "a b"] {
            assert_eq!(session_path(wrong, ""), None, "{wrong}");
        }
    }
}
