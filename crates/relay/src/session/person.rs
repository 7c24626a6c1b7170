//! Limits the attempts of a person over all sessions ([`Sessions::check_attempts`]), for a back end that creates one session
//! after the other.

use akiba_protocol::{CustomerType, ProblemCode};

use super::Sessions;
use crate::error::RelayError;

/// The limit of the attempts of one person.
#[derive(Clone, Copy, Debug)]
pub(super) struct PersonLimit {
    pub(super) attempts: i64,
    /// In milliseconds.
    pub(super) window: i64,
}

impl Sessions {
    /// Returns the keyed hash by which a person of a back end is counted. Returns `None` if there is no limit.
    pub(super) fn person(&self, api_key: &str, kind: CustomerType, identifier: &str) -> Option<Vec<u8>> {
        self.limits.person?;
        let kind = match kind {
            CustomerType::Individual => "1",
            CustomerType::Business => "2",
        };
        Some(self.data_keys.person_hash(&[api_key, kind, identifier.trim()]))
    }

    /// Fails if a person has used up the attempts.
    ///
    /// # Errors
    /// [`ProblemCode::PersonLimit`].
    pub(super) async fn check_attempts(
        &self,
        api_key: &str,
        kind: CustomerType,
        identifier: &str,
    ) -> Result<(), RelayError> {
        let person = self.person(api_key, kind, identifier);
        let Some((person, limit)) = person.zip(self.limits.person) else { return Ok(()) };
        let attempts = self.store.attempts_of(&person, self.clock.now()).await?;
        if attempts < limit.attempts { Ok(()) } else { Err(RelayError::new(ProblemCode::PersonLimit)) }
    }
}
