//! Why an HTTP client could not be built ([`ClientError`]).

use super::route::RouteError;

/// Why an HTTP client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The proxy or a certificate can't be used.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The machine's certificates can't be read, or the client's certificate and its key do not belong together.
    #[error("the HTTP client for {purpose} could not be built")]
    Tls {
        /// What the client is for.
        purpose: &'static str,
        /// The cause.
        source: rustls::Error,
    },
    /// The settings of the client do not fit together.
    #[error("the HTTP client for {purpose} could not be built")]
    Build {
        /// What the client is for.
        purpose: &'static str,
        /// The cause.
        source: reqwest::Error,
    },
}
