//! Session tokens and API keys: the relay accepts only its own.

#![no_main]

use std::sync::LazyLock;

use akiba_relay::secrets::api_keys::{ApiKey, ApiKeys};
use akiba_relay::secrets::session_keys::{Bearer, SessionKeys, TokenError};
use libfuzzer_sys::fuzz_target;

/// A key for this test only, and a token that it sealed: for the session `ses_1`, valid for the first 60 seconds of 1970.
const KEY: &str = "k4.local.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const TOKEN: &str = "v4.local.Dw_ulBdX7aU4Py6THnxZDHPQTQelPPzdiF6D5uz0sGMxamyKZb6mMa6Urb0gXW2oCKPFhKdUG0KweUSXv4rEAP9Kco50kASw_8dA6SB5hdZ3yt15P-nQmi1OaRbnr4fNVwcAph5yBukicJyoVO0J8-ndLwBLT4VGR3DiKSSEDxQYXb6vnaLgTSs.eyJraWQiOiJrNC5saWQuVDJrdUdIMC1nMGhaZlcyVlNjZzJyMVZSeHVEaW5rbVB3TU9IMmtHMGdGNWIifQ";
const API_KEY: &str = "0123456789abcdef0123456789abcdef";
const API_KEY_HASH: &str = "bank=3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9";
/// The hash of `abc`, which is too short to be accepted.
const WEAK_KEY_HASH: &str = "weak=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static RING: LazyLock<SessionKeys> = LazyLock::new(|| SessionKeys::read(&KEY.to_owned().into()).expect("a key"));
static API_KEYS: LazyLock<ApiKeys> =
    LazyLock::new(|| ApiKeys::new([API_KEY_HASH, WEAK_KEY_HASH].map(|hash| hash.parse().expect("a hash")).into()));

fuzz_target!(init: {
    // A page's token: no hand-off made it.
    let bearer = Bearer { session_id: "ses_1".to_owned(), handoff: None };
    assert_eq!(RING.open(TOKEN, 1, 0), Ok(bearer));
    assert_eq!(API_KEYS.name_of(API_KEY).as_deref(), Some("bank"));
}, |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match RING.open(text, 1, 0) {
        Ok(bearer) => {
            assert_eq!(text, TOKEN, "accepted for {bearer:?}");
            assert_eq!(RING.open(text, 60_000, 0), Err(TokenError::Expired { bearer, at: 60_000 }));
            assert_eq!(RING.open(text, -1, 0), Err(TokenError::Invalid));
        }
        // Only a token of the relay can be expired.
        Err(error) => assert_eq!(error, TokenError::Invalid),
    }
    assert_eq!(API_KEYS.name_of(text).is_some(), text == API_KEY);
    // The parsers of the settings' secrets.
    let _ = SessionKeys::read(&text.to_owned().into());
    let _ = akiba_relay::secrets::webhook_secrets::WebhookSecrets::read(&text.to_owned().into());
    let _ = text.parse::<ApiKey>();
});
