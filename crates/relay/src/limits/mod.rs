//! Rate limits ([`Limits`]): each client address, each session and each API key has its own rate. Each relay counts for
//! itself. The total number of links and verdicts of a session is counted in the database, for all relays.
//!
//! - [`rate`]: a rate as a setting ([`Rate`]).
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
use self::counts::{Budget, CallerCounts};
use self::rate::Rate;
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
    /// Calls for a verdict, apart from the others: their photos are uploaded already, so nothing else may use up their
    /// rate.
    session_verdicts: Option<CallerCounts>,
    address_verdicts: Option<CallerCounts>,
    api_key: Option<CallerCounts>,
    widget: Option<CallerCounts>,
}

/// A counted call.
#[derive(Debug)]
#[must_use]
pub struct Counted {
    /// The limit, and what the caller has left. `None` if there is no limit.
    pub budget: Option<(&'static str, Budget)>,
    rejected: Option<RelayError>,
}

impl Counted {
    /// Fails if the caller is over its limit.
    ///
    /// # Errors
    /// [`ProblemCode::TooManyRequests`].
    pub fn allowed(self) -> Result<(), RelayError> {
        self.rejected.map_or(Ok(()), Err)
    }
}

impl Limits {
    /// Creates the limits from the settings, with empty counts.
    #[must_use]
    pub fn new(settings: &LimitSettings) -> Self {
        let counts = |rate: Rate| rate.quota().map(CallerCounts::new);
        Self(Arc::new(Shared {
            proxies: TrustedProxies::new(&settings.trusted_proxy),
            address: counts(settings.rate_address),
            session: counts(settings.rate_session),
            session_verdicts: counts(settings.rate_session),
            address_verdicts: counts(settings.rate_address),
            api_key: counts(settings.rate_api_key),
            widget: counts(settings.rate_widget),
        }))
    }

    /// Returns the trusted proxies.
    #[must_use]
    pub fn proxies(&self) -> &TrustedProxies {
        &self.0.proxies
    }

    /// Counts a call from this address.
    pub fn address(&self, address: IpAddr) -> Counted {
        count(self.0.address.as_ref(), &Bucket::of(address), "This address has called too often.", "address")
    }

    /// Counts a call for a verdict from this address, where there are no sessions.
    pub fn address_verdict(&self, address: IpAddr) -> Counted {
        let detail = "This address has called too often.";
        count(self.0.address_verdicts.as_ref(), &Bucket::of(address), detail, "address-verdicts")
    }

    /// Counts a call for a verdict by this session's page.
    pub fn session_verdict(&self, id: &str) -> Counted {
        let detail = "The page of this session has called too often.";
        count(self.0.session_verdicts.as_ref(), &Bucket::Name(id), detail, "session-verdicts")
    }

    /// Counts any other call by this session's page.
    pub fn session(&self, id: &str) -> Counted {
        let detail = "The page of this session has called too often.";
        count(self.0.session.as_ref(), &Bucket::Name(id), detail, "session")
    }

    /// Counts a request for a file of the widget from this address.
    pub fn widget(&self, address: IpAddr) -> Counted {
        let detail = "This address has loaded too many files.";
        count(self.0.widget.as_ref(), &Bucket::of(address), detail, "widget")
    }

    /// Counts a call with the API key of this name.
    pub fn api_key(&self, name: &str) -> Counted {
        count(self.0.api_key.as_ref(), &Bucket::Name(name), "This API key was used too often.", "api-key")
    }
}

/// Counts a call, if there is a limit. The error and the log name the kind of limit, but not the caller.
fn count(counts: Option<&CallerCounts>, bucket: &Bucket<'_>, detail: &'static str, limit: &'static str) -> Counted {
    match counts.map(|counts| counts.take(bucket)) {
        None => Counted { budget: None, rejected: None },
        Some(Ok(budget)) => Counted { budget: Some((limit, budget)), rejected: None },
        Some(Err(budget)) => {
            metrics().limited(limit);
            let error = RelayError::new(ProblemCode::TooManyRequests).with_detail(detail).retry_after(budget.reset);
            Counted { budget: Some((limit, budget)), rejected: Some(error.caused_by(format!("rate limit: {limit}"))) }
        }
    }
}
