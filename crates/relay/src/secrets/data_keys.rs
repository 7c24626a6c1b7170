//! Encrypts personal data for the database ([`DataKeys`]) with XChaCha20-Poly1305. The database never gets the key.
//! Each value is bound to its row, as additional authenticated data, so it can't be moved to another row.
//!
//! Format of an encrypted value: the byte 1 (the format's version), the length of the key's id in one byte, the id, a
//! nonce of 24 bytes, the ciphertext, and a tag of 16 bytes.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use orion::hazardous::aead::xchacha20poly1305::{Nonce, SecretKey, XChaCha20Poly1305};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entries;

/// The environment variable that can hold the keys.
pub const KEYS_VARIABLE: &str = "AKIBA_DATA_KEYS";

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// Separates the key of the hashes of persons from the key that encrypts.
const PERSON_PURPOSE: &[u8] = b"akiba-relay person 1";

/// Keys that encrypt personal data. The first key encrypts; every key decrypts.
pub struct DataKeys(RwLock<Arc<Vec<Key>>>);

/// The id of a key, and the key.
type Key = (String, SecretKey);

/// Why the keys can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataKeysError {
    /// There is no key.
    #[error("there is no data key")]
    Empty,
    /// The entry with this number, counted from 1, is not of the form `id:key`.
    #[error("data key {0} must be ID:BASE64 with 32 bytes of base64")]
    NotAKey(usize),
    /// The entry with this number has the id of an earlier key.
    #[error("data key {0} has the id of an earlier data key")]
    Twice(usize),
    /// The key that encrypts now is not among the new ones.
    #[error("the first data key in use is missing: put the new key first, and drop the old one afterwards")]
    Dropped,
}

/// A value can't be encrypted or decrypted: its key is missing, or the value is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored value can't be decrypted: its data key is missing, or the value is damaged")]
pub struct SealError;

impl DataKeys {
    /// Parses keys of the form `id:base64`, separated by white space or commas.
    ///
    /// # Errors
    /// [`DataKeysError`].
    pub fn read(text: &SecretString) -> Result<Self, DataKeysError> {
        let mut keys: Vec<Key> = Vec::new();
        for (index, entry) in entries(text.expose_secret()).enumerate() {
            let wrong = DataKeysError::NotAKey(index + 1);
            let (id, key) = entry.split_once(':').ok_or(wrong)?;
            let key = BASE64_STANDARD.decode(key).map_err(|_| wrong)?;
            let key: [u8; 32] = key.try_into().map_err(|_| wrong)?;
            if id.is_empty() || id.len() > 32 {
                return Err(wrong);
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(DataKeysError::Twice(index + 1));
            }
            keys.push((id.to_owned(), SecretKey::from(key)));
        }
        if keys.is_empty() { Err(DataKeysError::Empty) } else { Ok(Self(RwLock::new(Arc::new(keys)))) }
    }

    /// Puts other keys in force. The key that encrypts now must be among them, or values that were just written could not
    /// be decrypted.
    ///
    /// # Errors
    /// [`DataKeysError::Dropped`].
    pub fn replace(&self, other: &Self) -> Result<(), DataKeysError> {
        let (now, next) = (self.current(), other.current());
        let kept = now.first().is_none_or(|first| next.iter().any(|key| key.0 == first.0 && key.1 == first.1));
        if !kept {
            return Err(DataKeysError::Dropped);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    fn current(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Encrypts a value as JSON. It can be decrypted only with the same `place`, such as `sessions/ses_1`.
    ///
    /// # Errors
    /// [`SealError`] if the system's random generator fails.
    pub fn seal<T: Serialize>(&self, value: &T, place: &str) -> Result<Vec<u8>, SealError> {
        self.seal_bytes(&serde_json::to_vec(value).map_err(|_| SealError)?, place)
    }

    /// Decrypts a value that was encrypted for this place.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open<T: DeserializeOwned>(&self, sealed: &[u8], place: &str) -> Result<T, SealError> {
        serde_json::from_slice(&self.open_bytes(sealed, place)?).map_err(|_| SealError)
    }

    /// Decrypts a value and encrypts it again under the first key.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn reseal(&self, sealed: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        self.seal_bytes(&self.open_bytes(sealed, place)?, place)
    }

    /// Returns a keyed hash of a person. It does not reveal the person without the key, and differs from every other use
    /// of the key. It is made with the key whose id sorts first, so it does not depend on the order of the keys: while keys
    /// are rotated, relays have them in different orders.
    #[must_use]
    pub fn person_hash(&self, parts: &[&str]) -> Vec<u8> {
        let keys = self.current();
        let key = keys.iter().min_by(|(a, _), (b, _)| a.cmp(b)).map_or(&[][..], |(_, key)| key.unprotected_as_ref());
        let own = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), PERSON_PURPOSE);
        let mut hash = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()));
        for part in parts {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.sign().as_ref().to_vec()
    }

    /// Returns the bytes with which every value under the first key begins.
    ///
    /// # Errors
    /// [`SealError`] if there is no key.
    pub fn key_prefix(&self) -> Result<Vec<u8>, SealError> {
        let keys = self.current();
        Self::prefix(keys.first().ok_or(SealError)?)
    }

    fn prefix((id, _): &Key) -> Result<Vec<u8>, SealError> {
        let mut prefix = vec![FORMAT, u8::try_from(id.len()).map_err(|_| SealError)?];
        prefix.extend_from_slice(id.as_bytes());
        Ok(prefix)
    }

    /// Returns keyed hashes of a text, one for each key, the first key's first. They tell whether two texts are equal, and
    /// without the keys nothing else. `purpose` separates texts of different kinds.
    #[must_use]
    pub fn tags(&self, purpose: &str, text: &str) -> Vec<Vec<u8>> {
        let tag = |(_, key): &(String, SecretKey)| {
            // A key of its own for each purpose: no key serves two algorithms.
            let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.unprotected_as_ref()), purpose.as_bytes());
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()), text.as_bytes());
            tag.as_ref()[..TAG].to_vec()
        };
        self.current().iter().map(tag).collect()
    }

    fn seal_bytes(&self, plain: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        // One look at the keys: they may be replaced meanwhile.
        let keys = self.current();
        let first = keys.first().ok_or(SealError)?;
        let (_, key) = first;
        let mut nonce = [0; NONCE];
        SystemRandom::new().fill(&mut nonce).map_err(|_| SealError)?;
        let mut sealed = Self::prefix(first)?;
        sealed.extend_from_slice(&nonce);
        let start = sealed.len();
        sealed.resize(start + plain.len() + TAG, 0);
        let ciphertext = sealed.get_mut(start..).ok_or(SealError)?;
        XChaCha20Poly1305::seal(key, &Nonce::from(nonce), plain, Some(place.as_bytes()), ciphertext)
            .map_err(|_| SealError)?;
        Ok(sealed)
    }

    fn open_bytes(&self, sealed: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        let [FORMAT, length, rest @ ..] = sealed else { return Err(SealError) };
        let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or(SealError)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let keys = self.current();
        let (_, key) = keys.iter().find(|(other, _)| other.as_bytes() == id).ok_or(SealError)?;
        let mut plain = vec![0; ciphertext.len().checked_sub(TAG).ok_or(SealError)?];
        XChaCha20Poly1305::open(key, &Nonce::from(*nonce), ciphertext, Some(place.as_bytes()), &mut plain)
            .map_err(|_| SealError)?;
        Ok(plain)
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.current().iter().map(|(id, _)| id)).finish()
    }
}

