//! Loads the secrets and opens the database ([`SessionSecrets`], [`SessionStartError`]).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use tokio_util::task::TaskTracker;

use super::PersonLimit;
use super::record::{Personal, session_place};
use super::settings::{PageReply, Retain, SessionSettings};
use super::waiting::Waiting;
use super::{SessionLimits, Sessions, WebhookParts};
use crate::clock::{Clock, milliseconds};
use crate::limits::capacity::Bulkheads;
use crate::proof::Proofs;
use crate::secrets::SecretError;
use crate::secrets::api_keys::{ApiKeys, ApiKeysError};
use crate::secrets::data_keys::{self, DataKeys, DataKeysError};
use crate::secrets::proof_keys::{self, ProofKeys, ProofKeysError};
use crate::secrets::session_keys::{self, SessionKeys, SessionKeysError};
use crate::secrets::source::SecretSource;
use crate::store::file_system::NetworkDisk;
use crate::store::url::PlaintextDatabase;
use crate::store::{Store, StoreError};
use crate::vendor_api::VendorClient;
use crate::webhook::endpoints::{Endpoints, EndpointsError};
use crate::webhook::outbox::{Outbox, Shutdown};

/// The secrets of sessions, unparsed.
#[derive(Clone, Debug, Default)]
pub struct SessionSecrets {
    /// API keys, if they do not come from `--api-key`.
    pub api_keys: Option<SecretString>,
    /// Keys for session tokens.
    pub session_keys: Option<SecretString>,
    /// Keys that encrypt personal data in the database.
    pub data_keys: Option<SecretString>,
    /// Secrets that sign webhooks to `--webhook-url`.
    pub webhook_secrets: Option<SecretString>,
    /// Keys that sign proofs.
    pub proof_keys: Option<SecretString>,
    /// The webhook endpoints of each API key name, with their secrets.
    pub webhook_endpoints: Option<SecretString>,
}

impl SessionSecrets {
    /// Loads each secret from the file or the command in the settings, or from the environment. `variable` reads an
    /// environment variable.
    ///
    /// # Errors
    /// A [`SecretError`] for each secret that can't be loaded.
    pub fn load(
        settings: &SessionSettings,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, Vec<SecretError>> {
        let mut errors = Vec::new();
        let mut secret = |source: SecretSource| {
            source.load(variable(source.variable())).unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        };
        let secrets = Self {
            // Their variable belongs to the flag, which holds several.
            api_keys: match settings.api_keys_source() {
                source if source.is_given() => secret(source),
                _ => None,
            },
            session_keys: secret(settings.session_keys_source()),
            data_keys: secret(settings.data_keys_source()),
            webhook_secrets: secret(settings.webhook.secrets_source()),
            proof_keys: secret(settings.proof.keys_source()),
            webhook_endpoints: secret(settings.webhook.endpoints_source()),
        };
        if errors.is_empty() { Ok(secrets) } else { Err(errors) }
    }

    /// Loads the data keys only.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn load_data_keys(
        settings: &SessionSettings,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<SecretString, SecretError> {
        let source = settings.data_keys_source();
        Ok(source.load(variable(source.variable()))?.unwrap_or_default())
    }
}

/// Why sessions can't start.
#[derive(Debug, thiserror::Error)]
pub enum SessionStartError {
    /// There is no API key, so nobody could create a session.
    #[error("sessions need an API key: give --api-key or --api-keys-file, see akiba-relay keygen api")]
    NoApiKey,
    /// The API keys in the file or from the command are invalid.
    #[error("{0}: correct --api-keys-file or the output of --api-keys-command, see akiba-relay keygen api")]
    ApiKeys(ApiKeysError),
    /// The keys for session tokens are missing or invalid.
    #[error("{0}: give --session-keys-file or --session-keys-command, or set {variable}, see akiba-relay keygen session", variable = session_keys::KEYS_VARIABLE)]
    SessionKeys(SessionKeysError),
    /// The keys that encrypt personal data are missing or invalid.
    #[error("{0}: give --data-keys-file or --data-keys-command, or set {variable}, see akiba-relay keygen data", variable = data_keys::KEYS_VARIABLE)]
    DataKeys(DataKeysError),
    /// The keys that sign proofs are invalid, or their file holds none.
    #[error(
        "{0}: correct --proof-keys-file, the output of --proof-keys-command or {variable}, see akiba-relay keygen proof",
        variable = proof_keys::KEYS_VARIABLE
    )]
    ProofKeys(ProofKeysError),
    /// The endpoints of webhooks can't be used.
    #[error(transparent)]
    Webhooks(EndpointsError),
    /// The default lifetime of a session exceeds the longest allowed one.
    #[error("--session-ttl is longer than --session-ttl-max")]
    Ttl,
    /// The SQLite file is on a network disk.
    #[error(transparent)]
    NetworkDisk(NetworkDisk),
    /// The connection to the database may cross a network in plaintext.
    #[error(transparent)]
    Plaintext(PlaintextDatabase),
    /// A session would be deleted while it is open.
    #[error(
        "--retention is shorter than --session-ttl-max and --clock-leeway together: it would delete sessions that are \
         still open"
    )]
    Retention,
    /// A link would have no page.
    #[error("--handoff-link-ttl-max needs --handoff-page: the address of the page that the links open")]
    NoPageForLinks,
    /// A session would be deleted while a link to it can be opened.
    #[error(
        "--retention is shorter than --handoff-link-ttl-max, --session-ttl-max and --clock-leeway together: it would delete \
         sessions whose links can still be opened"
    )]
    LinkRetention,
    /// The page would get more than the relay stores, so a repeated call could not get the same answer.
    #[error("--page-reply full needs --keep full: a repeated call gets what is stored")]
    PageReplyNeedsKeep,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
    /// The data keys can't decrypt the newest session.
    #[error("these data keys do not open the newest session of the database: give the keys that it was written with")]
    OtherDataKeys,
}

