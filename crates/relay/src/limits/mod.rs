//! How often one caller may call ([`Limits`]): each client address, each session and each API key has a rate of its own.
//! The rates are this relay's; what a session may do altogether is counted in the database, for all relays.
//!
//! - [`rate`]: so many in a time ([`Rate`](rate::Rate)).
//! - [`bucket`]: who is counted together.
//! - [`counts`]: the counts, in memory that does not grow.
//! - [`client_address`]: whose address a request came from, with or without a proxy.
//! - [`connections`]: how many connections an address may hold.
//! - [`capacity`]: how many calls may be at work at once.
//! - [`settings`]: what the operator sets.

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

/// The rates of all callers; a clone shares their counts.
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
    /// The rates that the settings name; nobody has called yet.
    #[must_use]
    pub fn new(settings: &LimitSettings) -> Self {
        Self(Arc::new(Shared {
            proxies: TrustedProxies::new(&settings.trusted_proxy),
            address: settings.rate_address.quota().map(CallerCounts::new),
            session: settings.rate_session.quota().map(CallerCounts::new),
            api_key: settings.rate_api_key.quota().map(CallerCounts::new),
        }))
    }

    /// The proxies whose word on the client's address is taken.
    #[must_use]
    pub fn proxies(&self) -> &TrustedProxies {
        &self.0.proxies
    }

    /// Counts a call of this address.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn address(&self, address: IpAddr) -> Result<(), RelayError> {
        count(
            self.0.address.as_ref(),
            &Bucket::of(address),
            "This address has called too often.",
            "rate of the address",
            "address",
        )
    }

    /// Counts a call of this session's page.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn session(&self, id: &str) -> Result<(), RelayError> {
        let detail = "The page of this session has called too often.";
        count(self.0.session.as_ref(), &Bucket::Name(id), detail, "rate of the session", "session")
    }

    /// Counts a call with the API key of this name.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn api_key(&self, name: &str) -> Result<(), RelayError> {
        let detail = "This API key was used too often.";
        count(self.0.api_key.as_ref(), &Bucket::Name(name), detail, "rate of the API key", "api-key")
    }
}

/// Counts a call, if there is a rate. The answer and the log say which rate it was, and never whose.
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
