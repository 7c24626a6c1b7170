//! URLs with a password: of the database and of the proxies ([`read`]). These URLs must come from files of their own
//! or from the environment, because every user of the machine can read a process's flags.

use std::path::Path;
use std::str::FromStr;

use secrecy::ExposeSecret;

use super::Settings;
use super::layers::{EffectiveSetting, Source};
use crate::secrets;
use crate::store::url::holds_password;

/// Sets each URL to the content of its `…-file`, if that is given.
///
/// # Errors
/// A sentence that does not quote the URL: both settings are given, a flag or the settings file holds a password, or
/// the file is wrong.
pub fn read(settings: &mut Settings, effective: &[EffectiveSetting]) -> Result<(), String> {
    let store = &mut settings.session.store;
    if let Some(url) = url("database", "database-url-file", store.database_url_file.as_deref(), effective)? {
        store.database = url;
    }
    let vendor = &mut settings.vendor;
    if let Some(url) = url("vendor-proxy", "vendor-proxy-file", vendor.vendor_proxy_file.as_deref(), effective)? {
        vendor.vendor_proxy = Some(url);
    }
    let webhook = &mut settings.session.webhook;
    if let Some(url) = url("webhook-proxy", "webhook-proxy-file", webhook.webhook_proxy_file.as_deref(), effective)? {
        webhook.webhook_proxy = Some(url);
    }
    Ok(())
}

/// Reads the URL of one setting from its file. Returns `None` if no file is given.
fn url<T: FromStr<Err: std::fmt::Display>>(
    key: &'static str,
    file_key: &'static str,
    file: Option<&Path>,
    effective: &[EffectiveSetting],
) -> Result<Option<T>, String> {
    let given = effective.iter().find(|setting| setting.key == key && setting.source != Source::Default);
    let Some(path) = file else {
        let is_public = |source: &Source| matches!(source, Source::Flag | Source::File(_, _));
        return match given {
            Some(url) if is_public(&url.source) && url.values.iter().any(|value| holds_password(value)) => {
                Err(format!("--{key} must not hold a password: use --{file_key} or the environment"))
            }
            _ => Ok(None),
        };
    };
    if given.is_some() {
        return Err(format!("--{key} and --{file_key} are both given: give one of them"));
    }
    let text = secrets::load(path).map_err(|error| format!("--{file_key}: {error}"))?;
    text.expose_secret().trim().parse().map(Some).map_err(|error| format!("--{file_key}: {error}"))
}
