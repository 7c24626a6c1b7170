//! A verify reply with its judgement ([`Verdict`]). The rule is in [`judgement`](crate::judgement).

use serde::Deserialize;
use serde_json::Value;

use crate::judgement::{Judgement, MayBeMissing, Outcome, Reason};
use crate::unique_keys::UniqueKeys;
use crate::verify::{Identity, VerifyReply};

/// A verify reply with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Verified or not.
    pub outcome: Outcome,
    /// Why it was rejected; `None` if verified.
    pub reason: Option<Reason>,
    /// The complete reply.
    pub reply: VerifyReply,
}

impl Verdict {
    /// Judges a reply; see [`Judgement::of`]. It judges the JSON, because [`VerifyReply`] drops fields of a wrong type.
    ///
    /// # Errors
    /// [`serde_json::Error`] if the JSON is not an object.
    pub fn of(reply: &Value, may_be_missing: MayBeMissing) -> Result<Self, serde_json::Error> {
        Ok(Self::new(Judgement::of(&reply, may_be_missing), VerifyReply::deserialize(reply)?))
    }

    /// Parses and judges a reply of the published API, which always holds the fraud word.
    ///
    /// # Errors
    /// [`serde_json::Error`] if it is not JSON, not an object, or has an object with duplicate keys.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let UniqueKeys(reply) = serde_json::from_slice(json)?;
        Self::of(&reply, MayBeMissing::Nothing)
    }

    /// Puts a reply together with its judgement.
    #[must_use]
    pub fn new(Judgement { outcome, reason }: Judgement, reply: VerifyReply) -> Self {
        Self { outcome, reason, reply }
    }

    /// Returns the judgement.
    #[must_use]
    pub fn judgement(&self) -> Judgement {
        Judgement { outcome: self.outcome, reason: self.reason }
    }

    /// Whether the selfie was verified.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.outcome == Outcome::Verified
    }

    /// Returns the identity in the reply, if any.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.reply.data.as_ref()?.identity.as_ref()
    }
}
