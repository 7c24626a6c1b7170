//! Makes and checks session tokens ([`SessionKeys`]). A token is a PASETO v4.local token: nobody outside the relay can
//! read or change it. Its footer holds the key's PASERK id, so keys can be rotated while tokens are in use.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use pasetors::keys::{Generate, SymmetricKey};
use pasetors::paserk::{FormatAsPaserk, Id};
use pasetors::token::{Local, UntrustedToken};
use pasetors::version4::{LocalToken, V4};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::entries;
use crate::clock::{parse_rfc3339, rfc3339};

/// The environment variable that can hold the keys.
pub const KEYS_VARIABLE: &str = "AKIBA_SESSION_KEYS";

/// Maximum length of a token. The relay's own tokens have about 300 characters.
const LONGEST: usize = 1_024;

/// Implicit assertion of PASETO. It binds a token to this use: a token made with the same key for another use is
/// invalid.
const PURPOSE: &[u8] = b"akiba-relay session 1";

/// The same for the token of a phone. A relay that knows no hand-offs rejects it, and does not take it for a whole session.
const PHONE_PURPOSE: &[u8] = b"akiba-relay phone 1";

/// Keys for session tokens. The first key makes tokens; every key opens them.
pub struct SessionKeys(RwLock<Arc<Vec<Key>>>);

struct Key {
    id: String,
    key: SymmetricKey<V4>,
}

/// Why the keys can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionKeysError {
    /// There is no key.
    #[error("there is no session key")]
    Empty,
    /// The entry with this number, counted from 1, is not a PASERK of a v4.local key.
    #[error("session key {0} must be a PASERK such as k4.local.…")]
    NotAKey(usize),
}

/// Why a token is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a token, it was changed, or its key is unknown.
    #[error("the session token is not valid")]
    Invalid,
    /// It has expired.
    #[error("the session token has expired")]
    Expired {
        /// Who holds it.
        bearer: Bearer,
        /// When it expired, in milliseconds since 1970.
        at: i64,
    },
}

/// Who holds a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The id of the session.
    pub session_id: String,
    /// The hand-off by which a phone got its token. The page that got the session's token has none.
    pub handoff: Option<String>,
}

/// The content of a token: registered claims of PASETO, and the hand-off of a phone.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: String,
    exp: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handoff: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Footer {
    kid: String,
}

impl SessionKeys {
    /// Parses PASERK keys (`k4.local.…`), separated by white space or commas.
    ///
    /// # Errors
    /// [`SessionKeysError`].
    pub fn read(text: &SecretString) -> Result<Self, SessionKeysError> {
        let mut keys = Vec::new();
        for (index, entry) in entries(text.expose_secret()).enumerate() {
            let key = SymmetricKey::<V4>::try_from(entry).map_err(|_| SessionKeysError::NotAKey(index + 1))?;
            let mut id = String::new();
            Id::from(&key).fmt(&mut id).map_err(|_| SessionKeysError::NotAKey(index + 1))?;
            keys.push(Key { id, key });
        }
        if keys.is_empty() { Err(SessionKeysError::Empty) } else { Ok(Self(RwLock::new(Arc::new(keys)))) }
    }

    /// Puts other keys in force. Tokens under keys that are not among them become invalid.
    pub fn replace(&self, other: &Self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = other.current();
    }

