//! Delivers one webhook over HTTP ([`Sender`]).

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use reqwest::Client;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use super::WebhookUrl;
use super::settings::WebhookSettings;
use crate::clock::milliseconds;
use crate::http_client::{self, ClientError};
use crate::secrets::webhook_secrets::WebhookSecrets;

/// Sends webhooks to one URL, signed with the secrets of its endpoint.
pub struct Sender {
    url: WebhookUrl,
    secrets: WebhookSecrets,
    client: Client,
    timeout: Duration,
}

impl Sender {
    /// Builds the HTTP client. Does not connect yet.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new(url: WebhookUrl, secrets: WebhookSecrets, settings: &WebhookSettings) -> Result<Self, ClientError> {
        let timeout = settings.webhook_timeout;
        let client = http_client::build("webhooks", &settings.route(), |client| client.timeout(timeout))?;
        Ok(Self { url, secrets, client, timeout })
    }

    /// Returns how long a claim holds, in milliseconds: longer than a delivery can take, on every relay's clock.
    pub(super) fn lease(&self, leeway: i64) -> i64 {
        milliseconds(self.timeout).saturating_mul(2).saturating_add(1_000).saturating_add(leeway)
    }

    /// Sends one webhook. The error is a short description that contains nothing of the request or the response.
    pub(super) async fn send(&self, id: &str, seconds: i64, body: String) -> Result<StatusCode, String> {
        let request = self
            .client
            .post(self.url.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, seconds)
            .header(HEADER_WEBHOOK_SIGNATURE, self.secrets.signatures(id, seconds, &body));
        match request.body(body).send().await {
            Ok(response) if response.status().is_success() => Ok(response.status()),
            Ok(response) => Err(format!("status {}", response.status().as_u16())),
            Err(error) if error.is_connect() => Err("no connection".to_owned()),
            Err(error) if error.is_timeout() => Err("time-out".to_owned()),
            Err(_) => Err("connection broke".to_owned()),
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("url", &self.url).finish_non_exhaustive()
    }
}
