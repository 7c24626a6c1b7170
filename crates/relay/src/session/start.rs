//! How sessions start: secrets in, database open ([`SessionSecrets`], [`SessionStartError`]).

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::record::{Personal, session_place};
use super::settings::{PageReply, Retain, SessionSettings};
use super::{SessionLimits, Sessions};
use crate::clock::{Clock, milliseconds};
use crate::http_client::ClientError;
use crate::limits::capacity::Capacity;
use crate::secrets::data_keys::{self, DataKeys, DataKeysError};
use crate::secrets::session_keys::{self, SessionKeys, SessionKeysError};
use crate::secrets::webhook_secrets::{self, WebhookSecrets, WebhookSecretsError};
use crate::secrets::{SecretError, load};
use crate::store::{Store, StoreError};
use crate::vendor_api::VendorClient;
use crate::webhook::delivery::Sender;
use crate::webhook::outbox::Outbox;

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
    /// A [`SecretError`] for each that can't be had.
    pub fn load(
        settings: &SessionSettings,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, Vec<SecretError>> {
        let mut errors = Vec::new();
        let mut secret = |file: &Option<PathBuf>, name| {
            load(file.as_deref(), name, variable(name)).unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        };
        let secrets = Self {
            session_keys: secret(&settings.session_keys_file, session_keys::KEYS_VARIABLE),
            data_keys: secret(&settings.data_keys_file, data_keys::KEYS_VARIABLE),
            webhook_secrets: secret(&settings.webhook.webhook_secrets_file, webhook_secrets::SECRETS_VARIABLE),
        };
        if errors.is_empty() { Ok(secrets) } else { Err(errors) }
    }

    /// The data keys alone.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn load_data_keys(
        settings: &SessionSettings,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<SecretString, SecretError> {
        let keys =
            load(settings.data_keys_file.as_deref(), data_keys::KEYS_VARIABLE, variable(data_keys::KEYS_VARIABLE))?;
        Ok(keys.unwrap_or_default())
    }
}

/// Why sessions can't start.
#[derive(Debug, thiserror::Error)]
pub enum SessionStartError {
    /// No API key: nobody could make a session.
    #[error("sessions need an API key: give --api-key, see akiba-relay keygen api")]
    NoApiKey,
    /// The keys of tokens.
    #[error("{0}: give --session-keys-file or set {variable}, see akiba-relay keygen session", variable = session_keys::KEYS_VARIABLE)]
    SessionKeys(SessionKeysError),
    /// The keys of the database's fields.
    #[error("{0}: give --data-keys-file or set {variable}, see akiba-relay keygen data", variable = data_keys::KEYS_VARIABLE)]
    DataKeys(DataKeysError),
    /// The secrets of webhooks.
    #[error(
        "{0}: give --webhook-secrets-file or set {variable}, see akiba-relay keygen webhook",
        variable = webhook_secrets::SECRETS_VARIABLE
    )]
    WebhookSecrets(WebhookSecretsError),
    /// The client for webhooks could not be built.
    #[error(transparent)]
    Client(ClientError),
    /// The life that sessions have by default is over the longest that they may ask for.
    #[error("--session-ttl is longer than --session-ttl-max")]
    Ttl,
    /// The page would get more than is kept.
    #[error("--page-reply full needs --keep full: a repeated call gets what is stored")]
    PageReplyNeedsKeep,
    /// The database.
    #[error(transparent)]
    Store(StoreError),
    /// The keys are not those of the database.
    #[error("these data keys do not open the newest session of the database: give the keys that it was written with")]
    OtherDataKeys,
}

/// The secrets, read.
struct Keys {
    tokens: SessionKeys,
    data: DataKeys,
    sender: Option<Sender>,
}

impl Keys {
    fn read(settings: &SessionSettings, secrets: &SessionSecrets) -> Result<Self, Vec<SessionStartError>> {
        use SessionStartError as Error;
        let mut errors = Vec::new();
        if settings.api_key.is_empty() {
            errors.push(Error::NoApiKey);
        }
        if settings.session_ttl > settings.session_ttl_max {
            errors.push(Error::Ttl);
        }
        if settings.page_reply == PageReply::Full && settings.keep != Retain::Full {
            errors.push(Error::PageReplyNeedsKeep);
        }
        let text = |secret: &Option<SecretString>| secret.clone().unwrap_or_default();
        let sender = settings.webhook.webhook_url.as_ref().map(|url| {
            let secrets = WebhookSecrets::read(&text(&secrets.webhook_secrets)).map_err(Error::WebhookSecrets)?;
            Sender::new(url.clone(), secrets, settings.webhook.webhook_timeout).map_err(Error::Client)
        });
        let tokens = SessionKeys::read(&text(&secrets.session_keys)).map_err(Error::SessionKeys);
        let data = DataKeys::read(&text(&secrets.data_keys)).map_err(Error::DataKeys);
        match (tokens, data, sender.transpose()) {
            (Ok(tokens), Ok(data), Ok(sender)) if errors.is_empty() => Ok(Self { tokens, data, sender }),
            (tokens, data, sender) => {
                errors.extend([tokens.err(), data.err(), sender.err()].into_iter().flatten());
                Err(errors)
            }
        }
    }
}

/// What is wrong with the settings and secrets of sessions; the database is not asked.
#[must_use]
pub fn problems(settings: &SessionSettings, secrets: &SessionSecrets) -> Vec<SessionStartError> {
    Keys::read(settings, secrets).err().unwrap_or_default()
}

impl Sessions {
    /// Reads the keys and opens the database. Calls go to the vendor within the capacity.
    ///
    /// # Errors
    /// [`SessionStartError`]: the first, if there are several.
    pub async fn open(
        own: &SessionSettings,
        secrets: &SessionSecrets,
        vendor: VendorClient,
        capacity: Capacity,
        clock: Clock,
    ) -> Result<Self, SessionStartError> {
        use SessionStartError as Error;
        let Keys { tokens, data, sender } =
            Keys::read(own, secrets).map_err(|errors| errors.into_iter().next().unwrap_or(Error::NoApiKey))?;
        let store =
            Store::open(&own.store.database, own.store.database_connections.get()).await.map_err(Error::Store)?;
        // A relay with other keys than its sisters would fail its callers, and spoil webhooks that it can't open.
        if let Some(newest) = store.newest_session().await.map_err(Error::Store)?
            && data.open::<Personal>(&newest.sealed, &session_place(&newest.id)).is_err()
        {
            return Err(Error::OtherDataKeys);
        }
        let (data_keys, leeway) = (Arc::new(data), milliseconds(own.clock_leeway));
        let tasks = TaskTracker::new();
        // A closed tracker still takes tasks. `wait` returns only on a closed one, once no task runs.
        tasks.close();
        let outbox = Outbox {
            store: store.clone(),
            data_keys: Arc::clone(&data_keys),
            clock: clock.clone(),
            tasks: tasks.clone(),
            leeway,
            sender,
            wake: Notify::new(),
        };
        Ok(Self {
            store,
            vendor,
            capacity,
            tokens,
            data_keys,
            api_keys: own.api_key.clone(),
            link_hosts: own.link_host.clone(),
            page: own.page_reply,
            keep: own.keep,
            limits: SessionLimits {
                ttl: own.session_ttl,
                ttl_max: own.session_ttl_max,
                leeway,
                links: own.max_links.get().into(),
                verifies: own.max_verifies.get().into(),
                retention: milliseconds(own.retention),
            },
            outbox: Arc::new(outbox),
            clock,
            tasks,
        })
    }
}