    fn current(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the token of a session.
    ///
    /// # Errors
    /// [`SealTokenError`] if the system's random generator fails.
    pub fn seal(&self, session: &str, now: i64, expires_at: i64) -> Result<String, SealTokenError> {
        self.seal_claims(session, None, (now, expires_at))
    }

    /// Makes the token of the phone that has the session by this hand-off.
    ///
    /// # Errors
    /// [`SealTokenError`] if the system's random generator fails.
    pub fn seal_phone(
        &self,
        session: &str,
        handoff: &str,
        now: i64,
        expires_at: i64,
    ) -> Result<String, SealTokenError> {
        self.seal_claims(session, Some(handoff), (now, expires_at))
    }

    fn seal_claims(&self, session: &str, handoff: Option<&str>, life: (i64, i64)) -> Result<String, SealTokenError> {
        let keys = self.current();
        let key = keys.first().ok_or(SealTokenError)?;
        let purpose = if handoff.is_some() { PHONE_PURPOSE } else { PURPOSE };
        let (iat, exp) = (rfc3339(life.0), rfc3339(life.1));
        let claims = Claims { sub: session.to_owned(), iat, exp, handoff: handoff.map(str::to_owned) };
        let claims = serde_json::to_vec(&claims).map_err(|_| SealTokenError)?;
        let footer = serde_json::to_vec(&Footer { kid: key.id.clone() }).map_err(|_| SealTokenError)?;
        LocalToken::encrypt(&key.key, &claims, Some(&footer), Some(purpose)).map_err(|_| SealTokenError)
    }

    /// Returns who holds a token. `leeway` is how far the clocks of two relays may differ, in milliseconds.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(&self, token: &str, now: i64, leeway: i64) -> Result<Bearer, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Invalid);
        }
        let token = UntrustedToken::<Local, V4>::try_from(token).map_err(|_| TokenError::Invalid)?;
        let footer: Footer = serde_json::from_slice(token.untrusted_footer()).map_err(|_| TokenError::Invalid)?;
        let keys = self.current();
        let key = keys.iter().find(|key| key.id == footer.kid).ok_or(TokenError::Invalid)?;
        let open = |purpose| LocalToken::decrypt(&key.key, &token, None, Some(purpose));
        let opened = open(PURPOSE).or_else(|_| open(PHONE_PURPOSE)).map_err(|_| TokenError::Invalid)?;
        let claims: Claims = serde_json::from_str(opened.payload()).map_err(|_| TokenError::Invalid)?;
        let issued_at = parse_rfc3339(&claims.iat).ok_or(TokenError::Invalid)?;
        let expires_at = parse_rfc3339(&claims.exp).ok_or(TokenError::Invalid)?;
        if issued_at > now.saturating_add(leeway) {
            return Err(TokenError::Invalid);
        }
        let bearer = Bearer { session_id: claims.sub, handoff: claims.handoff };
        if now >= expires_at.saturating_add(leeway) {
            return Err(TokenError::Expired { bearer, at: expires_at });
        }
        Ok(bearer)
    }
}

/// A token could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no session token could be made")]
pub struct SealTokenError;