/// Returns a new key with this id. Returns `None` if the system's random generator fails.
#[must_use]
pub fn new_key(id: &str) -> Option<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(format!("{id}:{}", BASE64_STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::{DataKeys, DataKeysError, SealError, new_key};

    fn keys(entries: &[&str]) -> DataKeys {
        DataKeys::read(&entries.join(",").into()).unwrap()
    }

    #[test]
    fn a_value_decrypts_only_in_its_own_place() {
        let keys = keys(&[&new_key("a").unwrap()]);
        let sealed = keys.seal(&"8001015009087", "sessions/1").unwrap();
        assert!(!sealed.windows(13).any(|window| window == b"8001015009087"));
        assert_eq!(keys.open::<String>(&sealed, "sessions/1").as_deref(), Ok("8001015009087"));
        assert_eq!(keys.open::<String>(&sealed, "sessions/2"), Err(SealError));
        assert_ne!(
            keys.seal(&"8001015009087", "sessions/1").unwrap(),
            sealed,
            "two encryptions of a value must differ"
        );
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(keys.open::<String>(&changed, "sessions/1"), Err(SealError), "{index}");
            assert_eq!(keys.open::<String>(&sealed[..index], "sessions/1"), Err(SealError), "{index}");
        }
    }

    #[test]
    fn the_hash_of_a_person_needs_the_key_and_survives_a_new_key() {
        let (old, new) = (new_key("2025").unwrap(), new_key("2026").unwrap());
        let person = ["bank", "1", "8001015009087"];
        let hash = keys(&[&old]).person_hash(&person);
        // The two steps of a rotation: the new key is added last, and then put first.
        assert_eq!(keys(&[&old, &new]).person_hash(&person), hash);
        assert_eq!(keys(&[&new, &old]).person_hash(&person), hash);
        assert_ne!(keys(&[&new]).person_hash(&person), hash);
        for other in [["bank1", "", "8001015009087"], ["other", "1", "8001015009087"], ["bank", "2", "8001015009087"]] {
            assert_ne!(keys(&[&old]).person_hash(&other), hash, "{other:?}");
        }
    }

    #[test]
    fn old_data_decrypts_after_a_key_rotation() {
        let (old, new) = (new_key("2025").unwrap(), new_key("2026").unwrap());
        let sealed = keys(&[&old]).seal(&1, "x").unwrap();
        let both = keys(&[&new, &old]);
        assert_eq!(both.open::<u8>(&sealed, "x"), Ok(1));
        let newer = both.seal(&2, "x").unwrap();
        assert_eq!(keys(&[&new]).open::<u8>(&newer, "x"), Ok(2));
        assert_eq!(keys(&[&new]).open::<u8>(&sealed, "x"), Err(SealError));
    }

    #[test]
    fn invalid_keys_are_rejected_and_debug_output_hides_keys() {
        let key = new_key("a").unwrap();
        assert_eq!(DataKeys::read(&"# none".to_owned().into()).err(), Some(DataKeysError::Empty));
        for (wrong, error) in [
            ("secret", DataKeysError::NotAKey(2)),
            ("b:AAAA", DataKeysError::NotAKey(2)),
            (":AAAA", DataKeysError::NotAKey(2)),
            (&key, DataKeysError::Twice(2)),
        ] {
            assert_eq!(DataKeys::read(&format!("{key}\n{wrong}").into()).err(), Some(error), "{wrong}");
        }
        assert_eq!(format!("{:?}", keys(&[&key])), r#"["a"]"#);
    }
}
