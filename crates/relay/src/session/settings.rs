//! The settings of sessions ([`SessionSettings`]). The keys themselves are not settings: they come from files,
//! commands or the environment.

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use akiba_protocol::is_loopback;
use clap::{Args, ValueEnum};
use url::Url;

use super::link_host::LinkHost;
use super::return_url::ReturnPlace;
use crate::clock::duration;
use crate::origin::Origin;
use crate::proof::settings::ProofSettings;
use crate::secrets::api_keys::ApiKey;
use crate::secrets::command::SecretCommand;
use crate::secrets::source::SecretSource;
use crate::secrets::{data_keys, session_keys};
use crate::store::settings::DatabaseSettings;
use crate::webhook::settings::WebhookSettings;

/// Whether the widget's calls need a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SessionMode {
    /// A page may name any identifier, and the relay stores nothing.
    Off,
    /// A page needs a session that the host's back end created.
    Required,
}

/// Which part of a verdict the page gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageReply {
    /// Outcome, message and the host's own reference.
    Verdict,
    /// The vendor's whole answer, including the person's record.
    Full,
}

/// Which part of the vendor's answer is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Retain {
    /// Status, message, fraud level and both scores.
    Verdict,
    /// The whole answer, including the person's record.
    Full,
}

/// What the audit trail records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Audited {
    /// Creations, deletions, reconciliations, and webhooks that were sent again or dropped.
    Changes,
    /// Also each session that a back end reads or lists.
    All,
}

/// Settings of hand-offs to a phone.
#[derive(Clone, Debug, Args)]
pub struct HandoffSettings {
    /// Address of the page that a phone opens to continue a session from a desktop; without it there are no hand-offs. The
    /// page's origin may call
    #[arg(long, env = "AKIBA_RELAY_HANDOFF_PAGE", value_name = "URL")]
    pub handoff_page: Option<HandoffPage>,

    /// Name that the phone shows as the one who asks, such as the bank's; as KEY=NAME, for the sessions of one API key name;
    /// repeatable
    #[arg(long, env = "AKIBA_RELAY_HANDOFF_NAME", value_name = "NAME")]
    pub handoff_name: Vec<HandoffName>,

    /// Longest life of a link to that page that a back end makes and sends to the person itself; without it, back ends make no
    /// links
    #[arg(long, env = "AKIBA_RELAY_HANDOFF_LINK_TTL_MAX", value_name = "DURATION", value_parser = duration)]
    pub handoff_link_ttl_max: Option<Duration>,

    /// Where that page may send a person back to at the end: an origin, and the beginning of a path if not all; repeat the flag or
    /// separate with commas
    #[arg(long, env = "AKIBA_RELAY_RETURN_URL", value_name = "URL", value_delimiter = ',')]
    pub return_url: Vec<ReturnPlace>,
}

impl HandoffSettings {
    /// Returns the name of an API key that has one of its own for phones, and that name.
    #[must_use]
    pub fn own_name(&self, key: &str) -> Option<&str> {
        self.handoff_name.iter().find(|name| name.key.as_deref() == Some(key)).map(|name| name.name.as_str())
    }

    /// Returns the name for all other API keys, if there is one.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.handoff_name.iter().find(|name| name.key.is_none()).map(|name| name.name.as_str())
    }
}

/// A name that the phone shows as the one who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffName {
    /// The name of the API key whose sessions it is for; `None` for all that have none of their own.
    pub key: Option<String>,
    /// The name.
    pub name: String,
}

impl FromStr for HandoffName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_key = |key: &str| {
            !key.is_empty() && key.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))
        };
        Ok(match text.split_once('=').filter(|(key, _)| is_key(key)) {
            Some((key, name)) => Self { key: Some(key.to_owned()), name: name.to_owned() },
            None => Self { key: None, name: text.to_owned() },
        })
    }
}

/// The address of the page that a phone opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffPage(Url);

/// The text is not the address of a page for phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be an https URL without a fragment, or an http URL of this machine")]
pub struct NotAPage;

impl HandoffPage {
    /// Returns the link with a code. The code stands in the fragment, which browsers send to nobody. `key` is the name of the API key
    /// if the page has a look of its own for it, and `lang` the language of the session: the page needs both before it calls.
    #[must_use]
    pub fn link(&self, code: &str, key: Option<&str>, lang: Option<&str>) -> String {
        let mut url = self.0.clone();
        for (name, value) in [("for", key), ("lang", lang)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url.set_fragment(Some(code));
        url.into()
    }

    /// Returns the origin of the page, as its browser sends it.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin().ascii_serialization().parse().ok()
    }
}

