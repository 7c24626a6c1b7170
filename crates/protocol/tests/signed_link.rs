//! The parameters of signed links, and which links can be used.

#![allow(clippy::expect_used, reason = "helpers of tests may panic too")]

use std::time::{Duration, UNIX_EPOCH};

use akiba_protocol::signed_link::Scheme;
use akiba_protocol::{SignedLink, SignedLinkError, WebUrl};
use proptest::prelude::*;

/// 1970 to 2400, in seconds.
const ERA: std::ops::Range<i64> = 0..13_569_465_600;

/// Formats a moment as `X-Amz-Date`, with another library than the one under test.
fn amz_date(moment: i64) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(moment.unsigned_abs());
    humantime::format_rfc3339_seconds(time).to_string().replace(['-', ':'], "")
}

fn v4(signed_at: i64, lasts: i64) -> SignedLink {
    let date = amz_date(signed_at);
    let query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20260101%2Faf-south-1%2Fs3%2Faws4_request&\
         X-Amz-Date={date}&X-Amz-Expires={lasts}&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Signature=ab12"
    );
    SignedLink::parse(&format!("https://bucket.s3.amazonaws.com/a/b.jpg?{query}")).expect("a link")
}

fn v2(ends_at: i64) -> SignedLink {
    let query = format!("AWSAccessKeyId=AK&Expires={ends_at}&Signature=a%2Bb%3D");
    SignedLink::parse(&format!("https://bucket.s3.amazonaws.com/a/b.jpg?{query}")).expect("a link")
}

