//! The secrets of one run ([`Keys`]), created by the relay's own `keygen`.

use std::fmt;
use std::path::Path;

use super::program::{RelayError, keygen};

/// The secrets that the relay and its back end share. They are valid for this run only.
#[derive(Clone)]
pub struct Keys {
    /// The back end's API key.
    pub api_key: String,
    /// The relay's setting for that key: its name and its hash.
    pub api_setting: String,
    /// The key that seals session tokens.
    pub session_key: String,
    /// The key that encrypts fields of the database.
    pub data_key: String,
    /// The secret that signs webhooks.
    pub webhook_secret: String,
}

impl Keys {
    /// Creates new keys.
    ///
    /// # Errors
    /// [`RelayError`] if the program creates none.
    pub async fn make(relay: &Path) -> Result<Self, RelayError> {
        let (api, session, data, webhook) = tokio::try_join!(
            keygen(relay, "api", "bank"),
            keygen(relay, "session", "demo"),
            keygen(relay, "data", "demo"),
            keygen(relay, "webhook", "demo"),
        )?;
        let (api_key, api_setting) = api.split_once('\n').ok_or(RelayError::NoKey)?;
        Ok(Self {
            api_key: api_key.to_owned(),
            api_setting: api_setting.to_owned(),
            session_key: session,
            data_key: data,
            webhook_secret: webhook,
        })
    }
}

impl fmt::Debug for Keys {
    /// Omits the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