impl FromStr for HandoffPage {
    type Err = NotAPage;

    fn from_str(text: &str) -> Result<Self, NotAPage> {
        let url = Url::parse(text).map_err(|_| NotAPage)?;
        let is_secure = match url.scheme() {
            "https" => true,
            "http" => url.host_str().is_some_and(is_loopback),
            _ => false,
        };
        let is_plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if is_secure && is_plain { Ok(Self(url)) } else { Err(NotAPage) }
    }
}

/// Settings of sessions.
#[derive(Clone, Debug, Args)]
pub struct SessionSettings {
    /// Whether the widget's calls need a session; required by default if there is an API key
    #[arg(long, env = "AKIBA_RELAY_SESSIONS", value_name = "MODE")]
    pub sessions: Option<SessionMode>,

    /// API key of the host's back end as NAME=SHA256, from akiba-relay keygen api; repeatable, or separated by commas
    #[arg(long, env = "AKIBA_RELAY_API_KEY", value_name = "KEY", value_delimiter = ',')]
    pub api_key: Vec<ApiKey>,

    /// File with the API keys as NAME=SHA256, in place of --api-key; loaded again when it changes
    #[arg(long, env = "AKIBA_RELAY_API_KEYS_FILE", value_name = "FILE")]
    pub api_keys_file: Option<PathBuf>,

    /// Command that prints the API keys as NAME=SHA256; see --token-command
    #[arg(long, env = "AKIBA_RELAY_API_KEYS_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub api_keys_command: Option<SecretCommand>,

    /// File with the keys for session tokens; without it, AKIBA_SESSION_KEYS holds them
    #[arg(long, env = "AKIBA_RELAY_SESSION_KEYS_FILE", value_name = "FILE")]
    pub session_keys_file: Option<PathBuf>,

    /// Command that prints the keys for session tokens; see --token-command
    #[arg(long, env = "AKIBA_RELAY_SESSION_KEYS_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub session_keys_command: Option<SecretCommand>,

    /// File with the keys that encrypt personal data in the database; without it, AKIBA_DATA_KEYS holds them
    #[arg(long, env = "AKIBA_RELAY_DATA_KEYS_FILE", value_name = "FILE")]
    pub data_keys_file: Option<PathBuf>,

    /// Command that prints the keys that encrypt personal data; see --token-command
    #[arg(long, env = "AKIBA_RELAY_DATA_KEYS_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub data_keys_command: Option<SecretCommand>,

    /// The database.
    #[command(flatten)]
    pub store: DatabaseSettings,

    /// Lifetime of a session whose request does not set one
    #[arg(long, env = "AKIBA_RELAY_SESSION_TTL", value_name = "DURATION", default_value = "15m", value_parser = duration)]
    pub session_ttl: Duration,

    /// Longest lifetime that a request may set
    #[arg(long, env = "AKIBA_RELAY_SESSION_TTL_MAX", value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub session_ttl_max: Duration,

    /// How far the clocks of the relays may differ; sessions live that much longer
    #[arg(long, env = "AKIBA_RELAY_CLOCK_LEEWAY", value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub clock_leeway: Duration,

    /// Maximum number of links in a session
    #[arg(long, env = "AKIBA_RELAY_MAX_LINKS", value_name = "COUNT", default_value = "20")]
    pub max_links: NonZeroU32,

    /// Maximum number of calls to the vendor for a verdict in a session
    #[arg(long, env = "AKIBA_RELAY_MAX_VERIFIES", value_name = "COUNT", default_value = "5")]
    pub max_verifies: NonZeroU32,

    /// Maximum number of calls to the vendor for a verdict about one person, over all sessions of a back end; 0 for no limit
    #[arg(long, env = "AKIBA_RELAY_MAX_PERSON_VERIFIES", value_name = "COUNT", default_value = "0")]
    pub max_person_verifies: u32,

    /// Time after the first of these calls after which the count of the person starts again
    #[arg(long, env = "AKIBA_RELAY_PERSON_WINDOW", value_name = "DURATION", default_value = "1day", value_parser = duration)]
    pub person_window: Duration,

