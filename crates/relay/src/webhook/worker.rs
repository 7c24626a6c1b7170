//! The delivery of webhooks ([`Webhooks`], [`run`]). A relay that is killed at any point sends what it had claimed again
//! when the claim's time is over: every webhook arrives at least once, with the id that it always had.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use reqwest::Client;
use tokio::task::JoinSet;
use tracing::Instrument;

use super::WebhookUrl;
use super::backoff::{is_over, wait};
use crate::clock::milliseconds;
use crate::secrets::webhook_secrets::Secrets;
use crate::session::Sessions;
use crate::store::StoreError;
use crate::store::outbox::Message;
use crate::telemetry::metrics::metrics;
use crate::telemetry::traces::{Of, span};

/// Most webhooks that are on their way at once.
const AT_ONCE: usize = 32;

/// Longest sleep between two looks: what another relay's crash left, or a clock made due, is found by looking.
const LOOK: Duration = Duration::from_secs(1);

/// Pause after the database failed.
const PAUSE: Duration = Duration::from_secs(2);

/// How webhooks are sent.
pub struct Webhooks {
    url: WebhookUrl,
    secrets: Secrets,
    client: Client,
    timeout: Duration,
}

impl Webhooks {
    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`reqwest::Error`] when the machine's certificates can't be read.
    pub fn new(url: WebhookUrl, secrets: Secrets, timeout: Duration) -> Result<Self, reqwest::Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("akiba-relay/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .timeout(timeout)
            .build()?;
        Ok(Self { url, secrets, client, timeout })
    }

    /// How long a claim holds: longer than a delivery can take, by the clock of every relay.
    fn lease(&self, leeway: i64) -> i64 {
        milliseconds(self.timeout).saturating_mul(2).saturating_add(1_000).saturating_add(leeway)
    }

    /// Sends one webhook. `Err` is the word for what went wrong, with nothing of what was said.
    async fn send(&self, id: &str, seconds: i64, body: String) -> Result<StatusCode, String> {
        let request = self
            .client
            .post(self.url.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", self.secrets.signatures(id, seconds, &body));
        match request.body(body).send().await {
            Ok(response) if response.status().is_success() => Ok(response.status()),
            Ok(response) => Err(format!("status {}", response.status().as_u16())),
            Err(error) if error.is_connect() => Err("no connection".to_owned()),
            Err(error) if error.is_timeout() => Err("time-out".to_owned()),
            Err(_) => Err("connection broke".to_owned()),
        }
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Delivers webhooks until it is dropped. It ends at once where none are set up.
pub async fn run(sessions: Arc<Sessions>) {
    let Some(webhooks) = sessions.webhooks() else { return };
    let mut deliveries = JoinSet::new();
    loop {
        while deliveries.try_join_next().is_some() {}
        // A receiver that is slow about some does not hold up the others, as long as there is room.
        if deliveries.len() >= AT_ONCE {
            deliveries.join_next().await;
        }
        let room = AT_ONCE - deliveries.len();
        match claim(&sessions, &webhooks, room, &mut deliveries).await {
            Ok(0) => tokio::select! {
                () = sessions.outbox_bell().notified() => {}
                Some(_) = deliveries.join_next() => {}
                () = tokio::time::sleep(LOOK) => {}
            },
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "webhooks wait for the database");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Delivers what is due now, and says how much that was.
///
/// # Errors
/// [`StoreError`] when nothing could be claimed.
pub async fn deliver_due(sessions: &Arc<Sessions>, webhooks: &Arc<Webhooks>) -> Result<usize, StoreError> {
    let mut deliveries = JoinSet::new();
    let count = claim(sessions, webhooks, AT_ONCE, &mut deliveries).await?;
    while deliveries.join_next().await.is_some() {}
    Ok(count)
}

/// Claims what is due, at most so much, and starts to deliver it.
async fn claim(
    sessions: &Arc<Sessions>,
    webhooks: &Arc<Webhooks>,
    room: usize,
    deliveries: &mut JoinSet<()>,
) -> Result<usize, StoreError> {
    let now = sessions.clock().now();
    let room = i64::try_from(room).unwrap_or(i64::MAX);
    let claimed =
        sessions.store().claim_messages(now, now.saturating_add(webhooks.lease(sessions.leeway())), room).await?;
    let count = claimed.len();
    for message in claimed {
        // As work that the relay's end waits for: one that is cut would be sent again only when its claim is over.
        let delivery = sessions.tasks().spawn(deliver(Arc::clone(sessions), Arc::clone(webhooks), message));
        deliveries.spawn(async move {
            let _ = delivery.await;
        });
    }
    Ok(count)
}

async fn deliver(sessions: Arc<Sessions>, webhooks: Arc<Webhooks>, message: Message) {
    let id = message.id.as_str();
    let body = sessions.open_message(id, &message.sealed);
    let now = sessions.clock().now();
    let result = match body {
        Ok(body) => webhooks.send(id, now.div_euclid(1_000), body).instrument(span(Of::Client, "webhook", None)).await,
        Err(error) => Err(error.to_string()),
    };
    let now = sessions.clock().now();
    let chance = u8::try_from(now.rem_euclid(256)).unwrap_or(0);
    let attempts = message.attempts.saturating_add(1);
    let next_at = now.saturating_add(milliseconds(wait(attempts, chance)));
    let kept = match &result {
        Ok(status) => {
            metrics().delivered("delivered");
            let result = format!("status {}", status.as_u16());
            sessions.store().end_message(id, "delivered", &result, now).await
        }
        Err(reason) if is_over(attempts, next_at, message.give_up_at) => {
            metrics().delivered("given-up");
            tracing::error!(webhook = id, attempts, reason, "a webhook was given up");
            sessions.store().end_message(id, "failed", reason, now).await
        }
        Err(reason) => {
            metrics().delivered("put-off");
            tracing::warn!(webhook = id, attempts, reason, "a webhook was put off");
            sessions.store().put_off_message(id, next_at, reason).await
        }
    };
    // What was sent and could not be marked is sent again when the claim is over.
    if let Err(error) = kept {
        tracing::warn!(webhook = id, %error, "a webhook could not be marked");
    }
}
