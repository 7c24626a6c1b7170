//! Puts changed keys and secrets in force, without a restart. If a new value is wrong, the old one stays. No error quotes
//! a secret.

use std::sync::PoisonError;

use secrecy::SecretString;

use super::Sessions;
use crate::error::sentence;
use crate::secrets::api_keys::ApiKeys;
use crate::secrets::data_keys::DataKeys;
use crate::secrets::proof_keys::ProofKeys;
use crate::secrets::session_keys::SessionKeys;
use crate::webhook::endpoints::Endpoints;
use crate::webhook::settings::WebhookSettings;

/// What the webhook endpoints are built from.
#[derive(Debug)]
pub(super) struct WebhookParts {
    pub(super) settings: WebhookSettings,
    pub(super) secrets: SecretString,
    pub(super) endpoints: Option<SecretString>,
}

impl Sessions {
    /// Puts other keys for session tokens in force.
    ///
    /// # Errors
    /// What is wrong with the keys.
    pub fn replace_session_keys(&self, text: &SecretString) -> Result<(), String> {
        SessionKeys::read(text).map(|keys| self.tokens.replace(&keys)).map_err(|error| error.to_string())
    }

    /// Puts other keys for stored data in force.
    ///
    /// # Errors
    /// What is wrong with the keys.
    pub fn replace_data_keys(&self, text: &SecretString) -> Result<(), String> {
        DataKeys::read(text).and_then(|keys| self.data_keys.replace(&keys)).map_err(|error| error.to_string())
    }

    /// Puts other keys for proofs in force.
    ///
    /// # Errors
    /// What is wrong with the keys.
    pub fn replace_proof_keys(&self, text: &SecretString) -> Result<(), String> {
        let keys = ProofKeys::read(text).map_err(|error| error.to_string())?;
        if let Some(proofs) = self.proofs() {
            proofs.replace_keys(&keys);
        }
        Ok(())
    }

    /// Puts other API keys in force.
    ///
    /// # Errors
    /// What is wrong with the keys. Also if a webhook endpoint names a key that would be gone.
    pub fn replace_api_keys(&self, text: &SecretString) -> Result<(), String> {
        let keys = ApiKeys::read(text).map_err(|error| error.to_string())?;
        let parts = self.webhook_parts.lock().unwrap_or_else(PoisonError::into_inner);
        self.replace_endpoints(&parts, &keys)?;
        self.api_keys.replace(&keys);
        Ok(())
    }

    /// Puts other secrets for webhooks to `--webhook-url` in force.
    ///
    /// # Errors
    /// What is wrong with the secrets.
    pub fn replace_webhook_secrets(&self, text: &SecretString) -> Result<(), String> {
        self.replace_webhook_parts(|parts| parts.secrets = text.clone())
    }

    /// Puts other webhook endpoints in force.
    ///
    /// # Errors
    /// What is wrong with the endpoints.
    pub fn replace_webhook_endpoints(&self, text: &SecretString) -> Result<(), String> {
        self.replace_webhook_parts(|parts| parts.endpoints = Some(text.clone()))
    }

    /// Loads the certificate authorities of webhooks again.
    ///
    /// # Errors
    /// What is wrong with their file.
    pub fn load_webhook_authorities(&self) -> Result<(), String> {
        self.replace_webhook_parts(|_| {})
    }

    fn replace_webhook_parts(&self, change: impl FnOnce(&mut WebhookParts)) -> Result<(), String> {
        let mut parts = self.webhook_parts.lock().unwrap_or_else(PoisonError::into_inner);
        let WebhookParts { settings, secrets, endpoints } = &*parts;
        let mut changed =
            WebhookParts { settings: settings.clone(), secrets: secrets.clone(), endpoints: endpoints.clone() };
        change(&mut changed);
        self.replace_endpoints(&changed, &self.api_keys)?;
        *parts = changed;
        Ok(())
    }

    fn replace_endpoints(&self, parts: &WebhookParts, keys: &ApiKeys) -> Result<(), String> {
        let names = keys.names();
        let endpoints = Endpoints::read(&parts.settings, &parts.secrets, parts.endpoints.as_ref(), &names);
        let endpoints = endpoints.map_err(|errors| {
            let errors: Vec<_> = errors.iter().map(|error| sentence(error)).collect();
            errors.join("; ")
        })?;
        for key in endpoints.without_endpoint(&names) {
            tracing::warn!(key, "this API key has no webhook endpoint: it gets no events");
        }
        self.outbox.replace_endpoints(endpoints);
        Ok(())
    }
}