/// The parsed secrets.
struct Keys {
    api: ApiKeys,
    tokens: SessionKeys,
    data: DataKeys,
    endpoints: Endpoints,
    proofs: Option<Proofs>,
}

impl Keys {
    fn read(settings: &SessionSettings, secrets: &SessionSecrets) -> Result<Self, Vec<SessionStartError>> {
        use SessionStartError as Error;
        let mut errors = Vec::new();
        let api = api_keys(settings, secrets).unwrap_or_else(|error| {
            errors.push(error);
            ApiKeys::new(Vec::new())
        });
        if settings.session_ttl > settings.session_ttl_max {
            errors.push(Error::Ttl);
        }
        errors.extend(settings.store.check_encryption(&settings.store.database).err().map(Error::Plaintext));
        if let Some((file_system, path)) = settings.store.database.file_system() {
            errors.extend(file_system.must_be_local(path).err().map(Error::NetworkDisk));
        }
        if settings.retention < settings.session_ttl_max.saturating_add(settings.clock_leeway) {
            errors.push(Error::Retention);
        }
        if let Some(link) = settings.handoff.handoff_link_ttl_max {
            if settings.handoff.handoff_page.is_none() {
                errors.push(Error::NoPageForLinks);
            }
            // The session that it opens lives on after it.
            if settings.retention < link.saturating_add(settings.session_ttl_max).saturating_add(settings.clock_leeway)
            {
                errors.push(Error::LinkRetention);
            }
        }
        if settings.page_reply == PageReply::Full && settings.keep != Retain::Full {
            errors.push(Error::PageReplyNeedsKeep);
        }
        let text = |secret: &Option<SecretString>| secret.clone().unwrap_or_default();
        let endpoints = endpoints(settings, secrets, &api.names());
        let tokens = SessionKeys::read(&text(&secrets.session_keys)).map_err(Error::SessionKeys);
        let data = DataKeys::read(&text(&secrets.data_keys)).map_err(Error::DataKeys);
        // Without keys there are no proofs. A file without keys is a mistake.
        let proof_keys = match settings.proof.keys_source().is_given() {
            true => Some(text(&secrets.proof_keys)),
            false => secrets.proof_keys.clone(),
        };
        let proofs = proof_keys.map(|text| {
            let keys = ProofKeys::read(&text).map_err(Error::ProofKeys)?;
            Ok(Proofs::new(keys, settings.proof.proof_issuer.clone()))
        });
        match (tokens, data, endpoints, proofs.transpose()) {
            (Ok(tokens), Ok(data), Ok(endpoints), Ok(proofs)) if errors.is_empty() => {
                Ok(Self { api, tokens, data, endpoints, proofs })
            }
            (tokens, data, endpoints, proofs) => {
                errors.extend([tokens.err(), data.err(), proofs.err()].into_iter().flatten());
                errors.extend(endpoints.err().into_iter().flatten().map(Error::Webhooks));
                Err(errors)
            }
        }
    }
}

/// Returns everything that is wrong with the settings and secrets of sessions. Does not open the database.
#[must_use]
pub fn problems(settings: &SessionSettings, secrets: &SessionSecrets) -> Vec<SessionStartError> {
    Keys::read(settings, secrets).err().unwrap_or_default()
}

