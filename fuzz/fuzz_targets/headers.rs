//! Headers of strangers: each line of the input is one header, and its first byte selects the name.

#![no_main]

use std::net::IpAddr;
use std::sync::LazyLock;

use akiba_relay::http::auth::bearer;
use akiba_relay::http::idempotency::key_hash;
use akiba_relay::limits::client_address::{TrustedProxies, network};
use akiba_relay::vendor_api::retry_after::seconds;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const PROXIES: [&str; 2] = ["10.0.0.0/8", "2001:db8::/32"];
static TRUSTED: LazyLock<TrustedProxies> =
    LazyLock::new(|| TrustedProxies::new(&PROXIES.map(|text| network(text).expect("a network"))));

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some((which, value)) = line.split_first() else { continue };
        let name = match which {
            b'a' => AUTHORIZATION,
            b'i' => HeaderName::from_static("idempotency-key"),
            b'r' => RETRY_AFTER,
            _ => HeaderName::from_static("x-forwarded-for"),
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(name, value);
        }
    }

    if let Some(token) = bearer(&headers) {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().expect("one").to_str().expect("ASCII");
        assert!(values.next().is_none(), "several headers");
        assert!(value.to_ascii_lowercase().starts_with("bearer ") && value.trim_end().ends_with(token));
        assert!(!token.is_empty() && token.trim() == token);
    }

    let keys: Vec<_> = headers.get_all("idempotency-key").iter().collect();
    match key_hash(&headers, "ses_1") {
        Ok(None) => assert!(keys.is_empty()),
        Ok(Some(hash)) => {
            assert!(keys.len() == 1 && hash.len() == 32);
            assert!((1..=255).contains(&keys[0].len()) && keys[0].as_bytes().iter().all(u8::is_ascii_graphic));
            assert_ne!(key_hash(&headers, "ses_2").ok().flatten(), Some(hash), "the same hash in another session");
        }
        Err(_) => assert!(!keys.is_empty()),
    }

    if let Some(seconds) = seconds(&headers) {
        assert!((1..=3_600).contains(&seconds));
    }

    let stranger: IpAddr = [192, 0, 2, 9].into();
    assert_eq!(TRUSTED.client(stranger, &headers), stranger, "an untrusted address was accepted");
    let proxy: IpAddr = [10, 0, 0, 1].into();
    let client = TRUSTED.client(proxy, &headers);
    if client != proxy {
        // The address came from the header.
        let all: Vec<_> = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
        let all = all.join(&b',');
        let entries = all.rsplit(|byte| *byte == b',').map(|entry| String::from_utf8_lossy(entry).trim().to_owned());
        let is = |entry: &str| TRUSTED.client(proxy, &one(entry)) == client;
        assert!(entries.into_iter().any(|entry| is(&entry)), "an address that the header does not have");
    }
});

fn one(forwarded: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(forwarded) {
        headers.insert("x-forwarded-for", value);
    }
    headers
}
