//! Rate limits ([`Limits`]): each client address, each session and each API key has its own rate. Each relay counts for
//! itself. The total number of links and verdicts of a session is counted in the database, for all relays.
//!
//! - [`rate`]: a rate as a setting ([`Rate`](rate::Rate)).
//! - [`bucket`]: the key by which calls are counted.
//! - [`counts`]: the counts, in a table of fixed size.
//! - [`client_address`]: the client's address, with or without a proxy.
//! - [`connections`]: limits the open connections of one address.
//! - [`capacity`]: limits the number of concurrent vendor calls.
//! - [`settings`]: the operator's settings.

pub mod bucket;
pub mod capacity;
pub mod client_address;
pub mod connections;
pub mod counts;
pub mod rate;
pub mod settings;

use std::net::IpAddr;
use std::sync::Arc;

use akiba_protocol::ProblemCode;

use self::bucket::Bucket;
use self::client_address::TrustedProxies;
use self::counts::CallerCounts;
use self::settings::LimitSettings;
use crate::error::RelayError;
use crate::telemetry::metrics::metrics;

/// The rate limits of all callers. Clones share the counts.
#[derive(Clone, Debug)]
pub struct Limits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    proxies: TrustedProxies,
    address: Option<CallerCounts>,
    session: Option<CallerCounts>,
    api_key: Option<CallerCounts>,
}

impl Limits {
    /// Creates the limits from the settings, with empty counts.
    #[must_use]
    pub fn new(settings: &LimitSettings) -> Self {
        Self(Arc::new(Shared {
            proxies: TrustedProxies::new(&settings.trusted_proxy),
            address: settings.rate_address.quota().map(CallerCounts::new),
            session: settings.rate_session.quota().map(CallerCounts::new),
            api_key: settings.rate_api_key.quota().map(CallerCounts::new),
        }))
    }

    /// Returns the trusted proxies.
    #[must_use]
    pub fn proxies(&self) -> &TrustedProxies {
        &self.0.proxies
    }

    /// Counts a call from this address.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn address(&self, address: IpAddr) -> Result<(), RelayError> {
        count(
            self.0.address.as_ref(),
            &Bucket::of(address),
            "This address has called too often.",
            "rate limit of the address",
            "address",
        )
    }

    /// Counts a call by this session's page.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn session(&self, id: &str) -> Result<(), RelayError> {
        let detail = "The page of this session has called too often.";
        count(self.0.session.as_ref(), &Bucket::Name(id), detail, "rate limit of the session", "session")
    }

    /// Counts a call with the API key of this name.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn api_key(&self, name: &str) -> Result<(), RelayError> {
        let detail = "This API key was used too often.";
        count(self.0.api_key.as_ref(), &Bucket::Name(name), detail, "rate limit of the API key", "api-key")
    }
}

/// Counts a call, if there is a limit. The error and the log name the kind of limit, but not the caller.
fn count(
    counts: Option<&CallerCounts>,
    bucket: &Bucket<'_>,
    detail: &'static str,
    cause: &'static str,
    limit: &'static str,
) -> Result<(), RelayError> {
    match counts.map_or(Ok(()), |counts| counts.take(bucket)) {
        Ok(()) => Ok(()),
        Err(seconds) => {
            metrics().limited(limit);
            let error = RelayError::new(ProblemCode::TooManyRequests).with_detail(detail);
            Err(error.caused_by(cause).retry_after(seconds))
        }
    }
}