fn endpoints(
    settings: &SessionSettings,
    secrets: &SessionSecrets,
    keys: &BTreeSet<String>,
) -> Result<Endpoints, Vec<EndpointsError>> {
    let signing = secrets.webhook_secrets.clone().unwrap_or_default();
    Endpoints::read(&settings.webhook, &signing, secrets.webhook_endpoints.as_ref(), keys)
}

fn api_keys(settings: &SessionSettings, secrets: &SessionSecrets) -> Result<ApiKeys, SessionStartError> {
    match &secrets.api_keys {
        Some(text) => ApiKeys::read(text).map_err(SessionStartError::ApiKeys),
        None if settings.api_key.is_empty() => Err(SessionStartError::NoApiKey),
        None => Ok(ApiKeys::new(settings.api_key.clone())),
    }
}

/// Returns the names of API keys whose webhooks go nowhere, although others have an endpoint. Returns nothing if the
/// endpoints are wrong: [`problems`] has their errors.
#[must_use]
pub fn keys_without_endpoint(settings: &SessionSettings, secrets: &SessionSecrets) -> Vec<String> {
    let names = api_keys(settings, secrets).map(|keys| keys.names()).unwrap_or_default();
    let found = endpoints(settings, secrets, &names);
    found
        .map(|endpoints| endpoints.without_endpoint(&names).into_iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

impl Sessions {
    /// Parses the keys and opens the database. The calls share the permits of `capacity`.
    ///
    /// # Errors
    /// The first [`SessionStartError`], if there are several.
    pub async fn open(
        settings: &SessionSettings,
        secrets: &SessionSecrets,
        vendor: VendorClient,
        capacity: Bulkheads,
        clock: Clock,
    ) -> Result<Self, SessionStartError> {
        use SessionStartError as Error;
        let Keys { api, tokens, data, endpoints, proofs } =
            Keys::read(settings, secrets).map_err(|errors| errors.into_iter().next().unwrap_or(Error::NoApiKey))?;
        let store =
            Store::of(&settings.store, settings.store.database_connections.get()).await.map_err(Error::Store)?;
        // With other keys than its peers, this relay would fail its callers, and use up retries of webhooks that it
        // can't decrypt.
        if let Some(newest) = store.newest_session().await.map_err(Error::Store)?
            && data.open::<Personal>(&newest.sealed, &session_place(&newest.id)).is_err()
        {
            return Err(Error::OtherDataKeys);
        }
        let (data_keys, leeway) = (Arc::new(data), milliseconds(settings.clock_leeway));
        let tasks = TaskTracker::new();
        let deliveries = TaskTracker::new();
        // A closed tracker still takes tasks. `wait` returns only on a closed one, once no task runs.
        tasks.close();
        deliveries.close();
        let outbox = Outbox {
            store: store.clone(),
            data_keys: Arc::clone(&data_keys),
            clock: clock.clone(),
            tasks: deliveries,
            shutdown: Shutdown::default(),
            leeway,
            endpoints,
            proofs,
            missing: Mutex::default(),
        };
        Ok(Self {
            store,
            vendor,
            waiting: Waiting::new(capacity.waiting.clone()),
            following: Waiting::new(capacity.following.clone()),
            handoffs: settings.handoff.clone(),
            capacity,
            tokens,
            data_keys,
            api_keys: api,
            webhook_parts: Mutex::new(WebhookParts {
                settings: settings.webhook.clone(),
                secrets: secrets.webhook_secrets.clone().unwrap_or_default(),
                endpoints: secrets.webhook_endpoints.clone(),
            }),
            link_hosts: settings.link_host.clone(),
            page: settings.page_reply,
            keep: settings.keep,
            audited: settings.audit,
            limits: SessionLimits {
                ttl: settings.session_ttl,
                ttl_max: settings.session_ttl_max,
                longest_life: milliseconds(
                    settings.handoff.handoff_link_ttl_max.unwrap_or_default().saturating_add(settings.session_ttl_max),
                ),
                leeway,
                links: settings.max_links.get().into(),
                verifies: settings.max_verifies.get().into(),
                person: (settings.max_person_verifies > 0).then_some(PersonLimit {
                    attempts: settings.max_person_verifies.into(),
                    window: milliseconds(settings.person_window),
                }),
                retention: milliseconds(settings.retention),
            },
            outbox: Arc::new(outbox),
            clock,
            tasks,
        })
    }
}
