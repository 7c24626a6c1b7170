//! A verify reply with its judgement ([`Verdict`]). The rule is in [`judgement`](crate::judgement).

use crate::judgement::{Judgement, Outcome, Reason};
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
    /// Judges a reply; see [`Judgement::of`].
    #[must_use]
    pub fn of(reply: VerifyReply) -> Self {
        let fraud = reply
            .data
            .as_ref()
            .and_then(|data| data.identity.as_ref())
            .and_then(|identity| identity.fraud_detected.as_deref());
        let Judgement { outcome, reason } = Judgement::of(reply.status.as_deref(), fraud);
        Self { outcome, reason, reply }
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
