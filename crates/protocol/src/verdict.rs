//! What a verify reply amounts to ([`Verdict`]).
//!
//! The rule is strict on purpose: a selfie counts as verified only where the vendor says so in as many words, and does
//! not contradict itself in the same reply.

use serde::{Deserialize, Serialize};

use crate::verify::{Identity, VerifyReply};

/// Verified or not. There is no third: what is not an explicit success is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The vendor says that the selfie and the record show one person.
    Verified,
    /// Everything else.
    Rejected,
}

impl Outcome {
    /// The word for it, as it is serialised.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Rejected => "rejected",
        }
    }
}

/// Why a selfie was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The vendor gave another status than success, or none.
    NotMatched,
    /// The status was success, but the vendor's own fraud word for the selfie was `High`.
    Fraud,
}

impl Reason {
    /// The word for it, as it is serialised.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotMatched => "not-matched",
            Self::Fraud => "fraud",
        }
    }
}

/// The two words that decide, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Judgement {
    /// Verified or not.
    pub outcome: Outcome,
    /// Why not; `None` when verified.
    pub reason: Option<Reason>,
}

impl Judgement {
    /// Judges a reply by its `status` and its identity's `fraud_detected`: [`Outcome::Verified`] if the first is exactly
    /// `"success"` and the second is not `High`, in capitals or not. A missing `fraud_detected` counts as not
    /// `High`, and so does one that is no string, as [`Identity`] drops a known field of a wrong type.
    #[must_use]
    pub fn of(status: Option<&str>, fraud_detected: Option<&str>) -> Self {
        let fraud = fraud_detected.is_some_and(|word| word.trim().eq_ignore_ascii_case("high"));
        let reason = match status {
            Some("success") if fraud => Some(Reason::Fraud),
            Some("success") => None,
            _ => Some(Reason::NotMatched),
        };
        let outcome = match reason {
            None => Outcome::Verified,
            Some(_) => Outcome::Rejected,
        };
        Self { outcome, reason }
    }

    /// Whether the selfie was verified.
    #[must_use]
    pub fn is_verified(self) -> bool {
        self.outcome == Outcome::Verified
    }
}

/// A verify reply, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Verified or not.
    pub outcome: Outcome,
    /// Why not; `None` when verified.
    pub reason: Option<Reason>,
    /// The reply that was judged, whole.
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

    /// The identity in the reply, if there is one.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.reply.data.as_ref()?.identity.as_ref()
    }
}
