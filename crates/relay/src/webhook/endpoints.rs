//! Where webhooks go ([`Endpoints`]): the endpoints of each API key name. Only the back end that created a session gets
//! its webhooks.
//!
//! There are two forms. With one name, `--webhook-url` is enough. Otherwise each name has its own endpoints, from a file
//! that [`endpoint_file`] parses.

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Notify, watch};

use super::delivery::Sender;
use super::endpoint_file::{self, EndpointFileError, EndpointTable};
use super::settings::WebhookSettings;
use crate::http_client::ClientError;
use crate::secrets::webhook_secrets::{SECRETS_VARIABLE, WebhookSecrets, WebhookSecretsError};

/// The environment variable that can hold the endpoints.
pub const ENDPOINTS_VARIABLE: &str = "AKIBA_WEBHOOK_ENDPOINTS";

/// One receiver of the webhooks of one API key name.
#[derive(Debug)]
pub struct Endpoint {
    /// Its id in the database: the name of its API key, or `KEY/NAME` if the endpoint has a name. It stays the same if
    /// the URL or the secrets change.
    pub id: String,
    /// The name of the API key whose webhooks it gets.
    key: String,
    /// The events that it gets. `None` for all.
    events: Option<Vec<String>>,
    /// Sends its webhooks. Endpoints of two keys can share it.
    pub(super) sender: Arc<Sender>,
    /// Wakes its worker after a webhook was stored.
    pub(super) wake: Notify,
}

impl Endpoint {
    fn new(key: &str, name: Option<&str>, events: Option<Vec<String>>, sender: &Arc<Sender>) -> Self {
        let id = name.map_or_else(|| key.to_owned(), |name| format!("{key}/{name}"));
        Self { id, key: key.to_owned(), events, sender: Arc::clone(sender), wake: Notify::new() }
    }

    /// Returns whether it gets this event of a session that an API key of this name created.
    #[must_use]
    pub fn takes(&self, key: &str, event: &str) -> bool {
        self.key == key && self.events.as_ref().is_none_or(|events| events.iter().any(|own| own == event))
    }
}

/// All endpoints.
#[derive(Debug, Default)]
pub struct Endpoints(watch::Sender<EndpointList>);

/// The endpoints at one time.
pub(super) type EndpointList = Arc<[Arc<Endpoint>]>;

/// Why the endpoints can't be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointsError {
    /// The secrets for `--webhook-url` are missing or invalid.
    #[error(
        "{0}: give --webhook-secrets-file or --webhook-secrets-command, or set {SECRETS_VARIABLE}, see akiba-relay keygen \
         webhook"
    )]
    Secrets(WebhookSecretsError),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Client(ClientError),
    /// Both forms are given.
    #[error(
        "--webhook-url is given, and endpoints in --webhook-endpoints-file or {ENDPOINTS_VARIABLE}: add the URL to the \
         endpoints instead"
    )]
    Both,
    /// One URL would get the webhooks of several back ends.
    #[error(
        "--webhook-url would get the webhooks of several API key names ({0}): give each its own endpoint in \
         --webhook-endpoints-file, or confirm with --webhook-url-shared"
    )]
    Shared(String),
    /// The endpoints are malformed.
    #[error("webhook endpoints, {0}")]
    File(EndpointFileError),
    /// An endpoint, counted from 1, is wrong.
    #[error("webhook endpoint {0}: {1}")]
    Endpoint(usize, EndpointProblem),
}

/// What is wrong with one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointProblem {
    /// It names an API key that does not exist. The error does not quote the name: someone may have written the key.
    #[error("no --api-key has name {0} of its api-key: write the name of the key, not the key")]
    UnknownKey(usize),
    /// Its secrets are missing or invalid.
    #[error("{0}, see akiba-relay keygen webhook")]
    Secrets(WebhookSecretsError),
    /// The same key has another endpoint of this name, or without one.
    #[error(
        "the API key {0} has another endpoint of this name, or without a name: give each endpoint of a key its own"
    )]
    SameName(String),
    /// An earlier endpoint of another key has this URL.
    #[error(
        "endpoint {0} of another API key has the same URL: if one back end serves both keys, write one endpoint with \
         api-key = [\"…\", \"…\"]"
    )]
    UrlOfAnotherKey(usize),
    /// An earlier endpoint of the same key has this URL.
    #[error("endpoint {0} has the same URL, which would get each webhook twice")]
    SameUrl(usize),
    /// An earlier endpoint of another key has one of these secrets.
    #[error("endpoint {0} of another API key has the same secret, so each receiver could forge the other's webhooks")]
    SameSecret(usize),
}

