//! Proofs of verdicts ([`Statement`], [`Proofs`]). A proof is a signed JWT that a page can hand to its back end, which
//! checks it with any JWT library and the relay's public keys. It holds no personal data.
//!
//! - [`settings`]: the operator's settings.

pub mod settings;

use akiba_protocol::{Outcome, Reason};
use serde::{Deserialize, Serialize};

use crate::secrets::proof_keys::{KeySet, ProofKeys, SignError};

/// The `typ` of a proof. A token of another type that one of the keys has signed is not a proof.
pub const TYPE: &str = "akiba-verdict+jwt";

/// How long a proof is valid, in seconds. It only has to reach the back end.
const LIFE: i64 = 300;

/// What a proof says about a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The name of the API key that created the session: the back end that the proof is for.
    pub aud: String,
    /// The id of the session.
    pub sub: String,
    /// The id of this statement. Two proofs with the same id say the same, except for their times.
    pub jti: String,
    /// The host's own reference for the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Verified or rejected.
    pub outcome: Outcome,
    /// Why the selfie was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether this verdict is the last one.
    #[serde(rename = "final")]
    pub is_final: bool,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    #[serde(flatten)]
    statement: &'a Statement,
    iat: i64,
    exp: i64,
}

/// Signs proofs.
#[derive(Debug)]
pub struct Proofs {
    keys: ProofKeys,
    issuer: String,
}

impl Proofs {
    /// Signs with these keys, in the name of this issuer.
    #[must_use]
    pub fn new(keys: ProofKeys, issuer: String) -> Self {
        Self { keys, issuer }
    }

    /// Puts other keys in force.
    pub fn replace_keys(&self, keys: &ProofKeys) {
        self.keys.replace(keys);
    }

    /// Signs a statement. The proof is valid for some minutes from `now`, in milliseconds.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, statement: &Statement, now: i64) -> Result<String, SignError> {
        let iat = now.div_euclid(1_000);
        self.keys.sign(TYPE, &Claims { iss: &self.issuer, statement, iat, exp: iat.saturating_add(LIFE) })
    }

    /// Returns the public keys.
    #[must_use]
    pub fn public_keys(&self) -> KeySet {
        self.keys.public()
    }
}
