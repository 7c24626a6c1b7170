//! Encryption of what the database keeps about people ([`DataKeys`]): XChaCha20-Poly1305, bound to the row that it
//! stands in, under a key that the database never sees.
//!
//! A sealed value is: the format's number 1, the length of the key's id, the id, a nonce of 24 bytes, and the ciphertext
//! with its tag.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use orion::hazardous::aead::xchacha20poly1305::{Nonce, SecretKey, XChaCha20Poly1305};
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

/// Keys of the database's personal fields: the first seals, all open.
pub struct DataKeys(Vec<(String, SecretKey)>);

/// Why there are no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataKeysError {
    /// No key at all.
    #[error("there is no data key")]
    Empty,
    /// An entry that is no `id:key`; it is counted from 1.
    #[error("data key {0} must be ID:BASE64 with 32 bytes of base64")]
    NotAKey(usize),
    /// Two keys of one id.
    #[error("data key {0} has the id of an earlier data key")]
    Twice(usize),
}

/// A value can't be sealed or opened: its key is not there, or it is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored value can't be decrypted: its data key is missing, or the value is damaged")]
pub struct SealError;

impl DataKeys {
    /// Reads keys, written `id:base64` and parted by white space or commas.
    ///
    /// # Errors
    /// [`DataKeysError`].
    pub fn read(text: &SecretString) -> Result<Self, DataKeysError> {
        let mut keys: Vec<(String, SecretKey)> = Vec::new();
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
        if keys.is_empty() { Err(DataKeysError::Empty) } else { Ok(Self(keys)) }
    }

    /// Seals a value as JSON, for one place alone.
    ///
    /// # Errors
    /// [`SealError`] when the system has no randomness.
    pub fn seal<T: Serialize>(&self, value: &T, place: &str) -> Result<Vec<u8>, SealError> {
        self.seal_bytes(&serde_json::to_vec(value).map_err(|_| SealError)?, place)
    }

    /// Opens a sealed value of this place.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open<T: DeserializeOwned>(&self, sealed: &[u8], place: &str) -> Result<T, SealError> {
        serde_json::from_slice(&self.open_bytes(sealed, place)?).map_err(|_| SealError)
    }

    /// Seals a sealed value again, under the first key.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn reseal(&self, sealed: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        self.seal_bytes(&self.open_bytes(sealed, place)?, place)
    }

    /// How every value begins that is sealed under the first key.
    ///
    /// # Errors
    /// [`SealError`] when there is no key.
    pub fn key_prefix(&self) -> Result<Vec<u8>, SealError> {
        let (id, _) = self.0.first().ok_or(SealError)?;
        let mut head = vec![FORMAT, u8::try_from(id.len()).map_err(|_| SealError)?];
        head.extend_from_slice(id.as_bytes());
        Ok(head)
    }

    fn seal_bytes(&self, plain: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        let (_, key) = self.0.first().ok_or(SealError)?;
        let mut nonce = [0; NONCE];
        SystemRandom::new().fill(&mut nonce).map_err(|_| SealError)?;
        let mut sealed = self.key_prefix()?;
        sealed.extend_from_slice(&nonce);
        let head = sealed.len();
        sealed.resize(head + plain.len() + TAG, 0);
        let out = sealed.get_mut(head..).ok_or(SealError)?;
        XChaCha20Poly1305::seal(key, &Nonce::from(nonce), plain, Some(place.as_bytes()), out).map_err(|_| SealError)?;
        Ok(sealed)
    }

    fn open_bytes(&self, sealed: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        let [FORMAT, length, rest @ ..] = sealed else { return Err(SealError) };
        let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or(SealError)?;
        let (nonce, secret) = rest.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let (_, key) = self.0.iter().find(|(other, _)| other.as_bytes() == id).ok_or(SealError)?;
        let mut plain = vec![0; secret.len().checked_sub(TAG).ok_or(SealError)?];
        XChaCha20Poly1305::open(key, &Nonce::from(*nonce), secret, Some(place.as_bytes()), &mut plain)
            .map_err(|_| SealError)?;
        Ok(plain)
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

/// A new key under this id; `None` when the system has no randomness.
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
    fn what_is_sealed_opens_in_its_place_alone() {
        let keys = keys(&[&new_key("a").unwrap()]);
        let sealed = keys.seal(&"8001015009087", "sessions/1").unwrap();
        assert!(!sealed.windows(13).any(|window| window == b"8001015009087"));
        assert_eq!(keys.open::<String>(&sealed, "sessions/1").as_deref(), Ok("8001015009087"));
        assert_eq!(keys.open::<String>(&sealed, "sessions/2"), Err(SealError));
        assert_ne!(keys.seal(&"8001015009087", "sessions/1").unwrap(), sealed, "equal values don't look equal");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(keys.open::<String>(&changed, "sessions/1"), Err(SealError), "{index}");
            assert_eq!(keys.open::<String>(&sealed[..index], "sessions/1"), Err(SealError), "{index}");
        }
    }

    #[test]
    fn keys_are_changed_while_data_is_about() {
        let (old, new) = (new_key("2025").unwrap(), new_key("2026").unwrap());
        let sealed = keys(&[&old]).seal(&1, "x").unwrap();
        let both = keys(&[&new, &old]);
        assert_eq!(both.open::<u8>(&sealed, "x"), Ok(1));
        let newer = both.seal(&2, "x").unwrap();
        assert_eq!(keys(&[&new]).open::<u8>(&newer, "x"), Ok(2));
        assert_eq!(keys(&[&new]).open::<u8>(&sealed, "x"), Err(SealError));
    }

    #[test]
    fn keys_are_checked_and_never_shown() {
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
