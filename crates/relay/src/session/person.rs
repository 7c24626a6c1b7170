//! Limits the attempts of a person over all sessions ([`Sessions::check_attempts`]), for a back end that creates one session
//! after the other.

use akiba_protocol::{CustomerType, ProblemCode};

use super::Sessions;
use crate::error::RelayError;

impl Sessions {
    /// Returns the keyed hash by which a person of a back end is counted. Returns `None` if there is no limit.
    pub(super) fn person(&self, api_key: &str, kind: CustomerType, identifier: &str) -> Option<Vec<u8>> {
        self.limits.person?;
        let kind = match kind {
            CustomerType::Individual => "1",
            CustomerType::Business => "2",
        };
        Some(self.data_keys.person_hash(&[api_key, kind, &normalized(identifier)]))
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

/// Returns an identifier in one spelling. The vendor may find the same person under each spelling, so another one must not
/// begin another count.
fn normalized(identifier: &str) -> String {
    let chars = identifier.chars().filter(|char| !char.is_whitespace() && !matches!(char, '-' | '/' | '.'));
    chars.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn spellings_of_one_identifier_are_one_person() {
        for spelling in ["a123 456", " A123456\t", "A 123-456", "a123\u{a0}456", "a.123/456"] {
            assert_eq!(normalized(spelling), "A123456", "{spelling}");
        }
        assert_ne!(normalized("A123457"), "A123456");
    }
}
