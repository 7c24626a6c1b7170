//! The command line ([`Cli`], [`Command`]): the service by itself, keys to be made, webhooks and the database
//! ([`database`]) to be looked after.
//!
//! - [`check_config`]: what can be known before the service starts.
//! - [`ready`]: asks a relay on this machine whether it is ready.

pub mod check_config;
pub mod database;
pub mod ready;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use self::database::DatabaseCommand;
use crate::clock::{Clock, rfc3339};
use crate::secrets::{api_keys, data_keys, session_keys, webhook_secrets};
use crate::settings::layers::{self, EffectiveSetting, LayerError};
use crate::settings::{self, Settings, TOKEN_HELP};
use crate::store::Store;
use crate::webhook::outbox;
use crate::webhook::status::MessageStatus;

/// Holds the vendor's token between the selfie widget and Akiba Digital's API.
#[derive(Debug, Parser)]
#[command(name = "akiba-relay", version, after_help = TOKEN_HELP)]
pub struct Cli {
    /// File of settings, in TOML: its keys are these flags without their dashes
    #[arg(long, env = "AKIBA_RELAY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Checks all settings, keys and certificates, prints what is in force and from where, and ends
    #[arg(long)]
    pub check_config: bool,
    /// What the service runs with.
    #[command(flatten)]
    pub settings: Settings,
    /// Something else than the service.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// Reads flags, environment and the settings' file, and says where each setting comes from.
    ///
    /// # Errors
    /// [`LayerError`].
    pub fn load(flags: &[OsString]) -> Result<(Self, Vec<EffectiveSetting>), LayerError> {
        let (matches, effective) = layers::parse(Self::command(), flags)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| LayerError::Flags(Box::new(error)))?;
        settings::database::read_url_file(&mut cli.settings.session.store, &effective)
            .map_err(|problem| LayerError::Problems(vec![problem]))?;
        Ok((cli, effective))
    }
}

/// Something else than the service.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Makes a key and prints it
    Keygen {
        /// What the key is for
        kind: KeyKind,
        /// Name of an API key or id of a data key
        #[arg(default_value = "default")]
        name: String,
    },
    /// Looks after webhooks
    #[command(subcommand)]
    Webhooks(WebhookCommand),
    /// Asks the running relay of these settings whether it is ready, for a container's health check
    Ready,
    /// Looks after the database
    #[command(subcommand)]
    Database(DatabaseCommand),
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyKind {
    /// The host's back end: the key, and below it what --api-key takes
    Api,
    /// Session tokens
    Session,
    /// The database's personal fields
    Data,
    /// Webhooks
    Webhook,
}

/// What to do about webhooks.
#[derive(Clone, Debug, Subcommand)]
pub enum WebhookCommand {
    /// Lists webhooks, the newest first: id, event, session, tries, time, and how the last try ended
    List {
        /// Which ones
        #[arg(long, default_value = "failed")]
        status: MessageStatus,
        /// Most lines
        #[arg(long, default_value = "100")]
        limit: u32,
    },
    /// Sends webhooks again, with the ids that they had; a running relay delivers them
    Resend {
        /// Id of a webhook
        #[arg(required_unless_present = "all_failed", conflicts_with = "all_failed")]
        id: Option<String>,
        /// All that were given up
        #[arg(long)]
        all_failed: bool,
    },
}

/// Runs a command and prints what it has to say.
///
/// # Errors
/// When the database fails, what is meant is not there, or nothing can be printed.
pub async fn run(
    command: Command,
    settings: &Settings,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Keygen { kind, name } => keygen(kind, &name),
        Command::Webhooks(command) => webhooks(command, settings).await,
        Command::Ready => Ok(ready::ready(settings).await?),
        Command::Database(command) => database::run(command, &settings.session, variable).await,
    }
}

fn keygen(kind: KeyKind, name: &str) -> Result<(), Box<dyn Error>> {
    let text = match kind {
        KeyKind::Api => api_keys::new_key(name).map(|(key, setting)| format!("{key}\n{setting}")),
        KeyKind::Session => session_keys::new_key(),
        KeyKind::Data => data_keys::new_key(name),
        KeyKind::Webhook => webhook_secrets::new_secret(),
    };
    writeln!(io::stdout(), "{}", text.ok_or("the system has no randomness")?)?;
    Ok(())
}

async fn webhooks(command: WebhookCommand, settings: &Settings) -> Result<(), Box<dyn Error>> {
    settings.session.store.database.must_exist()?;
    let store = Store::open(&settings.session.store.database, 1).await?;
    match command {
        WebhookCommand::List { status, limit } => {
            let mut out = io::stdout().lock();
            for message in store.list_messages(status.as_str(), limit.into()).await? {
                let result = message.last_result.as_deref().unwrap_or("not tried");
                let (time, attempts) = (rfc3339(message.created_at), message.attempts);
                writeln!(
                    out,
                    "{}  {}  {}  {attempts}  {time}  {result}",
                    message.id, message.event, message.session_id
                )?;
            }
        }
        WebhookCommand::Resend { id, .. } => {
            let count = outbox::resend(&store, id.as_deref(), Clock::default().now()).await?;
            if id.is_some() && count == 0 {
                return Err("there is no webhook of this id".into());
            }
            writeln!(io::stdout(), "{count} to be sent again")?;
        }
    }
    store.close().await;
    Ok(())
}