fn seconds(link: &SignedLink, now: i64) -> Option<u64> {
    link.life(now).map(|life| life.as_secs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_parsed_or_rejected(text in "(https?://)?\\PC{0,60}", now in any::<i64>()) {
        if let Ok(link) = SignedLink::parse(&text) {
            prop_assert!(WebUrl::parse(link.url()).is_some_and(|url| url.is_private()));
            let _ = link.life(now);
        }
    }

    #[test]
    fn any_query_is_parsed(
        date in "[0-9TZ]{14,18}|.{0,20}", lasts in "-?[0-9]{0,22}|.{0,9}", ends in "-?[0-9]{0,22}", now in any::<i64>(),
    ) {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (date, lasts) = (encode(&date), encode(&lasts));
        for query in [
            format!("X-Amz-Date={date}&X-Amz-Expires={lasts}&X-Amz-Signature=a"),
            format!("Expires={ends}&Signature=a"),
        ] {
            let link = SignedLink::parse(&format!("https://b.example/k?{query}")).expect("a link");
            let _ = link.life(now);
        }
    }

    #[test]
    fn a_v4_link_expires_its_seconds_after_its_date(
        (lasts, age) in (1..=604_800_i64).prop_flat_map(|lasts| (Just(lasts), 0..=lasts)), signed_at in ERA,
    ) {
        let link = v4(signed_at, lasts);
        prop_assert_eq!(link.scheme(), Scheme::V4);
        prop_assert_eq!(seconds(&link, signed_at + age), Some((lasts - age).unsigned_abs()));
    }

    /// A link that was just received can't be expired or from the future: the clock is wrong, and the stated duration counts.
    #[test]
    fn a_wrong_clock_does_not_expire_a_v4_link(
        signed_at in ERA, lasts in 1..=604_800_i64, off in 1..1_000_000_000_i64,
    ) {
        let link = v4(signed_at, lasts);
        prop_assert_eq!(seconds(&link, signed_at - off), Some(lasts.unsigned_abs()));
        prop_assert_eq!(seconds(&link, signed_at + lasts + off), Some(lasts.unsigned_abs()));
    }

    #[test]
    fn a_v2_link_expires_at_its_end_and_a_later_clock_is_wrong(ends_at in ERA, now in ERA) {
        let link = v2(ends_at);
        prop_assert_eq!(link.scheme(), Scheme::V2);
        prop_assert_eq!(seconds(&link, now), (ends_at > now).then(|| (ends_at - now).unsigned_abs()));
    }
}

#[test]
fn only_https_and_this_machine_are_safe() {
    let rows = [
        ("https://bucket.example/k", Ok(())),
        ("HTTPS://bucket.example/k", Ok(())),
        ("http://localhost/k", Ok(())),
        ("http://LOCALHOST:9000/k", Ok(())),
        ("http://127.0.0.1:9000/k", Ok(())),
        ("http://127.9.9.9/k", Ok(())),
        ("http://[::1]:9000/k", Ok(())),
        ("http://bucket.example/k", Err(SignedLinkError::Insecure)),
        ("http://127.0.0.1.evil.com", Err(SignedLinkError::Insecure)),
        ("http://localhost.evil.com", Err(SignedLinkError::Insecure)),
        ("http://evil.com/?http://localhost", Err(SignedLinkError::Insecure)),
        ("http://0.0.0.0/k", Err(SignedLinkError::Insecure)),
        ("http://10.0.0.1/k", Err(SignedLinkError::Insecure)),
        ("http://[::ffff:8.8.8.8]/k", Err(SignedLinkError::Insecure)),
        ("ftp://bucket.example/k", Err(SignedLinkError::NotAUrl)),
        ("javascript:alert(1)", Err(SignedLinkError::NotAUrl)),
        ("//bucket.example/k", Err(SignedLinkError::NotAUrl)),
        ("/k", Err(SignedLinkError::NotAUrl)),
        ("bucket.example", Err(SignedLinkError::NotAUrl)),
        ("", Err(SignedLinkError::NotAUrl)),
        ("https://", Err(SignedLinkError::NotAUrl)),
        ("http://user@localhost/k", Err(SignedLinkError::NotAUrl)),
        ("http://localhost@evil.com", Err(SignedLinkError::NotAUrl)),
        ("http://localhost:80@evil.com/", Err(SignedLinkError::NotAUrl)),
        ("https://b.example/k?x-amz-checksum-crc32=AAAAAA%3D%3D", Err(SignedLinkError::EmptyChecksum)),
        ("https://b.example/k?X-Amz-Checksum-Crc32=AAAAAA==", Err(SignedLinkError::EmptyChecksum)),
        ("https://b.example/k?x-amz-checksum-crc32=q8gXvQ%3D%3D", Err(SignedLinkError::OtherChecksum)),
        ("https://b.example/k?x-amz-checksum-algorithm=SHA256&x-amz-sdk-checksum-algorithm=SHA256", Ok(())),
        ("https://b.example/k?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD", Ok(())),
    ];
    for (text, expected) in rows {
        assert_eq!(SignedLink::parse(text).map(|_| ()), expected, "{text}");
    }
}

/// An S3 takes an empty body with each of these: `crates/sandbox/tests/storage.rs`.
#[test]
fn a_checksum_is_rejected_in_every_algorithm() {
    let rows = [
        ("x-amz-checksum-crc32", "AAAAAA=="),
        ("x-amz-checksum-crc32c", "AAAAAA=="),
        ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
        ("x-amz-checksum-sha1", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        ("X-Amz-Checksum-Sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("X-Amz-Content-Sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ];
    for (name, empty) in rows {
        for (value, error) in [(empty, SignedLinkError::EmptyChecksum), ("q8gXvQ==", SignedLinkError::OtherChecksum)] {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let link = format!("https://b.example/k?X-Amz-Signature=a&{name}={value}");
            assert_eq!(SignedLink::parse(&link), Err(error), "{link}");
        }
    }
}

#[test]
fn known_dates_are_parsed() {
    // From `date -u +%s -d …`.
    let rows = [
        ("19700101T000000Z", 0),
        ("20000229T235959Z", 951_868_799),
        ("20261123T080000Z", 1_795_420_800),
        ("21000301T000000Z", 4_107_542_400),
    ];
    for (date, moment) in rows {
        let url = format!("https://b.example/k?X-Amz-Date={date}&X-Amz-Expires=60&X-Amz-Signature=a");
        assert_eq!(seconds(&SignedLink::parse(&url).expect("a link"), moment + 20), Some(40), "{date}");
    }
}

#[test]
fn a_link_without_dates_has_an_unknown_lifetime() {
    for query in [
        "",
        "?X-Amz-Date=20261123T080000Z",
        "?X-Amz-Signature=a",
        "?Expires=99",
        "?Signature=a",
        "?Expires=x&Signature=a",
    ] {
        let link = SignedLink::parse(&format!("https://b.example/k{query}")).expect("a link");
        assert_eq!(link.life(0), None, "{query}");
    }
    let undated = SignedLink::parse("https://b.example/k?X-Amz-Expires=60&X-Amz-Signature=a").expect("a link");
    assert_eq!(seconds(&undated, 1_795_420_800), Some(60));
}

#[test]
fn debug_output_omits_the_link() {
    assert_eq!(format!("{:?}", v4(1_795_420_800, 60)), "SignedLink { scheme: V4, .. }");
}

/// A link of one hour whose date is this text.
fn dated(date: &str) -> SignedLink {
    let query = format!("X-Amz-Date={date}&X-Amz-Expires=3600&X-Amz-SignedHeaders=host;X-Amz-Acl&X-Amz-Signature=a");
    SignedLink::parse(&format!("https://b.example/k?{query}")).expect("a link")
}

#[test]
fn a_malformed_date_is_ignored() {
    // Ten minutes after 2026-11-23T08:00:00Z, so a date that is read leaves 3,000 seconds.
    let now = 1_795_421_400;
    assert_eq!(seconds(&dated("20261123T080000Z"), now), Some(3_000));
    for date in [
        "20261123T080000",
        "20261123T080000Z0",
        "20261123-080000Z",
        "20261123T080000z",
        "2026112xT080000Z",
        "20261123T08000xZ",
        "20261323T080000Z",
        "20260023T080000Z",
        "20261132T080000Z",
        "20261100T080000Z",
        "20261123T076000Z",
        "20261123T080061Z",
    ] {
        assert_eq!(seconds(&dated(date), now), Some(3_600), "{date}");
    }
    // Hour 24 of the day before is midnight, eight hours earlier.
    assert_eq!(seconds(&dated("20261122T240000Z"), now - 8 * 3_600), Some(3_600));
    // A leap second is valid.
    assert_eq!(seconds(&dated("20261123T075960Z"), now), Some(3_000));
}

#[test]
fn signed_headers_are_listed_in_lower_case() {
    let link = dated("20261123T080000Z");
    assert_eq!(link.signed_headers().collect::<Vec<_>>(), ["host", "x-amz-acl"]);
    assert!(link.signs("x-amz-acl") && !link.signs("X-Amz-Acl") && !link.signs("content-type"));
    assert!(!v2(1).signs("host"));
}

#[test]
fn a_v2_link_that_ends_now_has_no_known_life() {
    assert_eq!(seconds(&v2(1_000), 1_000), None);
    assert_eq!(seconds(&v2(1_000), 999), Some(1));
}
