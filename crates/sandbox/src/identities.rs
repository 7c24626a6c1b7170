//! The test identities ([`Scenario`], [`TestIdentity`]): identifiers that force an outcome, like the test cards of payment
//! sandboxes.
//!
//! [`TABLE`] is their only source; a test compares the documentation with it. They have the thirteen digits of a South
//! African identity number but begin with an impossible date of birth (year 00, month 00), so they belong to nobody.

use crate::selfie::Flaw;

/// What the sandbox does with an identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// The photo decides: exactly one face that is not too dark matches the record. All identifiers outside the table
    /// behave this way.
    #[default]
    Photo,
    /// The selfie matches the record, whatever it shows.
    Verified,
    /// The selfie does not match the record.
    NotMatched,
    /// The selfie matches, but the vendor's fraud level is `High`.
    HighFraud,
    /// The selfie matches, but the vendor's fraud word is not one that the reference knows.
    UnclearFraud,
    /// The link call answers 503.
    LinkDown,
    /// The verify call answers 500.
    VerifyDown,
    /// Both calls answer late.
    Slow,
    /// The first link of each verification has expired when it is issued.
    ExpiredOnce,
    /// Every link has expired when it is issued.
    ExpiredAlways,
    /// S3 answers the first two uploads to each link with 503 `SlowDown`.
    BusyStorage,
    /// The link call answers 404.
    UnknownCustomer,
    /// The link call answers 401, as if the token were wrong.
    TokenRefused,
    /// The selfie is rejected for a flaw, whether the photo has it or not.
    Flawed(Flaw),
}

/// One row of [`TABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestIdentity {
    /// The identifier, for a person and for a company.
    pub id: &'static str,
    /// The short name in the documentation.
    pub name: &'static str,
    /// What the sandbox does.
    pub scenario: Scenario,
    /// The same as a sentence, for the documentation.
    pub what_happens: &'static str,
}

/// Every test identity.
pub const TABLE: [TestIdentity; 15] = [
    TestIdentity {
        id: "0000000000001",
        name: "verified",
        scenario: Scenario::Verified,
        what_happens: "The selfie is verified: fraud score 0.04 (`Low`), confidence 0.97.",
    },
    TestIdentity {
        id: "0000000000002",
        name: "not-matched",
        scenario: Scenario::NotMatched,
        what_happens: "The selfie is rejected: status `failed`, confidence 0.12.",
    },
    TestIdentity {
        id: "0000000000003",
        name: "high-fraud",
        scenario: Scenario::HighFraud,
        what_happens: "The selfie is rejected: status `success`, but fraud score 0.92 (`High`).",
    },
    TestIdentity {
        id: "0000000000004",
        name: "link-down",
        scenario: Scenario::LinkDown,
        what_happens: "The link call answers 503, every time.",
    },
    TestIdentity {
        id: "0000000000005",
        name: "verify-down",
        scenario: Scenario::VerifyDown,
        what_happens: "The link call and the upload work; the verify call answers 500, every time.",
    },
    TestIdentity {
        id: "0000000000006",
        name: "slow",
        scenario: Scenario::Slow,
        what_happens: "Both calls answer after 5 s (`--slow-seconds`); then the selfie is verified.",
    },
    TestIdentity {
        id: "0000000000007",
        name: "expired-link",
        scenario: Scenario::ExpiredOnce,
        what_happens: "The first link of each verification is already expired (S3: 403 `AccessDenied`); the next one works, and the selfie is verified.",
    },
    TestIdentity {
        id: "0000000000008",
        name: "expired-always",
        scenario: Scenario::ExpiredAlways,
        what_happens: "Every link is already expired (S3: 403 `AccessDenied`).",
    },
    TestIdentity {
        id: "0000000000009",
        name: "busy-storage",
        scenario: Scenario::BusyStorage,
        what_happens: "S3 answers the first two uploads to each link with 503 `SlowDown` and takes the third; the selfie is verified.",
    },
    TestIdentity {
        id: "0000000000010",
        name: "unknown-customer",
        scenario: Scenario::UnknownCustomer,
        what_happens: "The link call answers 404.",
    },
    TestIdentity {
        id: "0000000000011",
        name: "token-refused",
        scenario: Scenario::TokenRefused,
        what_happens: "The link call answers 401 with an empty body, as for a wrong token.",
    },
    TestIdentity {
        id: "0000000000012",
        name: "no-face",
        scenario: Scenario::Flawed(Flaw::NoFace),
        what_happens: "The selfie is rejected: status `failed`, as if no face were in it.",
    },
    TestIdentity {
        id: "0000000000013",
        name: "several-faces",
        scenario: Scenario::Flawed(Flaw::SeveralFaces),
        what_happens: "The selfie is rejected: status `failed`, as if more than one face were in it.",
    },
    TestIdentity {
        id: "0000000000014",
        name: "dark",
        scenario: Scenario::Flawed(Flaw::Dark),
        what_happens: "The selfie is rejected: status `failed`, as if the face were too dark.",
    },
    TestIdentity {
        id: "0000000000015",
        name: "unclear-fraud",
        scenario: Scenario::UnclearFraud,
        what_happens: "The selfie is rejected: status `success`, but an unknown fraud word (`Very High`).",
    },
];

impl Scenario {
    /// Returns the scenario of an identifier: [`Scenario::Photo`] if it is not in the table.
    #[must_use]
    pub fn of(identifier: &str) -> Self {
        TABLE.iter().find(|row| row.id == identifier).map_or_else(Self::default, |row| row.scenario)
    }

    /// Returns the flaw of the selfie, if any. Only [`Scenario::Photo`] calls `look` to find out.
    #[must_use]
    pub fn flaw(self, look: impl FnOnce() -> Option<Flaw>) -> Option<Flaw> {
        match self {
            Self::Photo => look(),
            Self::Flawed(flaw) => Some(flaw),
            _ => None,
        }
    }

    /// Returns the number of uploads that S3 answers with 503 `SlowDown` before it accepts one.
    #[must_use]
    pub fn failed_uploads(self) -> u32 {
        if self == Self::BusyStorage { 2 } else { 0 }
    }
}
