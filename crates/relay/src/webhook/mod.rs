//! The verdict on its way to the host's back end: webhooks by the Standard Webhooks scheme, from a durable outbox.
//!
//! - [`settings`]: what the operator sets.
//! - [`event`]: what a webhook says.
//! - [`backoff`]: when to try again.
//! - [`status`]: how a webhook stands.
//! - [`outbox`]: the webhooks that wait in the database.
//! - [`delivery`]: one delivery over HTTP.
//! - [`worker`]: when to deliver which.

pub mod backoff;
pub mod delivery;
pub mod event;
pub mod outbox;
pub mod settings;
pub mod status;
pub mod worker;

use std::fmt;
use std::str::FromStr;

use akiba_protocol::is_loopback;
use url::Url;

/// Where webhooks go: `https`, or `http` on this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

/// The text is no [`WebhookUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be an https URL with no user name, password or fragment; http is for loopback alone")]
pub struct NotAWebhookUrl;

impl FromStr for WebhookUrl {
    type Err = NotAWebhookUrl;

    fn from_str(text: &str) -> Result<Self, NotAWebhookUrl> {
        let url = Url::parse(text).map_err(|_| NotAWebhookUrl)?;
        let host = url.host_str().ok_or(NotAWebhookUrl)?;
        let private = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(host));
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if private && plain { Ok(Self(url)) } else { Err(NotAWebhookUrl) }
    }
}

impl WebhookUrl {
    /// The URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    /// Leaves path and query out, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebhookUrl").field(&self.0.origin().ascii_serialization()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{NotAWebhookUrl, WebhookUrl};

    #[test]
    fn webhooks_go_over_https_or_stay_on_this_machine() {
        for right in ["https://bank.example/hooks?key=s3cret", "http://127.0.0.1:9/hooks"] {
            let url: WebhookUrl = right.parse().unwrap();
            assert!(!format!("{url:?}").contains("s3cret"));
        }
        for wrong in ["", "bank.example", "http://bank.example", "https://a:b@bank.example", "https://bank.example#x"] {
            assert_eq!(wrong.parse::<WebhookUrl>(), Err(NotAWebhookUrl), "{wrong}");
        }
    }
}
