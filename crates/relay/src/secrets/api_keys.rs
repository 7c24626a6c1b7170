//! The API keys of the host's back ends ([`ApiKeys`]). The settings hold only a name and the key's SHA-256, so they do
//! not reveal the key. A key has 256 random bits, so a fast hash is enough.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use orion::util::secure_cmp;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};

use super::entries;

/// Prefix of every generated key, so that scanners for leaked secrets can recognise it.
const PREFIX: &str = "akr_";

/// Maximum length of a key. Longer ones are rejected without hashing.
const LONGEST: usize = 256;

/// Minimum length of a key: 32 hexadecimal digits are 128 bits.
const SHORTEST: usize = 32;

/// Minimum number of different characters. Of 32 random hexadecimal digits, fewer are as rare as one in a million.
const FEWEST_DISTINCT: usize = 8;

/// The name and the hash of a key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    name: String,
    hash: [u8; 32],
}

/// The text is not of the form `name=sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be NAME=SHA256: a name of letters, digits, - and _, and the key's SHA-256 in 64 hex digits")]
pub struct NotAnApiKey;

impl ApiKey {
    /// Returns the name. Several keys can have the same name: they belong to one back end.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for ApiKey {
    type Err = NotAnApiKey;

    fn from_str(text: &str) -> Result<Self, NotAnApiKey> {
        let (name, hex) = text.split_once('=').ok_or(NotAnApiKey)?;
        let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) || hex.len() != 64 {
            return Err(NotAnApiKey);
        }
        let mut hash = [0; 32];
        for (byte, digits) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| NotAnApiKey)?;
            if digits.starts_with('+') {
                return Err(NotAnApiKey);
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NotAnApiKey)?;
        }
        Ok(Self { name: name.to_owned(), hash })
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApiKey").field(&self.name).finish()
    }
}

/// All API keys.
#[derive(Debug)]
pub struct ApiKeys(RwLock<Arc<Vec<ApiKey>>>);

/// Why the keys can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeysError {
    /// There is no key.
    #[error("there is no API key")]
    Empty,
    /// The entry with this number, counted from 1, is not a key.
    #[error("API key {0}: {NotAnApiKey}")]
    NotAKey(usize),
}

impl ApiKeys {
    /// Gathers keys.
    #[must_use]
    pub fn new(keys: Vec<ApiKey>) -> Self {
        Self(RwLock::new(Arc::new(keys)))
    }

    /// Parses keys of the form `name=sha256`, separated by white space or commas.
    ///
    /// # Errors
    /// [`ApiKeysError`].
    pub fn read(text: &SecretString) -> Result<Self, ApiKeysError> {
        let parse = |(number, entry): (usize, &str)| entry.parse().map_err(|_| ApiKeysError::NotAKey(number));
        let keys = (1..).zip(entries(text.expose_secret())).map(parse).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(ApiKeysError::Empty) } else { Ok(Self::new(keys)) }
    }

    /// Puts other keys in force.
    pub fn replace(&self, other: &Self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = other.current();
    }

    fn current(&self) -> Arc<Vec<ApiKey>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the name of a key, or `None` if the key is unknown.
    #[must_use]
    pub fn name_of(&self, sent: &str) -> Option<String> {
        name_of(&self.current(), sent).map(str::to_owned)
    }

    /// Returns the names. Keys of one name belong to one back end.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        self.current().iter().map(|key| key.name.clone()).collect()
    }
}

/// Returns the name of a key, or `None` if the key is unknown. Compares with every hash, each in constant time.
fn name_of<'a>(list: &'a [ApiKey], sent: &str) -> Option<&'a str> {
    if sent.len() > LONGEST || is_weak(sent) {
        return None;
    }
    let hash = digest(&SHA256, sent.as_bytes());
    list.iter().fold(None, |found, key| match secure_cmp(&key.hash, hash.as_ref()) {
        Ok(()) => Some(key.name.as_str()),
        Err(_) => found,
    })
}

/// Returns whether a key could be guessed. The settings hold only its hash, so a weak key is noticed when it is used. A
/// generated key has 47 characters, of which about 35 differ.
#[must_use]
pub fn is_weak(key: &str) -> bool {
    let distinct: BTreeSet<char> = key.chars().collect();
    key.len() < SHORTEST || distinct.len() < FEWEST_DISTINCT
}

/// Returns a new key, and its value for the settings under this name. Returns `None` if the system's random generator
/// fails.
#[must_use]
pub fn new_key(name: &str) -> Option<(String, String)> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    let key = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let hash: String = digest(&SHA256, key.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Some((key, format!("{name}={hash}")))
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, NotAnApiKey, name_of, new_key};

    #[test]
    fn a_key_is_recognised_by_its_hash() {
        let (first, first_setting) = new_key("first").unwrap();
        let (second, second_setting) = new_key("second").unwrap();
        let list: Vec<ApiKey> = vec![first_setting.parse().unwrap(), second_setting.parse().unwrap()];
        assert_eq!(name_of(&list, &first), Some("first"));
        assert_eq!(name_of(&list, &second), Some("second"));
        for wrong in ["", "first", &first_setting, &first[1..], &format!("{first} "), &"x".repeat(10_000)] {
            assert_eq!(name_of(&list, wrong), None, "{wrong:.40}");
        }
        assert!(!format!("{list:?}").contains(first_setting.split_once('=').unwrap().1));
    }

    #[test]
    fn a_weak_key_opens_nothing() {
        let setting = |key: &str| {
            let hash = super::digest(&super::SHA256, key.as_bytes());
            let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            vec![format!("bank={hex}").parse::<ApiKey>().unwrap()]
        };
        for weak in ["", "secret", "correct horse battery staple 12", &"a".repeat(64), &"ab12".repeat(16)] {
            assert_eq!(name_of(&setting(weak), weak), None, "{weak}");
        }
        // In the forms of `openssl rand -hex 16` and `uuidgen`.
        for strong in ["9f86d081884c7d659a2feaa0c55ad015", "0197f3a1-c2d3-4e5f-8a9b-0c1d2e3f4a5b"] {
            assert_eq!(name_of(&setting(strong), strong), Some("bank"), "{strong}");
        }
        assert!(!super::is_weak(&new_key("bank").unwrap().0));
    }

    #[test]
    fn the_hash_is_sha_256_in_hex() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let list: Vec<ApiKey> = vec![format!("back-end={abc}").parse().unwrap()];
        assert_eq!(list[0].hash[..3], [0xba, 0x78, 0x16]);
        let short = &abc[1..];
        for wrong in [
            String::new(),
            abc.to_owned(),
            format!("={abc}"),
            format!("a b={abc}"),
            format!("a={short}"),
            format!("a={short}g"),
            format!("a=+{short}"),
            format!("a={}é", &abc[2..]),
        ] {
            assert_eq!(wrong.parse::<ApiKey>(), Err(NotAnApiKey), "{wrong}");
        }
    }
}
