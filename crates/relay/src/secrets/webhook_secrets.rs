//! Signs webhooks ([`WebhookSecrets`]) by version 1 of the Standard Webhooks specification: HMAC-SHA-256 over id, time
//! and body. Source: the specification at standardwebhooks.com, "Signature scheme".

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use standardwebhooks::Webhook;

use super::entries;

/// The environment variable that can hold the secrets.
pub const SECRETS_VARIABLE: &str = "AKIBA_WEBHOOK_SECRETS";

const PREFIX: &str = "whsec_";

/// The secrets that sign webhooks of one receiver. Every secret signs every webhook, so that the receiver can move to a new secret.
#[derive(Clone)]
pub struct WebhookSecrets(Arc<[Webhook]>);

/// Why the secrets can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookSecretsError {
    /// There is no secret.
    #[error("there is no webhook secret")]
    Empty,
    /// The entry with this number, counted from 1, is not a secret of 24 to 64 bytes.
    #[error("webhook secret {0} must be whsec_BASE64 with 24 to 64 bytes of base64")]
    NotASecret(usize),
}

impl WebhookSecrets {
    /// Parses secrets (`whsec_…`), separated by white space or commas.
    ///
    /// # Errors
    /// [`WebhookSecretsError`].
    pub fn read(text: &SecretString) -> Result<Self, WebhookSecretsError> {
        let mut keys = Vec::new();
        for (index, entry) in entries(text.expose_secret()).enumerate() {
            let wrong = WebhookSecretsError::NotASecret(index + 1);
            let bytes = BASE64_STANDARD.decode(entry.strip_prefix(PREFIX).ok_or(wrong)?).map_err(|_| wrong)?;
            if !(24..=64).contains(&bytes.len()) {
                return Err(wrong);
            }
            keys.push(Webhook::from_bytes(bytes).map_err(|_| wrong)?);
        }
        if keys.is_empty() { Err(WebhookSecretsError::Empty) } else { Ok(Self(keys.into())) }
    }

    /// Returns whether a secret of `other` is among these.
    #[must_use]
    pub fn has_one_of(&self, other: &Self) -> bool {
        // The library does not reveal its secrets. Equal secrets give equal signatures.
        let (own, others) = (self.signatures("", 0, ""), other.signatures("", 0, ""));
        others.split(' ').any(|signature| own.split(' ').any(|own| own == signature))
    }

    /// Returns the value of `webhook-signature`: one signature for each secret. `timestamp` is in seconds since 1970.
    #[must_use]
    pub fn signatures(&self, id: &str, timestamp: i64, body: &str) -> String {
        // Signing fails only for a body that is not UTF-8.
        let signatures = self.0.iter().filter_map(|secret| secret.sign(id, timestamp, body.as_bytes()).ok());
        signatures.collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("count", &self.0.len()).finish()
    }
}

/// Returns a new secret. Returns `None` if the system's random generator fails.
#[must_use]
pub fn new_secret() -> Option<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::{WebhookSecrets, WebhookSecretsError, new_secret};

    #[test]
    fn the_signature_matches_the_specification() {
        // The example from the tests of the specification's own libraries.
        let secrets = WebhookSecrets::read(&"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned().into()).unwrap();
        let signatures = secrets.signatures("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signatures, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_signs() {
        let (old, new) = (new_secret().unwrap(), new_secret().unwrap());
        let sign = |text: String| WebhookSecrets::read(&text.into()).unwrap().signatures("msg_1", 1, "{}");
        let both = sign(format!("{new}\n{old}"));
        assert_eq!(both, format!("{} {}", sign(new), sign(old)));
    }

    #[test]
    fn invalid_secrets_are_rejected() {
        assert_eq!(WebhookSecrets::read(&String::new().into()).err(), Some(WebhookSecretsError::Empty));
        for wrong in ["secret", "whsec_", "whsec_AAAA", "whsec_!"] {
            assert_eq!(
                WebhookSecrets::read(&wrong.to_owned().into()).err(),
                Some(WebhookSecretsError::NotASecret(1)),
                "{wrong}"
            );
        }
    }
}
