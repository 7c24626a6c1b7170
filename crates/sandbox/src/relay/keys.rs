//! The secrets of one run ([`Keys`]), made by the relay's own `keygen`.

use std::fmt;
use std::path::Path;

use super::program::{RelayError, keygen};

/// The secrets that the relay and its back end share. They open nothing but this run.
#[derive(Clone)]
pub struct Keys {
    /// The back end's API key.
    pub api_key: String,
    /// What the relay is told of it: its name and its hash.
    pub api_setting: String,
    /// The key of session tokens.
    pub session_key: String,
    /// The key of the database's fields.
    pub data_key: String,
    /// The secret of webhooks.
    pub webhook_secret: String,
}

impl Keys {
    /// Makes new ones.
    ///
    /// # Errors
    /// [`RelayError`] where the program makes none.
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
    /// Leaves the keys out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
