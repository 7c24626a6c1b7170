//! Which secrets and certificates are loaded again when they change ([`contents`], [`reloads`]).

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::error::sentence;
use crate::http::state::AppState;
use crate::secrets::reload::{Contents, Reloads};
use crate::session::Sessions;
use crate::settings::Settings;

/// Returns the present contents of all files that are loaded again. To be taken before the secrets are loaded.
#[must_use]
pub fn contents(settings: &Settings) -> Contents {
    let (vendor, session) = (&settings.vendor, &settings.session);
    let secrets = [
        vendor.token_source(),
        vendor.client_secret_source(),
        session.api_keys_source(),
        session.session_keys_source(),
        session.data_keys_source(),
        session.webhook.secrets_source(),
        session.webhook.endpoints_source(),
        session.proof.keys_source(),
    ];
    let certificates = vendor_certificates(settings).map(|(_, path)| path);
    let secrets = secrets.iter().filter_map(|source| source.file().cloned());
    Contents::of(secrets.chain(certificates.into_iter().chain([session.webhook.webhook_ca.clone()]).flatten()))
}

fn vendor_certificates(settings: &Settings) -> [(&'static str, Option<PathBuf>); 3] {
    let vendor = &settings.vendor;
    [
        ("--vendor-client-cert", vendor.vendor_client_cert.clone()),
        ("--vendor-client-key", vendor.vendor_client_key.clone()),
        ("--vendor-ca", vendor.vendor_ca.clone()),
    ]
}

/// Returns everything that is loaded again for this relay. `contents` are the files that are in force.
#[must_use]
pub fn reloads(settings: &Settings, state: &AppState, contents: Contents) -> Reloads {
    let mut reloads = Reloads::new(contents);
    let vendor = state.vendor.clone();
    reloads
        .add(settings.vendor.token_source(), move |text| vendor.replace_token(text).map_err(|error| error.to_string()));
    let vendor = state.vendor.clone();
    reloads.add(settings.vendor.client_secret_source(), move |text| {
        vendor.replace_client_secret(text);
        Ok(())
    });
    let (vendor, own) = (state.vendor.clone(), settings.vendor.clone());
    reloads.add_files(vendor_certificates(settings), move || {
        vendor.load_certificates(&own).map_err(|error| sentence(&error))
    });
    let Some(sessions) = &state.sessions else { return reloads };
    let put = |replace: fn(&Sessions, &SecretString) -> Result<(), String>| {
        let sessions = Arc::clone(sessions);
        move |text: &SecretString| replace(&sessions, text)
    };
    let of = &settings.session;
    reloads.add(of.session_keys_source(), put(Sessions::replace_session_keys));
    reloads.add(of.data_keys_source(), put(Sessions::replace_data_keys));
    // Before the endpoints, which name API keys.
    reloads.add(of.api_keys_source(), put(Sessions::replace_api_keys));
    reloads.add(of.webhook.secrets_source(), put(Sessions::replace_webhook_secrets));
    reloads.add(of.webhook.endpoints_source(), put(Sessions::replace_webhook_endpoints));
    reloads.add(of.proof.keys_source(), put(Sessions::replace_proof_keys));
    let sessions = Arc::clone(sessions);
    reloads.add_files([("--webhook-ca", of.webhook.webhook_ca.clone())], move || sessions.load_webhook_authorities());
    reloads
}
