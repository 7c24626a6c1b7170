//! Webhooks to the host's back end, by the Standard Webhooks specification. They wait in an outbox in the database, so
//! that no crash loses one.
//!
//! - [`settings`]: the operator's settings.
//! - [`endpoints`]: the receivers of each API key name.
//! - [`endpoint_file`]: parses the file of endpoints.
//! - [`event`]: the body of a webhook.
//! - [`status`]: the status of a webhook.
//! - [`outbox`]: encrypts, stores and claims webhooks.
//! - [`worker`]: delivers the webhooks that are due.
//! - [`delivery`]: delivers one webhook over HTTP.
//! - [`backoff`]: when to retry.

pub mod backoff;
pub mod delivery;
pub mod endpoint_file;
pub mod endpoints;
pub mod event;
pub mod outbox;
pub mod settings;
pub mod status;
pub mod worker;

use std::fmt;
use std::str::FromStr;

use akiba_protocol::is_loopback;
use url::Url;

/// The URL that receives webhooks: `https`, or `http` on loopback.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

/// The text is not a [`WebhookUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be an https URL with no user name, password or fragment; http is allowed only on loopback")]
pub struct NotAWebhookUrl;

impl FromStr for WebhookUrl {
    type Err = NotAWebhookUrl;

    fn from_str(text: &str) -> Result<Self, NotAWebhookUrl> {
        let url = Url::parse(text).map_err(|_| NotAWebhookUrl)?;
        let host = url.host_str().ok_or(NotAWebhookUrl)?;
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(host));
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if secure && plain { Ok(Self(url)) } else { Err(NotAWebhookUrl) }
    }
}

impl WebhookUrl {
    /// Returns the URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    /// Leaves out path and query, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebhookUrl").field(&self.0.origin().ascii_serialization()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{NotAWebhookUrl, WebhookUrl};

    #[test]
    fn a_webhook_url_needs_https_except_on_loopback() {
        for right in ["https://bank.example/hooks?key=s3cret", "http://127.0.0.1:9/hooks"] {
            let url: WebhookUrl = right.parse().unwrap();
            assert!(!format!("{url:?}").contains("s3cret"));
        }
        for wrong in ["", "bank.example", "http://bank.example", "https://a:b@bank.example", "https://bank.example#x"] {
            assert_eq!(wrong.parse::<WebhookUrl>(), Err(NotAWebhookUrl), "{wrong}");
        }
    }
}
