//! What an answer of the relay means ([`Answer`]). Pure, so that every row is tested with no browser.
//!
//! The relay of this repository says it by a [`ProblemCode`]. A plain reverse proxy before the vendor's API says it by
//! a status alone, and there the more careful reading counts.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use serde::Deserialize;

use crate::flow::RelayFailure;

/// Which call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The first: it costs nothing and may be repeated.
    Link,
    /// The second: the vendor may bill it, so only an answer which says that nothing was done counts as
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

/// The part of a [`Problem`](akiba_protocol::Problem) that decides.
#[derive(Deserialize)]
struct Coded {
    code: ProblemCode,
}

impl Answer {
    /// Whether the call was answered with what it asked for. `session` tells whether one was sent, `body` is the
    /// answer's text.
    ///
    /// # Errors
    /// [`RelayFailure`] for every status but a 2xx.
    pub fn check(self, call: Call, session: bool, body: &str) -> Result<(), RelayFailure> {
        if (200..=299).contains(&self.status) {
            return Ok(());
        }
        let code = serde_json::from_str::<Coded>(body).ok().map(|problem| problem.code);
        let busy = RelayFailure::Busy { retry_after: self.retry_after };
        Err(match (self.status, code) {
            // With no session there is none to renew: it is the vendor that refuses the proxy's token.
            (401, None) if !session => RelayFailure::Refused,
            (401, _) => RelayFailure::Session,
            (403, _) => RelayFailure::Forbidden,
            (404, Some(ProblemCode::UnknownCustomer)) => RelayFailure::UnknownCustomer,
            (408 | 504, _) => RelayFailure::Timeout,
            (429, _) | (503, Some(ProblemCode::Overloaded)) => busy,
            (503, _) if call == Call::Link => busy,
            (500..=599, _) => RelayFailure::Failed,
            (400..=499, _) => RelayFailure::Refused,
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
