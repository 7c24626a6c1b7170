//! Builds the HTTP clients of the relay ([`build`]), all with one set-up.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// The HTTP client for this purpose could not be built: most likely the machine's certificates can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for {purpose} could not be built")]
pub struct ClientError {
    purpose: &'static str,
    source: reqwest::Error,
}

/// Builds a client that follows no redirect, retries nothing, and takes no proxy from the environment. `configure` adds
/// to that.
///
/// # Errors
/// [`ClientError`].
pub fn build(
    purpose: &'static str,
    configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, ClientError> {
    // Two providers in one process are a panic in rustls unless one is named. Where the process has named one before,
    // that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("akiba-relay/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false);
    configure(builder).build().map_err(|source| ClientError { purpose, source })
}
