//! Builds the HTTP clients of the relay ([`build`]), all with one set-up. A [`SharedClient`] can be replaced.
//!
//! - [`route`]: how a client reaches its server: proxy, certificate authorities, client certificate.

pub mod route;

use std::sync::{Arc, PoisonError, RwLock};

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use self::route::{Route, RouteError};

/// Why an HTTP client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The proxy or a certificate can't be used.
    #[error(transparent)]
    Route(RouteError),
    /// The machine's certificates can't be read, or the client's certificate and its key do not belong together.
    #[error("the HTTP client for {purpose} could not be built")]
    Build {
        /// What the client is for.
        purpose: &'static str,
        /// The cause.
        source: reqwest::Error,
    },
}

/// Builds a client that follows no redirect, retries nothing, and takes no proxy from the environment. `configure` adds
/// to that.
///
/// # Errors
/// [`ClientError`].
pub fn build(
    purpose: &'static str,
    route: &Route<'_>,
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
    let builder = route.apply(builder).map_err(ClientError::Route)?;
    configure(builder).build().map_err(|source| ClientError::Build { purpose, source })
}

/// A client that can be replaced, for example when its certificate is renewed. Clones share it.
#[derive(Clone, Debug)]
pub struct SharedClient(Arc<RwLock<Client>>);

impl SharedClient {
    /// Shares a client.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(Arc::new(RwLock::new(client)))
    }

    /// Returns the present client.
    #[must_use]
    pub fn get(&self) -> Client {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another client in force, for calls that begin from now on.
    pub fn replace(&self, client: Client) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = client;
    }
}
