//! Judges the vendor's answer by the two fields that decide ([`Judgement`]).
//!
//! The rule is strict on purpose: a selfie is verified only if the vendor says so explicitly and does not contradict
//! itself in the same reply.

use serde::{Deserialize, Serialize};

/// Verified or rejected. Everything except an explicit success is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The vendor says that the selfie and the record show the same person.
    Verified,
    /// Everything else.
    Rejected,
}

impl Outcome {
    /// Returns the serialised word.
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
    /// The vendor's status was not success, or missing.
    NotMatched,
    /// The status was success, but the vendor's fraud level was `High`.
    Fraud,
}

impl Reason {
    /// Returns the serialised word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotMatched => "not-matched",
            Self::Fraud => "fraud",
        }
    }
}

/// The result of the two fields that decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Judgement {
    /// Verified or not.
    pub outcome: Outcome,
    /// Why it was rejected; `None` if verified.
    pub reason: Option<Reason>,
}

impl Judgement {
    /// Judges a reply by its `status` and its identity's `fraud_detected`: [`Outcome::Verified`] if the first is exactly
    /// `"success"` and the second is not `High` in any case. A missing `fraud_detected` counts as not `High`. So does a
    /// value that is not a string, because [`Identity`](crate::Identity) drops known fields of a wrong type.
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
