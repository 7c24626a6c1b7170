//! Pure policy: the meaning of the relay's answers ([`Answer`]). Every row is tested on the host, in
//! `tests/relay_answer.rs`.
//!
//! The relay of this repository sends a [`ProblemCode`]. A plain reverse proxy in front of the vendor's API sends only
//! a status; then the more careful interpretation is used. Relay and vendor answer with JSON. Anything else comes from
//! something between: a filter, a sign-in page, a load balancer.

use std::time::Duration;

use crate::flow::RelayFailure;
use akiba_protocol::ProblemCode;

/// Which call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The link request: it costs nothing and may be repeated.
    Link,
    /// The verdict request: the vendor may bill it. Only an answer which says that the call may be repeated counts as
    /// [`RelayFailure::Busy`].
    Verify,
}

/// The parts of an answer outside its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Whether the body is a JSON object, as in every answer of the relay and the vendor.
    pub json: bool,
}

impl Answer {
    /// Fails unless the call succeeded. `session` says whether a session was sent. `code` is the code of the
    /// [`Problem`](akiba_protocol::Problem) in the answer, if it holds one.
    ///
    /// # Errors
    /// [`RelayFailure`] for every status except 2xx.
    pub fn check(self, call: Call, session: bool, code: Option<&str>) -> Result<(), RelayFailure> {
        if self.is_foreign(session) {
            return Err(RelayFailure::Unreachable);
        }
        if (200..=299).contains(&self.status) {
            return Ok(());
        }
        let says = |wanted: ProblemCode| code == Some(wanted.as_str());
        let busy = RelayFailure::Busy { retry_after: self.retry_after };
        Err(match self.status {
            // Without a session there is nothing to renew: the vendor refused the proxy's token.
            401 if !session && !says(ProblemCode::Unauthorized) && !says(ProblemCode::SessionExpired) => {
                RelayFailure::Refused
            }
            401 => RelayFailure::Session,
            // A deleted session is treated like an expired one.
            404 if says(ProblemCode::UnknownSession) => RelayFailure::Session,
            // Most likely the link belongs to the previous session.
            403 if call == Call::Verify && says(ProblemCode::SessionMismatch) => RelayFailure::LinkVoid,
            409 if call == Call::Verify && says(ProblemCode::SessionState) => RelayFailure::LinkVoid,
            403 if says(ProblemCode::HandoffRequired) => RelayFailure::NeedsPhone,
            403 => RelayFailure::Forbidden,
            404 if says(ProblemCode::UnknownCustomer) => RelayFailure::UnknownCustomer,
            408 | 504 => RelayFailure::Timeout,
            429 => busy,
            409 if says(ProblemCode::SessionState) => RelayFailure::SessionDone,
            409 if says(ProblemCode::HandoffState) => RelayFailure::AtPhone,
            409 if says(ProblemCode::SessionLimit) || says(ProblemCode::PersonLimit) => RelayFailure::SessionLimit,
            409 if says(ProblemCode::VerdictUnknown) => RelayFailure::VerdictUnknown,
            // The same call again asks for the pending verdict.
            409 if says(ProblemCode::VerdictPending) => busy,
            503 if call == Call::Link
                || !self.json && session
                || says(ProblemCode::Overloaded)
                || says(ProblemCode::StorageUnavailable) =>
            {
                busy
            }
            // A retry can't fix a token that the vendor refuses.
            _ if says(ProblemCode::VendorDenied) => RelayFailure::Refused,
            500..=599 => RelayFailure::Failed,
            400..=499 => RelayFailure::Refused,
            _ => RelayFailure::Reply,
        })
    }
}

impl Answer {
    /// Whether it comes from something between the page and the relay. Some statuses mean the same from everybody.
    fn is_foreign(self, session: bool) -> bool {
        !self.json
            && match self.status {
                401 | 408 | 429 | 503 | 504 => false,
                // A plain proxy has no page of its own for the failures of the vendor.
                500..=599 => session,
                _ => true,
            }
    }
}

/// Returns the wait in a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date. `now` is in milliseconds
/// since 1970. `date` converts a date's text to the same unit, or to NaN if it is not a date. A date in the past means
/// no wait.
#[must_use]
pub fn retry_after(text: &str, now: f64, date: impl Fn(&str) -> f64) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let left = date(text) - now;
    left.is_finite().then(|| Duration::from_millis(left.max(0.0) as u64))
}
