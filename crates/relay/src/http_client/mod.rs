//! Builds the HTTP clients of the relay ([`build`], [`CallClient`]), all with one set-up. A [`SharedClient`] can be replaced.
//!
//! - [`call_client`]: the client for calls that are many. `connector`: connects it.
//! - `error`: why a client could not be built.
//! - [`route`]: how a client reaches its server: proxy, certificate authorities, client certificate.
//! - `tls`: the TLS of a client.

pub mod call_client;
mod connector;
mod error;
pub mod route;
mod tls;

use std::sync::{Arc, PoisonError, RwLock};

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use self::call_client::CallClient;
use self::connector::PRODUCT;
pub use self::error::ClientError;
use self::route::Route;

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
    let builder = Client::builder()
        .user_agent(PRODUCT)
        .tls_backend_preconfigured(tls::config(purpose, route)?)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false);
    let builder = route.apply(builder)?;
    configure(builder).build().map_err(|source| ClientError::Build { purpose, source })
}

/// A client that can be replaced, for example when its certificate is renewed. Clones share it.
#[derive(Clone, Debug)]
pub struct SharedClient(Arc<RwLock<CallClient>>);

impl SharedClient {
    /// Shares a client.
    #[must_use]
    pub fn new(client: CallClient) -> Self {
        Self(Arc::new(RwLock::new(client)))
    }

    /// Returns the present client.
    #[must_use]
    pub fn get(&self) -> CallClient {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another client in force, for calls that begin from now on.
    pub fn replace(&self, client: CallClient) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = client;
    }
}
