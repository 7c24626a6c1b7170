//! Session tokens and API keys: the relay accepts only its own.

#![no_main]

use std::sync::LazyLock;

use akiba_relay::secrets::api_keys::{ApiKey, name_of};
use akiba_relay::secrets::session_keys::{SessionKeys, TokenError};
use libfuzzer_sys::fuzz_target;

/// A key for this test only, and a token that it sealed: for the session `ses_1`, valid for the first 60 seconds of 1970.
const KEY: &str = "k4.local.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const TOKEN: &str = "v4.local.Dw_ulBdX7aU4Py6THnxZDHPQTQelPPzdiF6D5uz0sGMxamyKZb6mMa6Urb0gXW2oCKPFhKdUG0KweUSXv4rEAP9Kco50kASw_8dA6SB5hdZ3yt15P-nQmi1OaRbnr4fNVwcAph5yBukicJyoVO0J8-ndLwBLT4VGR3DiKSSEDxQYXb6vnaLgTSs.eyJraWQiOiJrNC5saWQuVDJrdUdIMC1nMGhaZlcyVlNjZzJyMVZSeHVEaW5rbVB3TU9IMmtHMGdGNWIifQ";
const API_KEY: &str = "abc";
const API_KEY_HASH: &str = "bank=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static RING: LazyLock<SessionKeys> = LazyLock::new(|| SessionKeys::read(&KEY.to_owned().into()).expect("a key"));
static API_KEYS: LazyLock<Vec<ApiKey>> = LazyLock::new(|| vec![API_KEY_HASH.parse().expect("a hash")]);

fuzz_target!(init: assert_eq!(RING.open(TOKEN, 1, 0).as_deref(), Ok("ses_1")), |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match RING.open(text, 1, 0) {
        Ok(session) => {
            assert_eq!(text, TOKEN, "accepted for the session {session}");
            assert_eq!(RING.open(text, 60_000, 0), Err(TokenError::Expired));
            assert_eq!(RING.open(text, -1, 0), Err(TokenError::Invalid));
        }
        // Only a token of the relay can be expired.
        Err(error) => assert_eq!(error, TokenError::Invalid),
    }
    assert_eq!(name_of(&API_KEYS, text).is_some(), text == API_KEY);
    // The parsers of the settings' secrets.
    let _ = SessionKeys::read(&text.to_owned().into());
    let _ = akiba_relay::secrets::webhook_secrets::WebhookSecrets::read(&text.to_owned().into());
    let _ = text.parse::<ApiKey>();
});
