//! The database's URL, when it holds a password ([`read_url_file`]): it comes from a file of its own or from the
//! environment, as the flags of a process can be read by everyone on the machine.

use secrecy::ExposeSecret;

use super::layers::{EffectiveSetting, Source};
use crate::secrets;
use crate::store::settings::DatabaseSettings;
use crate::store::url::holds_password;

const URL: &str = "database";
const FILE: &str = "database-url-file";

/// Puts the URL of the file in the place of the setting, if there is a file.
///
/// # Errors
/// A sentence without the URL: it is given twice, it holds a password where none may stand, or its file is wrong.
pub fn read_url_file(settings: &mut DatabaseSettings, effective: &[EffectiveSetting]) -> Result<(), String> {
    let url = effective.iter().find(|setting| setting.key == URL && setting.source != Source::Default);
    let Some(path) = &settings.database_url_file else {
        let open = |source: &Source| matches!(source, Source::Flag | Source::File(_, _));
        return match url {
            Some(url) if open(&url.source) && url.values.iter().any(|value| holds_password(value)) => {
                Err(format!("--{URL} holds a password: use --{FILE} or the environment"))
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
