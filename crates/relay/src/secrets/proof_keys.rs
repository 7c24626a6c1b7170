//! Signs proofs ([`ProofKeys`]) with Ed25519, as JWS in compact form (RFC 7515, RFC 8037), and publishes the public keys as
//! a JWK Set (RFC 7517, [`KeySet`]). A key's id is the thumbprint of its public key (RFC 7638), so it reveals nothing.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::entries;

/// The environment variable that can hold the keys.
pub const KEYS_VARIABLE: &str = "AKIBA_PROOF_KEYS";

/// Prefix of every key, so that scanners for leaked secrets can recognise it. The rest is the `d` of a JWK.
const PREFIX: &str = "akp_";

const ALGORITHM: &str = "EdDSA";

/// Keys for proofs. The first key signs; all are published.
pub struct ProofKeys(RwLock<Arc<Vec<Key>>>);

struct Key {
    id: String,
    pair: Ed25519KeyPair,
}

/// Why the keys can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofKeysError {
    /// There is no key.
    #[error("there is no proof key")]
    Empty,
    /// The entry with this number, counted from 1, is not a key.
    #[error("proof key {0} must be akp_BASE64URL with 32 bytes of base64url")]
    NotAKey(usize),
    /// The entry with this number is an earlier key again.
    #[error("proof key {0} is an earlier proof key again")]
    Twice(usize),
}

/// A proof could not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proof could not be signed")]
pub struct SignError;

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

/// The public keys, as a JWK Set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "keys": [{
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "use": "sig",
        "alg": "EdDSA",
    }],
}))]
pub struct KeySet {
    /// The keys. A proof's header names its key by `kid`.
    pub keys: Vec<PublicKey>,
}

/// A public key, as a JWK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct PublicKey {
    /// The kind of key.
    #[schema(pattern = "^OKP$")]
    pub kty: String,
    /// The curve.
    #[schema(pattern = "^Ed25519$")]
    pub crv: String,
    /// The public key.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$")]
    pub x: String,
    /// The id of the key: its thumbprint.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$")]
    pub kid: String,
    /// What the key is for.
    #[serde(rename = "use")]
    #[schema(pattern = "^sig$")]
    pub usage: String,
    /// The algorithm.
    #[schema(pattern = "^EdDSA$")]
    pub alg: String,
}

impl ProofKeys {
    /// Parses keys (`akp_…`), separated by white space or commas.
    ///
    /// # Errors
    /// [`ProofKeysError`].
    pub fn read(text: &SecretString) -> Result<Self, ProofKeysError> {
        let mut keys: Vec<Key> = Vec::new();
        for (index, entry) in entries(text.expose_secret()).enumerate() {
            let wrong = ProofKeysError::NotAKey(index + 1);
            let seed = entry.strip_prefix(PREFIX).and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
            let pair = Ed25519KeyPair::from_seed_unchecked(&seed.ok_or(wrong)?).map_err(|_| wrong)?;
            let id = thumbprint(&pair);
            if keys.iter().any(|key| key.id == id) {
                return Err(ProofKeysError::Twice(index + 1));
            }
            keys.push(Key { id, pair });
        }
        if keys.is_empty() { Err(ProofKeysError::Empty) } else { Ok(Self(RwLock::new(Arc::new(keys)))) }
    }

    /// Puts other keys in force.
    pub fn replace(&self, other: &Self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = other.current();
    }

    fn current(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Signs claims with the first key. `typ` says what kind of token it is, so that it can't pass for another kind.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, SignError> {
        let keys = self.current();
        let key = keys.first().ok_or(SignError)?;
        let header = serde_json::to_vec(&Header { alg: ALGORITHM, typ, kid: &key.id }).map_err(|_| SignError)?;
        let claims = serde_json::to_vec(claims).map_err(|_| SignError)?;
        Ok(compact(&key.pair, &header, &claims))
    }

    /// Returns the public keys.
    #[must_use]
    pub fn public(&self) -> KeySet {
        let public = |key: &Key| PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: encoded_public_key(&key.pair),
            kid: key.id.clone(),
            usage: "sig".to_owned(),
            alg: ALGORITHM.to_owned(),
        };
        KeySet { keys: self.current().iter().map(public).collect() }
    }
}

impl fmt::Debug for ProofKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.current().iter().map(|key| &key.id)).finish()
    }
}

fn compact(pair: &Ed25519KeyPair, header: &[u8], payload: &[u8]) -> String {
    let mut token = BASE64_URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut token);
    let signature = pair.sign(token.as_bytes());
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

fn encoded_public_key(pair: &Ed25519KeyPair) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(pair.public_key())
}

/// Returns the SHA-256 thumbprint of a public key: the hash of its required members in the order of their names.
fn thumbprint(pair: &Ed25519KeyPair) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encoded_public_key(pair));
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

/// Returns a new key. Returns `None` if the system's random generator fails.
#[must_use]
pub fn new_key() -> Option<String> {
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).ok()?;
    Some(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(seed)))
}

#[cfg(test)]
mod tests {
    use super::{ProofKeys, ProofKeysError, compact, new_key};

    /// The key of RFC 8037, Appendix A.1.
    const RFC_KEY: &str = "akp_nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

    fn read(text: &str) -> Result<ProofKeys, ProofKeysError> {
        ProofKeys::read(&text.to_owned().into())
    }

    #[test]
    fn keys_and_signatures_match_rfc_8037() {
        let keys = read(RFC_KEY).unwrap();
        let public = &keys.public().keys[0];
        assert_eq!(public.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(public.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "Appendix A.3");
        assert_eq!(
            compact(&keys.current()[0].pair, br#"{"alg":"EdDSA"}"#, b"Example of Ed25519 signing"),
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhij\
             cNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            "Appendix A.4"
        );
    }

    #[test]
    fn the_first_key_signs_and_all_are_published() {
        let (old, new) = (new_key().unwrap(), new_key().unwrap());
        let ids = |keys: &ProofKeys| keys.public().keys.into_iter().map(|key| key.kid).collect::<Vec<_>>();
        let (before, both) = (read(&old).unwrap(), read(&format!("{new}\n{old}")).unwrap());
        assert_eq!(ids(&both)[1], ids(&before)[0]);
        let header = |token: String| {
            let part = token.split('.').next().unwrap().to_owned();
            let json = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, part).unwrap();
            serde_json::from_slice::<serde_json::Value>(&json).unwrap()
        };
        for keys in [before, both] {
            let signed = header(keys.sign("x+jwt", &1).unwrap());
            assert_eq!(signed, serde_json::json!({ "alg": "EdDSA", "typ": "x+jwt", "kid": ids(&keys)[0] }));
        }
    }

    #[test]
    fn invalid_keys_are_rejected_and_no_output_holds_a_key() {
        assert_eq!(read("# none").err(), Some(ProofKeysError::Empty));
        for wrong in ["secret", "akp_", "akp_AAAA", "akp_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", &RFC_KEY[4..]] {
            assert_eq!(read(&format!("{RFC_KEY} {wrong}0")).err(), Some(ProofKeysError::NotAKey(2)), "{wrong}");
        }
        assert_eq!(read(&format!("{RFC_KEY},{RFC_KEY}")).err(), Some(ProofKeysError::Twice(2)));
        let keys = read(RFC_KEY).unwrap();
        let shown = format!("{keys:?} {} {}", keys.sign("x", &1).unwrap(), serde_json::json!(keys.public()));
        assert!(!shown.contains(&RFC_KEY[4..]), "{shown}");
    }
}
