//! The settings of webhooks ([`WebhookSettings`]). The secrets themselves are not settings: they come from a file, a
//! command or the environment.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::WebhookUrl;
use super::endpoints::ENDPOINTS_VARIABLE;
use crate::clock::duration;
use crate::http_client::route::{PemFile, ProxyUrl, Route};
use crate::secrets::SecretSource;
use crate::secrets::command::SecretCommand;
use crate::secrets::webhook_secrets::SECRETS_VARIABLE;

/// Settings of webhooks.
#[derive(Clone, Debug, Args)]
pub struct WebhookSettings {
    /// URL that receives webhooks; https, except on loopback
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_URL", value_name = "URL", hide_env_values = true)]
    pub webhook_url: Option<WebhookUrl>,

    /// Sends the webhooks of all API keys to --webhook-url, even if the keys have several names
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_URL_SHARED")]
    pub webhook_url_shared: bool,

    /// File with the webhook endpoints of each API key name and their secrets, in place of --webhook-url; without it,
    /// AKIBA_WEBHOOK_ENDPOINTS holds them
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_ENDPOINTS_FILE", value_name = "FILE")]
    pub webhook_endpoints_file: Option<PathBuf>,

    /// Command that prints the webhook endpoints; see --token-command
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_ENDPOINTS_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub webhook_endpoints_command: Option<SecretCommand>,

    /// File with the secrets that sign webhooks; without it, AKIBA_WEBHOOK_SECRETS holds them
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_SECRETS_FILE", value_name = "FILE")]
    pub webhook_secrets_file: Option<PathBuf>,

    /// Command that prints the secrets that sign webhooks; see --token-command
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_SECRETS_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub webhook_secrets_command: Option<SecretCommand>,

    /// Proxy for webhooks to an https URL, scheme://host:port with scheme http or https; not for a receiver on loopback
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_PROXY", value_name = "URL", hide_env_values = true)]
    pub webhook_proxy: Option<ProxyUrl>,

    /// File with the URL of the proxy for webhooks; use it if the URL contains a password
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_PROXY_FILE", value_name = "FILE")]
    pub webhook_proxy_file: Option<PathBuf>,

    /// File with the certificate authorities that webhooks trust, in PEM; it replaces the machine's
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_CA", value_name = "FILE")]
    pub webhook_ca: Option<PathBuf>,

    /// Longest wait for the answer to a webhook
    #[arg(long, env = "AKIBA_RELAY_WEBHOOK_TIMEOUT", value_name = "DURATION", default_value = "15s", value_parser = duration)]
    pub webhook_timeout: Duration,
}

impl WebhookSettings {
    /// Returns where the endpoints come from.
    #[must_use]
    pub fn endpoints_source(&self) -> SecretSource {
        let (file, command) = (&self.webhook_endpoints_file, &self.webhook_endpoints_command);
        SecretSource::new("webhook-endpoints", ENDPOINTS_VARIABLE, file.as_ref(), command.as_ref())
    }

    /// Returns where the secrets of `--webhook-url` come from.
    #[must_use]
    pub fn secrets_source(&self) -> SecretSource {
        let (file, command) = (&self.webhook_secrets_file, &self.webhook_secrets_command);
        SecretSource::new("webhook-secrets", SECRETS_VARIABLE, file.as_ref(), command.as_ref())
    }

    /// Returns how webhooks reach their receiver.
    pub(super) fn route(&self) -> Route<'_> {
        let authorities = PemFile::of("--webhook-ca", self.webhook_ca.as_ref());
        Route { proxy: self.webhook_proxy.as_ref(), authorities, identity: None }
    }
}
