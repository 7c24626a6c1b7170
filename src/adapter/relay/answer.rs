//! Pure policy: what an answer of the relay means ([`Answer`]). Every row is tested on the host, in
//! `tests/relay_answer.rs`.
//!
//! The relay of this repository says it by a [`ProblemCode`]. A plain reverse proxy before the vendor's API says it by
//! a status alone, and there the more careful reading counts.

use std::time::Duration;

use crate::flow::RelayFailure;
use akiba_protocol::ProblemCode;

/// Which call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The first: it costs nothing and may be repeated.
    Link,
    /// The second: the vendor may bill it, so only an answer which says that the call may be repeated counts as
    /// [`RelayFailure::Busy`].
    Verify,
}

/// What stands outside an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What `Retry-After` says.
    pub retry_after: Option<Duration>,
}

impl Answer {
    /// Whether the call was answered with what it asked for. `session` tells whether one was sent, `code` is the
    /// code of the [`Problem`](akiba_protocol::Problem) that the answer holds, if it holds one.
    ///
    /// # Errors
    /// [`RelayFailure`] for every status but a 2xx.
    pub fn check(self, call: Call, session: bool, code: Option<&str>) -> Result<(), RelayFailure> {
        if (200..=299).contains(&self.status) {
            return Ok(());
        }
        let says = |wanted: ProblemCode| code == Some(wanted.as_str());
        let busy = RelayFailure::Busy { retry_after: self.retry_after };
        Err(match self.status {
            // With no session there is none to renew: it is the vendor that refuses the proxy's token.
            401 if !session && !says(ProblemCode::Unauthorized) && !says(ProblemCode::SessionExpired) => {
                RelayFailure::Refused
            }
            401 => RelayFailure::Session,
            // Deleted: as good as over.
            404 if says(ProblemCode::UnknownSession) => RelayFailure::Session,
            // Most likely the link is of the session before this one.
            403 if call == Call::Verify && says(ProblemCode::SessionMismatch) => RelayFailure::LinkVoid,
            409 if call == Call::Verify && says(ProblemCode::SessionState) => RelayFailure::LinkVoid,
            403 => RelayFailure::Forbidden,
            404 if says(ProblemCode::UnknownCustomer) => RelayFailure::UnknownCustomer,
            408 | 504 => RelayFailure::Timeout,
            429 => busy,
            409 if says(ProblemCode::SessionState) => RelayFailure::SessionDone,
            409 if says(ProblemCode::SessionLimit) => RelayFailure::SessionLimit,
            409 if says(ProblemCode::VerdictUnknown) => RelayFailure::VerdictUnknown,
            // The same call again asks for the verdict that is on its way.
            409 if says(ProblemCode::VerdictPending) => busy,
            503 if call == Call::Link || says(ProblemCode::Overloaded) || says(ProblemCode::StorageUnavailable) => busy,
            // Trying again does not mend a token that the vendor refuses.
            _ if says(ProblemCode::VendorDenied) => RelayFailure::Refused,
            500..=599 => RelayFailure::Failed,
            400..=499 => RelayFailure::Refused,
            _ => RelayFailure::Reply,
        })
    }
}

/// The wait that a `Retry-After` names (RFC 9110, section 10.2.3): seconds, or a date. `now` is in milliseconds since
/// 1970, as is what `date` makes of a date's text (not a number where it is none). A date that is over is no wait.
#[must_use]
pub fn retry_after(text: &str, now: f64, date: impl Fn(&str) -> f64) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let left = date(text) - now;
    left.is_finite().then(|| Duration::from_millis(left.max(0.0) as u64))
}
