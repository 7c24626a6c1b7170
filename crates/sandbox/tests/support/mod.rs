//! Shared by the tests: a running sandbox and a client that calls it like the relay and the page.
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::time::Duration;

use akiba_protocol::{LinkReply, Verdict};
use akiba_sandbox::{Options, Sandbox};
use http::HeaderValue;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) const ORIGIN: &str = "http://127.0.0.1:8080";
/// An identifier that is not in the table.
pub(crate) const ANYBODY: &str = "8001015009087";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

pub(crate) async fn world() -> World {
    world_with(Options::default()).await
}

pub(crate) async fn world_with(options: Options) -> World {
    let options = Options {
        origins: vec![HeaderValue::from_static(ORIGIN)],
        slow: Duration::from_millis(700),
        test_controls: true,
        ..options
    };
    World { sandbox: Sandbox::start(options).await.unwrap(), client: client() }
}

/// A client for plain HTTP. If the same build contains the relay, Cargo's feature unification gives this client TLS, and
/// then it can't be created without a crypto provider.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

impl World {
    /// A call to the vendor with the valid token.
    pub(crate) fn call(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client
            .post(format!("{}{path}", self.sandbox.vendor_url()))
            .header("token", self.sandbox.token())
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) async fn link(&self, identifier: &str) -> LinkReply {
        let response =
            self.call("/v1/customer", &json!({ "identifier": identifier, "type": "1" })).send().await.unwrap();
        assert_eq!(response.status(), 200);
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    pub(crate) async fn put(&self, link: &str, body: impl Into<reqwest::Body>) -> Response {
        let put = self.client.put(link).header("content-type", "image/jpeg").header("origin", ORIGIN).body(body);
        put.send().await.unwrap()
    }

    pub(crate) fn verify(&self, link: &LinkReply) -> RequestBuilder {
        self.call("/v1/customer/verify", &verify_body(link))
    }

    pub(crate) async fn verdict(&self, link: &LinkReply) -> Verdict {
        let response = self.verify(link).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Verdict::parse(&response.bytes().await.unwrap()).unwrap()
    }
}

pub(crate) fn verify_body(link: &LinkReply) -> Value {
    json!({
        "selfie_filename": link.selfie_filename,
        "id": link.identifier,
        "user_type": "1",
        "s3_key": link.s3_key,
    })
}

/// The portrait that the end-to-end tests show to the camera.
pub(crate) fn jpeg() -> Vec<u8> {
    include_bytes!("../../../../tests/fixtures/face/collins.jpg").to_vec()
}

/// Returns status, S3 error code and text of an answer.
pub(crate) async fn s3_error(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/xml");
    let text = response.text().await.unwrap();
    let code = akiba_protocol::s3::error_code(&text).unwrap_or_default().to_owned();
    (status, code, text)
}
