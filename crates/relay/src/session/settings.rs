//! The settings of sessions ([`SessionSettings`]). The keys are no settings: they come from files or the environment.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::link_host::LinkHost;
use crate::clock::duration;
use crate::secrets::api_keys::ApiKey;
use crate::store::settings::DatabaseSettings;
use crate::webhook::settings::WebhookSettings;

/// Whether the widget's calls need a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SessionMode {
    /// Whoever may call can name any identifier; nothing is kept.
    Off,
    /// Only what the host's back end made a session for.
    Required,
}

/// How much of a verdict the page gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageReply {
    /// Outcome, message and the host's own reference.
    Verdict,
    /// The vendor's whole answer, and the person's record with it.
    Full,
}

/// How much of the vendor's answer is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Retain {
    /// Status and message, the vendor's fraud word and both scores.
    Verdict,
    /// All of it, and the person's record with it.
    Full,
}

/// Settings of sessions.
#[derive(Clone, Debug, Args)]
pub struct SessionSettings {
    /// Whether the widget's calls need a session; by default they do if there is an API key
    #[arg(long, env = "AKIBA_RELAY_SESSIONS", value_name = "MODE")]
    pub sessions: Option<SessionMode>,

    /// API key of the host's back end as NAME=SHA256, from akiba-relay keygen api; repeat it, or part several by commas
    #[arg(long, env = "AKIBA_RELAY_API_KEY", value_name = "KEY", value_delimiter = ',')]
    pub api_key: Vec<ApiKey>,

    /// File of the keys of session tokens; without it AKIBA_SESSION_KEYS holds them
    #[arg(long, env = "AKIBA_RELAY_SESSION_KEYS_FILE", value_name = "FILE")]
    pub session_keys_file: Option<PathBuf>,

    /// File of the keys that encrypt the database's personal fields; without it AKIBA_DATA_KEYS holds them
    #[arg(long, env = "AKIBA_RELAY_DATA_KEYS_FILE", value_name = "FILE")]
    pub data_keys_file: Option<PathBuf>,

    /// The database.
    #[command(flatten)]
    pub store: DatabaseSettings,

    /// Life of a session that asks for none of its own
    #[arg(long, env = "AKIBA_RELAY_SESSION_TTL", value_name = "DURATION", default_value = "15m", value_parser = duration)]
    pub session_ttl: Duration,

    /// Longest life that a session may ask for
    #[arg(long, env = "AKIBA_RELAY_SESSION_TTL_MAX", value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub session_ttl_max: Duration,

    /// How far the clocks of the relays may be apart; sessions live so much longer
    #[arg(long, env = "AKIBA_RELAY_CLOCK_LEEWAY", value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub clock_leeway: Duration,

    /// Most links that a session may ask for
    #[arg(long, env = "AKIBA_RELAY_MAX_LINKS", value_name = "COUNT", default_value = "20")]
    pub max_links: NonZeroU32,

    /// Most verdicts that a session may ask for
    #[arg(long, env = "AKIBA_RELAY_MAX_VERIFIES", value_name = "COUNT", default_value = "5")]
    pub max_verifies: NonZeroU32,

    /// Host that a signed link may lead to, with its port if that is not the scheme's own (loopback may have any); *. for
    /// all below a domain; repeat it, or part several by commas
    #[arg(
        long,
        env = "AKIBA_RELAY_LINK_HOST",
        value_name = "HOST",
        value_delimiter = ',',
        default_value = "*.amazonaws.com"
    )]
    pub link_host: Vec<LinkHost>,

    /// What a page gets of a verdict: no more than that, or the vendor's whole answer, which takes --keep full
    #[arg(long, env = "AKIBA_RELAY_PAGE_REPLY", value_name = "KIND", default_value = "verdict")]
    pub page_reply: PageReply,

    /// What is kept of the vendor's answer: status, message, fraud word and scores, or the person's record too
    #[arg(long, env = "AKIBA_RELAY_KEEP", value_name = "KIND", default_value = "verdict")]
    pub keep: Retain,

    /// How long a session is kept, from when it was made
    #[arg(long, env = "AKIBA_RELAY_RETENTION", value_name = "DURATION", default_value = "30days", value_parser = duration)]
    pub retention: Duration,

    /// Webhooks.
    #[command(flatten)]
    pub webhook: WebhookSettings,
}

impl SessionSettings {
    /// Whether sessions are wanted: as the settings say, or else if there is an API key to make them with.
    #[must_use]
    pub fn mode(&self) -> SessionMode {
        match (self.sessions, self.api_key.is_empty()) {
            (Some(mode), _) => mode,
            (None, true) => SessionMode::Off,
            (None, false) => SessionMode::Required,
        }
    }
}
