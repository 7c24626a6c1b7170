//! The rule that judges the vendor's answer ([`Judgement`]).
//!
//! The rule is strict on purpose. A selfie is verified only if the vendor says so explicitly, rates it as harmless in a
//! word that is understood, and does not contradict itself in the same reply.

use serde::{Deserialize, Serialize};

use crate::json::Json;

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
    /// The status was success, but the vendor's fraud word was `High`.
    Fraud,
    /// The status was success, but the fraud word was missing or not understood.
    Unclear,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::NotMatched, Self::Fraud, Self::Unclear];

    /// Returns the serialised word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotMatched => "not-matched",
            Self::Fraud => "fraud",
            Self::Unclear => "unclear",
        }
    }
}

/// How much of the evidence a verified reply may lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MayBeMissing {
    /// Nothing: there must be a record with a harmless fraud word.
    #[default]
    Nothing,
    /// The fraud word, in a record that is there: the profile of the vendor's API says that the vendor may leave it out.
    FraudWord,
    /// The record: someone who saw the whole reply has already judged it.
    Record,
}

/// The fraud words that do not prevent a success, in lower case. Any other word does.
const HARMLESS: [&str; 2] = ["low", "medium"];

/// What a reply says of fraud, in `data.identity.fraud_detected`.
enum FraudWord {
    /// `data` or `data.identity` is missing.
    NoRecord,
    /// The record lacks the word.
    Missing,
    /// A string.
    Text(String),
    /// There is something else at one of the three places.
    NotUnderstood,
}

impl FraudWord {
    fn of(reply: &impl Json) -> Self {
        let Some(data) = reply.member("data") else { return Self::NoRecord };
        let identity = match data.member("identity") {
            Some(identity) if identity.is_object() => identity,
            None if data.is_object() => return Self::NoRecord,
            _ => return Self::NotUnderstood,
        };
        match identity.member("fraud_detected") {
            None => Self::Missing,
            Some(word) => word.text().map_or(Self::NotUnderstood, Self::Text),
        }
    }

    /// Returns the reason to reject a success, or `None`.
    fn objection(&self, may_be_missing: MayBeMissing) -> Option<Reason> {
        match self {
            Self::Text(word) => {
                let is = |known: &str| word.trim().eq_ignore_ascii_case(known);
                if HARMLESS.into_iter().any(is) {
                    None
                } else if is("high") {
                    Some(Reason::Fraud)
                } else {
                    Some(Reason::Unclear)
                }
            }
            Self::Missing if may_be_missing >= MayBeMissing::FraudWord => None,
            Self::NoRecord if may_be_missing >= MayBeMissing::Record => None,
            Self::Missing | Self::NoRecord | Self::NotUnderstood => Some(Reason::Unclear),
        }
    }
}

/// Whether a selfie is verified, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Judgement {
    /// Verified or not.
    pub outcome: Outcome,
    /// Why it was rejected; `None` if verified.
    pub reason: Option<Reason>,
}

impl Judgement {
    /// Creates the judgement with this reason to reject, or with none.
    #[must_use]
    pub fn because(reason: Option<Reason>) -> Self {
        let outcome = if reason.is_none() { Outcome::Verified } else { Outcome::Rejected };
        Self { outcome, reason }
    }

    /// Judges the vendor's reply. It is [`Outcome::Verified`] if `status` is exactly `"success"`, and
    /// `data.identity.fraud_detected` is `Low` or `Medium`, in any case and with any white space around it.
    ///
    /// `High` is [`Reason::Fraud`]. Anything else that is there is [`Reason::Unclear`], also if `data` or `identity` is
    /// not an object. So is a word or a record that is missing, unless it may be missing.
    #[must_use]
    pub fn of(reply: &impl Json, may_be_missing: MayBeMissing) -> Self {
        let success = reply.member("status").and_then(|status| status.text()).is_some_and(|status| status == "success");
        Self::because(if success { FraudWord::of(reply).objection(may_be_missing) } else { Some(Reason::NotMatched) })
    }

    /// Judges the answer of a relay with sessions. It has judged the vendor's reply and says the result in `outcome` and
    /// `reason`. It may leave the record out, but must not contradict itself.
    ///
    /// Without `outcome`, the answer is judged like the vendor's own.
    #[must_use]
    pub fn of_page_reply(reply: &impl Json) -> Self {
        let Some(outcome) = reply.member("outcome") else { return Self::of(reply, MayBeMissing::Nothing) };
        let reason = reply.member("reason");
        match outcome.text().as_deref() {
            Some("verified") if reason.is_none() => Self::of(reply, MayBeMissing::Record),
            Some("rejected") => {
                let word = reason.map(|reason| reason.text().unwrap_or_default());
                let known = |word: &str| Reason::ALL.into_iter().find(|reason| reason.as_str() == word);
                Self::because(Some(word.map_or(Reason::NotMatched, |word| known(&word).unwrap_or(Reason::Unclear))))
            }
            _ => Self::because(Some(Reason::Unclear)),
        }
    }

    /// Whether the selfie was verified.
    #[must_use]
    pub fn is_verified(self) -> bool {
        self.outcome == Outcome::Verified
    }
}