    /// Allowed host of signed links, with its port if that is not the scheme's default (any on loopback); *. allows all
    /// subdomains; repeatable, or separated by commas
    #[arg(
        long,
        env = "AKIBA_RELAY_LINK_HOST",
        value_name = "HOST",
        value_delimiter = ',',
        default_value = "*.amazonaws.com"
    )]
    pub link_host: Vec<LinkHost>,

    /// What a page gets: only the verdict, or the vendor's whole answer, which needs --keep full
    #[arg(long, env = "AKIBA_RELAY_PAGE_REPLY", value_name = "KIND", default_value = "verdict")]
    pub page_reply: PageReply,

    /// What is stored of the vendor's answer: status, message, fraud level and scores, or the person's record too
    #[arg(long, env = "AKIBA_RELAY_KEEP", value_name = "KIND", default_value = "verdict")]
    pub keep: Retain,

    /// What the audit trail records: what back ends and the operator change and the relay deletes, or also each session
    /// that a back end reads or lists
    #[arg(long, env = "AKIBA_RELAY_AUDIT", value_name = "KIND", default_value = "changes")]
    pub audit: Audited,

    /// How long a session is stored after its creation; at least --session-ttl-max and --clock-leeway together
    #[arg(long, env = "AKIBA_RELAY_RETENTION", value_name = "DURATION", default_value = "30days", value_parser = duration)]
    pub retention: Duration,

    /// Hand-offs.
    #[command(flatten)]
    pub handoff: HandoffSettings,

    /// Webhooks.
    #[command(flatten)]
    pub webhook: WebhookSettings,

    /// Proofs of verdicts.
    #[command(flatten)]
    pub proof: ProofSettings,
}

impl SessionSettings {
    /// Returns whether calls need a session. Without the setting they do if there is an API key.
    #[must_use]
    pub fn mode(&self) -> SessionMode {
        match (self.sessions, self.api_key.is_empty() && !self.api_keys_source().is_given()) {
            (Some(mode), _) => mode,
            (None, true) => SessionMode::Off,
            (None, false) => SessionMode::Required,
        }
    }
    /// Returns where the API keys come from, if not from `--api-key`.
    #[must_use]
    pub fn api_keys_source(&self) -> SecretSource {
        let (file, command) = (&self.api_keys_file, &self.api_keys_command);
        SecretSource::new("api-keys", "AKIBA_RELAY_API_KEY", file.as_ref(), command.as_ref())
    }

    /// Returns where the keys of session tokens come from.
    #[must_use]
    pub fn session_keys_source(&self) -> SecretSource {
        let (file, command) = (&self.session_keys_file, &self.session_keys_command);
        SecretSource::new("session-keys", session_keys::KEYS_VARIABLE, file.as_ref(), command.as_ref())
    }

    /// Returns where the keys of stored data come from.
    #[must_use]
    pub fn data_keys_source(&self) -> SecretSource {
        let (file, command) = (&self.data_keys_file, &self.data_keys_command);
        SecretSource::new("data-keys", data_keys::KEYS_VARIABLE, file.as_ref(), command.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::{HandoffName, HandoffPage};

    #[test]
    fn a_name_is_for_one_key_or_for_all() {
        let rows = [
            ("Example Bank", None, "Example Bank"),
            ("other=Other Bank", Some("other"), "Other Bank"),
            ("A & B = C", None, "A & B = C"),
            ("=x", None, "=x"),
        ];
        for (text, key, name) in rows {
            let HandoffName { key: found, name: rest } = text.parse().unwrap();
            assert_eq!((found.as_deref(), rest.as_str()), (key, name), "{text}");
        }
    }

    #[test]
    fn the_page_for_phones_is_https_or_loopback() {
        let page: HandoffPage = "https://bank.example/selfie?from=desk".parse().unwrap();
        assert_eq!(page.link("AbC_-1", None, None), "https://bank.example/selfie?from=desk#AbC_-1");
        let link = page.link("AbC_-1", Some("other"), Some("pt-BR"));
        assert_eq!(link, "https://bank.example/selfie?from=desk&for=other&lang=pt-BR#AbC_-1");
        assert_eq!(page.origin().unwrap(), "https://bank.example".parse().unwrap());
        assert!("http://127.0.0.1:8080/s".parse::<HandoffPage>().is_ok());
        for wrong in [
            "",
            "/s",
            "bank.example/s",
            "http://bank.example/s",
            "https://bank.example/s#x",
            "https://a:b@bank.example/",
            "javascript:1",
        ] {
            assert!(wrong.parse::<HandoffPage>().is_err(), "{wrong}");
        }
    }
}
