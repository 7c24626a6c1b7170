//! How sessions start: secrets in, database open ([`SessionSecrets`], [`SessionStartError`]).

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Notify;

use super::keep::Keep;
use super::page::PageReply;
use super::seal::{self, DataKeys, DataKeysError};
use super::token::{self, KeyRing, KeyRingError};
use super::{Limits, Sessions};
use crate::clock::{Clock, milliseconds};
use crate::secret_file::{SecretError, load};
use crate::settings::{SessionSettings, Settings};
use crate::store::{Store, StoreError};
use crate::tasks::Tasks;
use crate::webhook::sign::{self, Secrets, SecretsError};
use crate::webhook::worker::Webhooks;

/// The texts of all secrets of sessions.
#[derive(Clone, Debug, Default)]
pub struct SessionSecrets {
    /// Keys of tokens.
    pub session_keys: Option<SecretString>,
    /// Keys of the database's personal fields.
    pub data_keys: Option<SecretString>,
    /// Secrets of webhooks.
    pub webhook_secrets: Option<SecretString>,
}

impl SessionSecrets {
    /// Takes each from the file that the settings name, or from the environment, as `variable` reads it.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn load(
        settings: &SessionSettings,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, SecretError> {
        let secret = |file: &Option<_>, name| load(file.as_deref(), name, variable(name));
        Ok(Self {
            session_keys: secret(&settings.session_keys_file, token::KEYS_VARIABLE)?,
            data_keys: secret(&settings.data_keys_file, seal::KEYS_VARIABLE)?,
            webhook_secrets: secret(&settings.webhook_secrets_file, sign::SECRETS_VARIABLE)?,
        })
    }
}

/// Why sessions can't start.
#[derive(Debug)]
pub enum SessionStartError {
    /// No API key: nobody could make a session.
    NoApiKey,
    /// The keys of tokens.
    SessionKeys(KeyRingError),
    /// The keys of the database's fields.
    DataKeys(DataKeysError),
    /// The secrets of webhooks.
    WebhookSecrets(SecretsError),
    /// The client for webhooks could not be built.
    Client(reqwest::Error),
    /// The life that sessions have by default is over the longest that they may ask for.
    Ttl,
    /// The page would get more than is kept.
    Keep,
    /// The database.
    Store(StoreError),
}

impl fmt::Display for SessionStartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoApiKey => f.write_str("sessions need an API key: give --api-key, see akiba-relay keygen api"),
            Self::SessionKeys(error) => {
                write!(
                    f,
                    "{error}: give --session-keys-file or set {}, see akiba-relay keygen session",
                    token::KEYS_VARIABLE
                )
            }
            Self::DataKeys(error) => {
                write!(f, "{error}: give --data-keys-file or set {}, see akiba-relay keygen data", seal::KEYS_VARIABLE)
            }
            Self::WebhookSecrets(error) => write!(
                f,
                "{error}: give --webhook-secrets-file or set {}, see akiba-relay keygen webhook",
                sign::SECRETS_VARIABLE
            ),
            Self::Client(_) => f.write_str("the HTTP client for webhooks could not be built"),
            Self::Ttl => f.write_str("--session-ttl is over --session-ttl-max"),
            Self::Keep => f.write_str("--page-reply full needs --keep full: a repeat is told what is kept"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SessionStartError {}

impl Sessions {
    /// Reads the keys and opens the database.
    ///
    /// # Errors
    /// [`SessionStartError`].
    pub async fn open(settings: &Settings, secrets: &SessionSecrets, clock: Clock) -> Result<Self, SessionStartError> {
        use SessionStartError as Error;
        let own = &settings.session;
        if own.api_key.is_empty() {
            return Err(Error::NoApiKey);
        }
        if own.session_ttl > own.session_ttl_max {
            return Err(Error::Ttl);
        }
        if own.page_reply == PageReply::Full && own.keep != Keep::Full {
            return Err(Error::Keep);
        }
        let text = |secret: &Option<SecretString>| secret.clone().unwrap_or_default();
        let webhooks = match &own.webhook_url {
            Some(url) => {
                let secrets = Secrets::read(&text(&secrets.webhook_secrets)).map_err(Error::WebhookSecrets)?;
                let webhooks = Webhooks::new(url.clone(), secrets, own.webhook_timeout).map_err(Error::Client)?;
                Some(Arc::new(webhooks))
            }
            None => None,
        };
        let tokens = KeyRing::read(&text(&secrets.session_keys)).map_err(Error::SessionKeys)?;
        let data = DataKeys::read(&text(&secrets.data_keys)).map_err(Error::DataKeys)?;
        let store = Store::open(&own.database, own.database_connections.get()).await.map_err(Error::Store)?;
        Ok(Self {
            store,
            tokens,
            data,
            api_keys: own.api_key.clone(),
            link_hosts: own.link_host.clone(),
            page: own.page_reply,
            keep: own.keep,
            limits: Limits {
                ttl: own.session_ttl,
                ttl_max: own.session_ttl_max,
                leeway: milliseconds(own.clock_leeway),
                links: own.max_links.get().into(),
                verifies: own.max_verifies.get().into(),
                vendor_timeout: settings.vendor_timeout,
                retention: milliseconds(own.retention),
            },
            webhooks,
            outbox_bell: Notify::new(),
            clock,
            tasks: Tasks::default(),
        })
    }
}
