//! The command line ([`Cli`], [`Command`]): runs the service, generates keys, manages webhooks and the database.
//!
//! - [`audit`]: the commands for the audit trail.
//! - [`check_config`]: checks the settings before the service starts.
//! - [`database`]: the commands for the database.
//! - [`ready`]: checks whether a relay on this machine is ready.

pub mod audit;
pub mod check_config;
pub mod database;
pub mod ready;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use self::audit::AuditCommand;
use self::database::DatabaseCommand;
use crate::clock::{Clock, rfc3339};
use crate::secrets::{api_keys, data_keys, proof_keys, session_keys, webhook_secrets};
use crate::settings::layers::{self, EffectiveSetting, LayerError};
use crate::settings::{self, Settings, TOKEN_HELP};
use crate::store::Store;
use crate::webhook::outbox;
use crate::webhook::status::MessageStatus;

/// Forwards the calls of the selfie widget to Akiba Digital's API, so that the API's token stays out of the page.
#[derive(Debug, Parser)]
#[command(name = "akiba-relay", version, after_help = TOKEN_HELP)]
pub struct Cli {
    /// Settings file, in TOML; its keys are these flags without their dashes
    #[arg(long, env = "AKIBA_RELAY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Checks all settings, keys and certificates, prints each setting in force and its source, and exits
    #[arg(long)]
    pub check_config: bool,
    /// The settings of the service.
    #[command(flatten)]
    pub settings: Settings,
    /// A command to run instead of the service.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// Reads flags, environment and settings file, and returns the source of each setting.
    ///
    /// # Errors
    /// [`LayerError`].
    pub fn load(flags: &[OsString]) -> Result<(Self, Vec<EffectiveSetting>), LayerError> {
        let (matches, effective) = layers::parse(Self::command(), flags)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| LayerError::Flags(Box::new(error)))?;
        settings::url_files::read(&mut cli.settings, &effective)
            .map_err(|problem| LayerError::Problems(vec![problem]))?;
        Ok((cli, effective))
    }
}

/// A command to run instead of the service.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Generates a key and prints it
    Keygen {
        /// What the key is for
        kind: KeyKind,
        /// Name of the API key, or id of the data key
        #[arg(default_value = "default")]
        name: String,
    },
    /// Lists webhooks, sends them again or drops them
    #[command(subcommand)]
    Webhooks(WebhookCommand),
    /// Checks whether the running relay with these settings is ready, for a container's health check
    Ready,
    /// Encrypts the database again, backs it up or copies it
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Exports or checks the audit trail
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyKind {
    /// For the host's back end; prints the key, and below it the value of --api-key
    Api,
    /// For session tokens
    Session,
    /// For the personal data in the database
    Data,
    /// For the signatures of webhooks
    Webhook,
    /// For proofs of verdicts
    Proof,
}

/// A command for webhooks.
#[derive(Clone, Debug, Subcommand)]
pub enum WebhookCommand {
    /// Lists webhooks, newest first: id, event, session, endpoint, attempts, time, and the result of the last attempt
    List {
        /// Status of the webhooks to list
        #[arg(long, default_value = "failed")]
        status: MessageStatus,
        /// Most webhooks to list
        #[arg(long, default_value = "100")]
        limit: u32,
        /// Id of the last webhook of an earlier list, to continue that list
        #[arg(long, value_name = "ID")]
        before: Option<String>,
    },
    /// Sends webhooks again, with the same ids; a running relay delivers them
    Resend {
        /// Id of the webhook
        #[arg(required_unless_present = "all_failed", conflicts_with = "all_failed")]
        id: Option<String>,
        /// Sends all failed webhooks again
        #[arg(long)]
        all_failed: bool,
    },
    /// Deletes the pending and failed webhooks of an endpoint that was removed
    Drop {
        /// The endpoint, as in the list of webhooks
        #[arg(long, value_name = "ENDPOINT")]
        endpoint: String,
    },
}

/// Runs a command and prints its result.
///
/// # Errors
/// When the database fails, the webhook does not exist, or the output can't be written.
pub async fn run(
    command: Command,
    settings: &Settings,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Keygen { kind, name } => keygen(kind, &name),
        Command::Webhooks(command) => webhooks(command, settings).await,
        Command::Ready => Ok(ready::ready(settings).await?),
        Command::Audit(command) => audit::run(command, &settings.session).await,
        Command::Database(command) => database::run(command, &settings.session, variable).await,
    }
}

fn keygen(kind: KeyKind, name: &str) -> Result<(), Box<dyn Error>> {
    let text = match kind {
        KeyKind::Api => api_keys::new_key(name).map(|(key, setting)| format!("{key}\n{setting}")),
        KeyKind::Session => session_keys::new_key(),
        KeyKind::Data => data_keys::new_key(name),
        KeyKind::Webhook => webhook_secrets::new_secret(),
        KeyKind::Proof => proof_keys::new_key(),
    };
    writeln!(io::stdout(), "{}", text.ok_or("the operating system gave no random bytes")?)?;
    Ok(())
}

async fn webhooks(command: WebhookCommand, settings: &Settings) -> Result<(), Box<dyn Error>> {
    settings.session.store.database.must_exist()?;
    settings.session.store.check_encryption(&settings.session.store.database)?;
    let store = Store::of(&settings.session.store, 1).await?;
    match command {
        WebhookCommand::List { status, limit, before } => {
            let mut out = io::stdout().lock();
            for message in store.list_messages(status.as_str(), before.as_deref(), limit.into()).await? {
                let result = message.last_result.as_deref().unwrap_or("not tried");
                let (time, attempts) = (rfc3339(message.created_at), message.attempts);
                writeln!(
                    out,
                    "{}  {}  {}  {}  {attempts}  {time}  {result}",
                    message.id, message.event, message.session_id, message.endpoint
                )?;
            }
        }
        WebhookCommand::Resend { id, .. } => {
            let count = outbox::resend(&store, id.as_deref(), None, Clock::default().now()).await?;
            if id.is_some() && count == 0 {
                return Err("there is no webhook with this id".into());
            }
            writeln!(io::stdout(), "webhooks to send again: {count}")?;
        }
        WebhookCommand::Drop { endpoint } => {
            let count = outbox::drop_all_of(&store, &endpoint, Clock::default().now()).await?;
            if count == 0 {
                return Err("this endpoint has no pending or failed webhooks".into());
            }
            writeln!(io::stdout(), "webhooks dropped: {count}")?;
        }
    }
    store.close().await;
    Ok(())
}
