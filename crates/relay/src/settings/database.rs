//! The database URL with a password ([`read_url_file`]). It must come from a file of its own or from the environment,
//! because every user of the machine can read a process's flags.

use secrecy::ExposeSecret;

use super::layers::{EffectiveSetting, Source};
use crate::secrets;
use crate::store::settings::DatabaseSettings;
use crate::store::url::holds_password;

const URL: &str = "database";
const FILE: &str = "database-url-file";

/// Sets the database URL to the content of `--database-url-file`, if that is given.
///
/// # Errors
/// A sentence that does not quote the URL: both settings are given, a flag or the settings file holds a password, or
/// the file is wrong.
pub fn read_url_file(settings: &mut DatabaseSettings, effective: &[EffectiveSetting]) -> Result<(), String> {
    let url = effective.iter().find(|setting| setting.key == URL && setting.source != Source::Default);
    let Some(path) = &settings.database_url_file else {
        let is_public = |source: &Source| matches!(source, Source::Flag | Source::File(_, _));
        return match url {
            Some(url) if is_public(&url.source) && url.values.iter().any(|value| holds_password(value)) => {
                Err(format!("--{URL} must not hold a password: use --{FILE} or the environment"))
            }
            _ => Ok(()),
        };
    };
    if url.is_some() {
        return Err(format!("--{URL} and --{FILE} are both given: give one of them"));
    }
    let text = secrets::load(Some(path), FILE, None).map_err(|error| format!("--{FILE}: {error}"))?;
    let text = text.ok_or_else(|| format!("--{FILE}: the file {} is empty", path.display()))?;
    settings.database = text.expose_secret().trim().parse().map_err(|error| format!("--{FILE}: {error}"))?;
    Ok(())
}
