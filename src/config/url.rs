//! The URLs of the relay, from the page's settings.

use akiba_protocol::WebUrl;

use super::error::ConfigError;

/// Returns the relay's base URL, absolute and without a trailing slash.
pub(super) fn relay_base(relay: &str, page: &str) -> Result<String, ConfigError> {
    if relay.contains(['#', '?', '@', '\\']) {
        return Err(ConfigError::RelayUrl);
    }
    let absolute = match relay.strip_prefix('/') {
        Some(rest) if rest.starts_with('/') => return Err(ConfigError::RelayUrl),
        Some(_) => WebUrl::parse(page).ok_or(ConfigError::RelayUrl)?.origin().to_owned() + relay,
        None => relay.to_owned(),
    };
    if !WebUrl::parse(&absolute).ok_or(ConfigError::RelayUrl)?.is_private() {
        return Err(ConfigError::RelayInsecure);
    }
    Ok(absolute.trim_end_matches('/').to_owned())
}

/// Checks a path below the relay's base URL.
pub(super) fn path(text: &str) -> Result<&str, ConfigError> {
    let good = text.starts_with('/') && !text.starts_with("//") && !text.contains(['#', '?', '\\']);
    if good { Ok(text) } else { Err(ConfigError::Path) }
}
