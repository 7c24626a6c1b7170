//! The relay's webhooks (`Inbox`). The Standard Webhooks library checks signature and time. A repeated message, which the
//! sender may send, is dropped by its id.

use std::collections::VecDeque;
use std::sync::Mutex;

use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use standardwebhooks::{HEADER_WEBHOOK_ID, Webhook};

use crate::lock::lock;

/// Number of webhooks that are kept.
const CAPACITY: usize = 500;

/// The webhooks' secret is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid webhook secret: it must be whsec_ and base64")]
pub struct InvalidSecret;

/// A webhook whose signature and time were valid.
#[derive(Clone, Serialize)]
pub(super) struct Message {
    #[serde(skip)]
    session: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    received_at: String,
}

/// The webhooks received so far.
pub(super) struct Inbox {
    webhook: Webhook,
    messages: Mutex<VecDeque<Message>>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    session_id: String,
}

impl Inbox {
    pub(super) fn new(secret: &str) -> Result<Self, InvalidSecret> {
        Ok(Self { webhook: Webhook::new(secret).map_err(|_| InvalidSecret)?, messages: Mutex::default() })
    }

    /// Returns the webhooks about a session, the oldest first.
    pub(super) fn about(&self, session: &str) -> Vec<Message> {
        let messages = lock(&self.messages);
        messages.iter().filter(|message| message.session == session).cloned().collect()
    }

    fn keep(&self, message: Message) {
        let mut messages = lock(&self.messages);
        if messages.iter().any(|known| known.id == message.id) {
            return;
        }
        if messages.len() == CAPACITY {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    /// Checks and stores a webhook; returns the status to answer with.
    pub(super) fn take(&self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        if self.webhook.verify(body, headers).is_err() {
            return StatusCode::UNAUTHORIZED;
        }
        let id = headers.get(HEADER_WEBHOOK_ID).and_then(|id| id.to_str().ok());
        let (Some(id), Ok(event)) = (id, serde_json::from_slice::<Event>(body)) else {
            return StatusCode::BAD_REQUEST;
        };
        self.keep(Message {
            session: event.data.session_id,
            id: id.to_owned(),
            kind: event.kind,
            received_at: jiff::Timestamp::now().to_string(),
        });
        StatusCode::NO_CONTENT
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};
    use standardwebhooks::Webhook;

    use super::Inbox;

    const SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const BODY: &[u8] = br#"{"type":"session.verified","data":{"session_id":"ses_1"}}"#;

    fn signed(id: &str, at: i64, body: &[u8]) -> HeaderMap {
        let signature = Webhook::new(SECRET).unwrap().sign(id, at, body).unwrap();
        [("webhook-id", id), ("webhook-timestamp", &at.to_string()), ("webhook-signature", &signature)]
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_webhook_counts_once_and_only_with_a_valid_signature_and_time() {
        let inbox = Inbox::new(SECRET).unwrap();
        let now = jiff::Timestamp::now().as_second();
        assert_eq!(inbox.take(&HeaderMap::new(), BODY), StatusCode::UNAUTHORIZED);
        assert_eq!(inbox.take(&signed("msg_1", now, b"{}"), BODY), StatusCode::UNAUTHORIZED);
        assert_eq!(inbox.take(&signed("msg_1", now - 600, BODY), BODY), StatusCode::UNAUTHORIZED);
        assert_eq!(inbox.take(&signed("msg_1", now, b"{}"), b"{}"), StatusCode::BAD_REQUEST);
        assert!(inbox.about("ses_1").is_empty());
        for _ in 0..2 {
            assert_eq!(inbox.take(&signed("msg_1", now, BODY), BODY), StatusCode::NO_CONTENT);
        }
        assert_eq!(inbox.about("ses_1").len(), 1);
        assert!(inbox.about("ses_2").is_empty());
    }
}