/// Returns a new key as PASERK. Returns `None` if the system's random generator fails.
#[must_use]
pub fn new_key() -> Option<String> {
    let key = SymmetricKey::<V4>::generate().ok()?;
    let mut text = String::new();
    key.fmt(&mut text).ok()?;
    Some(text)
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.current().iter().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Bearer, SessionKeys, SessionKeysError, TokenError, new_key};

    fn ring(keys: &[&str]) -> SessionKeys {
        SessionKeys::read(&keys.join("\n").into()).unwrap()
    }

    fn page(session: &str) -> Bearer {
        Bearer { session_id: session.to_owned(), handoff: None }
    }

    #[test]
    fn the_token_of_a_phone_names_its_hand_off() {
        let ring = ring(&[&new_key().unwrap()]);
        let token = ring.seal_phone("ses_1", "hof_1", 10_000, 20_000).unwrap();
        let phone = Bearer { handoff: Some("hof_1".to_owned()), ..page("ses_1") };
        assert_eq!(ring.open(&token, 10_000, 0), Ok(phone));
        assert!(matches!(ring.open(&token, 20_000, 0), Err(TokenError::Expired { .. })));
    }

    #[test]
    fn a_token_opens_until_it_expires_plus_leeway() {
        let ring = ring(&[&new_key().unwrap()]);
        let token = ring.seal("ses_1", 10_000, 20_000).unwrap();
        assert!(token.starts_with("v4.local."));
        assert!(!token.contains("ses_1"));
        let rows = [
            (10_000, 0, Ok("ses_1")),
            (19_999, 0, Ok("ses_1")),
            (20_000, 0, Err(TokenError::Expired { bearer: page("ses_1"), at: 20_000 })),
            (20_999, 1_000, Ok("ses_1")),
            (21_000, 1_000, Err(TokenError::Expired { bearer: page("ses_1"), at: 20_000 })),
            // The clock of the relay that made the token is ahead.
            (9_000, 1_000, Ok("ses_1")),
            (8_999, 1_000, Err(TokenError::Invalid)),
        ];
        for (now, leeway, expected) in rows {
            assert_eq!(ring.open(&token, now, leeway), expected.map(page), "{now} {leeway}");
        }
    }

    #[test]
    fn tokens_stay_valid_during_a_key_rotation() {
        let (old, new) = (new_key().unwrap(), new_key().unwrap());
        let before = ring(&[&old]);
        let token = before.seal("ses_1", 0, 60_000).unwrap();
        let during = ring(&[&new, &old]);
        assert_eq!(during.open(&token, 1, 0), Ok(page("ses_1")));
        let newer = during.seal("ses_2", 0, 60_000).unwrap();
        assert_eq!(before.open(&newer, 1, 0), Err(TokenError::Invalid), "made with the new key");
        let after = ring(&[&new]);
        assert_eq!(after.open(&token, 1, 0), Err(TokenError::Invalid), "the old key was removed");
        assert_eq!(after.open(&newer, 1, 0), Ok(page("ses_2")));
    }

    #[test]
    fn changed_and_foreign_tokens_are_rejected() {
        let key = new_key().unwrap();
        let ring = ring(&[&key]);
        let token = ring.seal("ses_1", 0, 60_000).unwrap();
        for (index, byte) in token.bytes().enumerate() {
            let other = if byte == b'A' { 'B' } else { 'A' };
            let mut changed = token.clone();
            changed.replace_range(index..=index, &other.to_string());
            // The last character of base64 has unused bits; decoders differ in how they treat them.
            assert_eq!(ring.open(&changed, 1, 0).ok(), None, "{index}");
        }
        for wrong in ["", "v4.local.", "v4.public.AAAA", "a.b.c.d", &token.replace("v4.", "v3."), &"x".repeat(9_999)] {
            assert_eq!(ring.open(wrong, 1, 0), Err(TokenError::Invalid), "{wrong:.40}");
        }
        let parsed = pasetors::keys::SymmetricKey::try_from(key.as_str()).unwrap();
        let footer = token.rsplit('.').next().unwrap();
        let footer = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, footer).unwrap();
        let claims = br#"{"sub":"ses_1","iat":"1970-01-01T00:00:00Z","exp":"2999-01-01T00:00:00Z"}"#;
        let other_use = pasetors::version4::LocalToken::encrypt(&parsed, claims, Some(&footer), None).unwrap();
        assert_eq!(ring.open(&other_use, 1, 0), Err(TokenError::Invalid), "the same key for another purpose");
    }

    #[test]
    fn invalid_keys_are_rejected_and_debug_output_hides_keys() {
        assert_eq!(SessionKeys::read(&String::new().into()).err(), Some(SessionKeysError::Empty));
        let key = new_key().unwrap();
        for wrong in ["secret", "k4.local.AAAA", "k4.secret.AAAA"] {
            let text = format!("{key} {wrong}");
            assert_eq!(SessionKeys::read(&text.into()).err(), Some(SessionKeysError::NotAKey(2)), "{wrong}");
        }
        let shown = format!("{:?}", ring(&[&key]));
        assert!(shown.contains("k4.lid.") && !shown.contains(key.trim_start_matches("k4.local.")), "{shown}");
    }
}