impl Endpoints {
    /// Builds the endpoints from the settings and secrets, for API keys of these names. There are none if webhooks are
    /// not set up.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn read(
        settings: &WebhookSettings,
        secrets: &SecretString,
        endpoints: Option<&SecretString>,
        keys: &BTreeSet<String>,
    ) -> Result<Self, Vec<EndpointsError>> {
        match (&settings.webhook_url, endpoints) {
            (None, None) => Ok(Self::default()),
            (Some(_), Some(_)) => Err(vec![EndpointsError::Both]),
            (Some(url), None) => {
                let mut errors = Vec::new();
                if keys.len() > 1 && !settings.webhook_url_shared {
                    let names: Vec<_> = keys.iter().map(String::as_str).collect();
                    errors.push(EndpointsError::Shared(names.join(", ")));
                }
                let sender = WebhookSecrets::read(secrets)
                    .map_err(EndpointsError::Secrets)
                    .and_then(|secrets| Sender::new(url.clone(), secrets, settings).map_err(EndpointsError::Client));
                match sender.map(Arc::new) {
                    Ok(sender) if errors.is_empty() => {
                        let endpoint = |key: &String| Arc::new(Endpoint::new(key, None, None, &sender));
                        Ok(Self::of(keys.iter().map(endpoint).collect()))
                    }
                    sender => {
                        errors.extend(sender.err());
                        Err(errors)
                    }
                }
            }
            (None, Some(text)) => {
                let tables = endpoint_file::parse(text)
                    .map_err(|errors| errors.into_iter().map(EndpointsError::File).collect::<Vec<_>>())?;
                Self::of_tables(settings, tables, keys)
            }
        }
    }

    fn of_tables(
        settings: &WebhookSettings,
        tables: Vec<EndpointTable>,
        keys: &BTreeSet<String>,
    ) -> Result<Self, Vec<EndpointsError>> {
        let (mut errors, mut found) = (Vec::new(), Vec::new());
        let mut earlier: Vec<(EndpointTable, WebhookSecrets)> = Vec::new();
        for (index, table) in tables.into_iter().enumerate() {
            let mut wrong = |problem| errors.push(EndpointsError::Endpoint(index + 1, problem));
            let secrets = match WebhookSecrets::read(&table.secrets) {
                Ok(secrets) => secrets,
                Err(error) => {
                    wrong(EndpointProblem::Secrets(error));
                    continue;
                }
            };
            for (number, _) in (1..).zip(&table.api_key).filter(|(_, key)| !keys.contains(*key)) {
                wrong(EndpointProblem::UnknownKey(number));
            }
            for (number, (other, other_secrets)) in (1..).zip(&earlier) {
                let common = table.api_key.iter().find(|key| other.api_key.contains(key));
                if let Some(key) = common.filter(|_| other.name == table.name) {
                    wrong(EndpointProblem::SameName(key.clone()));
                }
                match common {
                    Some(_) if other.url == table.url => wrong(EndpointProblem::SameUrl(number)),
                    None if other.url == table.url => wrong(EndpointProblem::UrlOfAnotherKey(number)),
                    None if secrets.has_one_of(other_secrets) => wrong(EndpointProblem::SameSecret(number)),
                    _ => {}
                }
            }
            match Sender::new(table.url.clone(), secrets.clone(), settings).map(Arc::new) {
                Ok(sender) => found.extend(
                    table
                        .api_key
                        .iter()
                        .map(|key| Arc::new(Endpoint::new(key, table.name.as_deref(), table.events.clone(), &sender))),
                ),
                Err(error) => errors.push(EndpointsError::Client(error)),
            }
            earlier.push((table, secrets));
        }
        if errors.is_empty() { Ok(Self::of(found)) } else { Err(errors) }
    }

    fn of(endpoints: Vec<Arc<Endpoint>>) -> Self {
        Self(watch::Sender::new(endpoints.into()))
    }

    /// Returns the present endpoints.
    pub(super) fn all(&self) -> EndpointList {
        Arc::clone(&self.0.borrow())
    }

    /// Returns the present endpoints, and reports when there are others.
    pub(super) fn watched(&self) -> watch::Receiver<EndpointList> {
        self.0.subscribe()
    }

    /// Puts other endpoints in force. Deliveries that run go to the old ones.
    pub(super) fn replace(&self, other: &Self) {
        self.0.send_replace(other.all());
    }

    /// Returns the endpoints that get this event of a session that an API key of this name created.
    #[must_use]
    pub fn taking(&self, key: &str, event: &str) -> Vec<Arc<Endpoint>> {
        self.all().iter().filter(|endpoint| endpoint.takes(key, event)).cloned().collect()
    }

    /// Returns the names among `keys` that have no endpoint, if there are endpoints at all.
    #[must_use]
    pub fn without_endpoint<'a>(&self, keys: &'a BTreeSet<String>) -> Vec<&'a str> {
        let all = self.all();
        let has_none = |key: &&String| !all.is_empty() && all.iter().all(|endpoint| endpoint.key != **key);
        keys.iter().filter(has_none).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Args, Command, FromArgMatches};

    use super::{Endpoints, EndpointsError};
    use crate::secrets::webhook_secrets::new_secret;
    use crate::webhook::settings::WebhookSettings;

    fn settings(url: Option<&str>, shared: bool) -> WebhookSettings {
        let url = url.map(|url| format!("--webhook-url={url}"));
        let flags = url.into_iter().chain(shared.then(|| "--webhook-url-shared".to_owned()));
        let command = WebhookSettings::augment_args(Command::new("settings").no_binary_name(true));
        WebhookSettings::from_arg_matches(&command.get_matches_from(flags)).unwrap()
    }

    fn read(
        settings: &WebhookSettings,
        endpoints: Option<String>,
        keys: &[&str],
    ) -> Result<Endpoints, Vec<EndpointsError>> {
        let keys: BTreeSet<_> = keys.iter().map(|&key| key.to_owned()).collect();
        Endpoints::read(settings, &new_secret().unwrap().into(), endpoints.map(Into::into).as_ref(), &keys)
    }

    fn table(members: &str) -> String {
        format!("[[endpoint]]\n{members}\nsecrets = {:?}\n", new_secret().unwrap())
    }

    fn problems(tables: &[String]) -> Vec<String> {
        let read = read(&settings(None, false), Some(tables.concat()), &["bank", "other"]);
        read.unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_url_serves_several_key_names_only_if_that_is_confirmed() {
        let url = Some("https://bank.example/hooks");
        assert_eq!(read(&settings(url, false), None, &["bank"]).unwrap().all().len(), 1);
        let error = read(&settings(url, false), None, &["bank", "other"]).unwrap_err();
        assert!(matches!(&error[..], [EndpointsError::Shared(names)] if names == "bank, other"), "{error:?}");
        let shared = read(&settings(url, true), None, &["bank", "other"]).unwrap();
        assert_eq!(shared.all().iter().map(|endpoint| endpoint.id.as_str()).collect::<Vec<_>>(), ["bank", "other"]);
        let both =
            read(&settings(url, false), Some(table("api-key = \"bank\"\nurl = \"https://a.example\"")), &["bank"]);
        assert!(matches!(both.unwrap_err()[..], [EndpointsError::Both]));
        assert_eq!(read(&settings(None, false), None, &["bank", "other"]).unwrap().all().len(), 0);
    }

    #[test]
    fn each_endpoint_gets_the_events_of_its_key_names() {
        let text = [
            table("api-key = \"bank\"\nurl = \"https://bank.example/a\""),
            table(
                "api-key = \"bank\"\nname = \"crm\"\nurl = \"https://bank.example/b\"\nevents = [\"session.verified\"]",
            ),
            table("api-key = [\"other\", \"third\"]\nurl = \"https://other.example\""),
        ];
        let read = read(&settings(None, false), Some(text.concat()), &["bank", "other", "third", "polls"]).unwrap();
        let ids = |key, event| read.taking(key, event).iter().map(|endpoint| endpoint.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids("bank", "session.verified"), ["bank", "bank/crm"]);
        assert_eq!(ids("bank", "session.rejected"), ["bank"]);
        assert_eq!(ids("other", "session.expired"), ["other"]);
        assert_eq!(ids("third", "session.expired"), ["third"]);
        let keys = ["bank", "other", "polls"].map(str::to_owned).into();
        assert_eq!(read.without_endpoint(&keys), ["polls"]);
    }

    #[test]
    fn endpoints_that_would_mix_up_back_ends_are_refused() {
        let secret = new_secret().unwrap();
        let with_secret = |key, url| {
            format!(
                "[[endpoint]]\napi-key = {key:?}\nurl = {url:?}\nsecrets = [{secret:?}, {:?}]\n",
                new_secret().unwrap()
            )
        };
        for (tables, expected) in [
            (vec![table("api-key = \"bonk\"\nurl = \"https://a.example\"")], "no --api-key has name 1 of its api-key"),
            (
                vec![
                    table("api-key = \"bank\"\nurl = \"https://a.example\""),
                    table("api-key = \"other\"\nurl = \"https://a.example/\""),
                ],
                "endpoint 1 of another API key has the same URL",
            ),
            (
                vec![
                    table("api-key = \"bank\"\nurl = \"https://a.example\""),
                    table("api-key = \"bank\"\nname = \"b\"\nurl = \"https://a.example/\""),
                ],
                "endpoint 1 has the same URL",
            ),
            (
                vec![
                    table("api-key = \"bank\"\nurl = \"https://a.example\""),
                    table("api-key = \"bank\"\nurl = \"https://b.example/\""),
                ],
                "the API key bank has another endpoint of this name",
            ),
            (
                vec![with_secret("bank", "https://a.example"), with_secret("other", "https://b.example")],
                "endpoint 1 of another API key has the same secret",
            ),
        ] {
            let problems = problems(&tables);
            assert!(problems.len() == 1 && problems[0].contains(expected), "{problems:?}");
            assert!(!problems[0].contains(secret.trim_start_matches("whsec_")), "{problems:?}");
        }
    }
}
