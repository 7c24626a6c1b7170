//! The page's settings: what is accepted, and what each value becomes.
#![allow(clippy::unwrap_used, missing_docs)]

use akiba_protocol::CustomerType;
use akiba_selfie::config::{Capture, Config, ConfigError, Facing, Options};
use akiba_selfie::guidance::{ChallengeKind, Check, Hint, Limit, Threshold, Thresholds};

const PAGE: &str = "https://bank.example:8443/join/step?x=1#top";

fn given(change: impl FnOnce(&mut Options)) -> Result<Config, ConfigError> {
    let mut options = Options {
        relay: Some("https://relay.example".to_owned()),
        identifier: Some("0000000000001".to_owned()),
        ..Options::default()
    };
    change(&mut options);
    Config::from_options(&options, PAGE)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn defaults() {
    let config = given(|_| {}).unwrap();
    assert_eq!(config.link_url, "https://relay.example/v1/customer");
    assert_eq!(config.verify_url, "https://relay.example/v1/customer/verify");
    assert_eq!(config.customer_type, CustomerType::Individual);
    assert_eq!(config.capture, Capture::Auto);
    assert!(!config.countdown && !config.strict && config.challenge.is_none());
    assert_eq!(config.thresholds, Thresholds::default());
    assert_eq!(config.camera, Facing::Front);
    assert!(config.review && config.consent && config.files);
}

#[test]
fn every_value_of_every_attribute() {
    for (text, wanted) in [("1", 0), ("individual", 0), ("2", 1), ("business", 1), (" business ", 1)] {
        let wanted = [CustomerType::Individual, CustomerType::Business][wanted];
        assert_eq!(given(|options| options.customer_type = some(text)).unwrap().customer_type, wanted);
    }
    assert_eq!(given(|options| options.capture = some("auto")).unwrap().capture, Capture::Auto);
    assert_eq!(given(|options| options.capture = some("manual")).unwrap().capture, Capture::Manual);
    for (text, wanted) in
        [("turn", ChallengeKind::Turn), ("closer", ChallengeKind::Closer), ("random", ChallengeKind::Random)]
    {
        assert_eq!(given(|options| options.challenge = some(text)).unwrap().challenge, Some(wanted));
        assert_eq!(given(|options| options.challenge = some("false")).unwrap().challenge, None);
    }
    assert!(given(|options| options.countdown = true).unwrap().countdown);
    assert!(given(|options| options.strict = true).unwrap().strict);
    assert_eq!(given(|options| options.camera = some("back")).unwrap().camera, Facing::Back);
    assert!(!given(|options| options.no_review = true).unwrap().review);
    assert!(!given(|options| options.no_consent = true).unwrap().consent);
    assert!(!given(|options| options.no_file = true).unwrap().files);
}

#[test]
fn the_relay_may_be_relative_to_the_page() {
    for (relay, wanted) in [
        ("/", "https://bank.example:8443/v1/customer"),
        ("/selfie/", "https://bank.example:8443/selfie/v1/customer"),
        ("https://relay.example/base/", "https://relay.example/base/v1/customer"),
        ("http://localhost:8081", "http://localhost:8081/v1/customer"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/v1/customer"),
        ("http://[::1]:8081", "http://[::1]:8081/v1/customer"),
    ] {
        assert_eq!(given(|options| options.relay = some(relay)).unwrap().link_url, wanted, "{relay}");
    }
}

#[test]
fn refused_relays() {
    for (relay, wanted) in [
        ("", ConfigError::NoRelay),
        ("   ", ConfigError::NoRelay),
        ("relay.example", ConfigError::RelayUrl),
        ("//relay.example", ConfigError::RelayUrl),
        ("javascript:alert(1)", ConfigError::RelayUrl),
        ("ftp://relay.example", ConfigError::RelayUrl),
        ("https://user:pass@relay.example", ConfigError::RelayUrl),
        ("https://relay.example?token=1", ConfigError::RelayUrl),
        ("https://relay.example#x", ConfigError::RelayUrl),
        ("http://relay.example", ConfigError::RelayInsecure),
        ("http://localhost.evil.example", ConfigError::RelayInsecure),
        ("http://127.0.0.1.evil.example", ConfigError::RelayInsecure),
        ("http://localhost@evil.example", ConfigError::RelayUrl),
    ] {
        assert_eq!(given(|options| options.relay = some(relay)).unwrap_err(), wanted, "{relay}");
    }
    assert_eq!(given(|options| options.relay = None).unwrap_err(), ConfigError::NoRelay);
}

#[test]
fn error_texts_do_not_repeat_the_value() {
    for (change, wanted) in [
        ((|options| options.identifier = some(&"9".repeat(129))) as fn(&mut Options), ConfigError::Identifier),
        (|options| options.identifier = some("12\n34"), ConfigError::Identifier),
        (|options| options.customer_type = some("3"), ConfigError::Type),
        (|options| options.capture = some("always"), ConfigError::Capture),
        (|options| options.camera = some("left"), ConfigError::Camera),
        (|options| options.challenge = some("jump"), ConfigError::Challenge),
        (|options| (options.handoff, options.session) = (some("on"), true), ConfigError::Handoff),
        (|options| options.link_path = some("v1"), ConfigError::Path),
        (|options| options.verify_path = some("//evil.example/v1"), ConfigError::Path),
        (|options| options.verify_path = some("/v1?x=1"), ConfigError::Path),
        (|options| options.identifier = None, ConfigError::NoIdentifier),
    ] {
        let error = given(change).unwrap_err();
        assert_eq!(error, wanted);
        assert!(!error.to_string().contains("999") && !error.to_string().contains("evil"));
    }
}

#[test]
fn debug_output_hides_the_identifier() {
    let options = Options { identifier: some("geheim"), relay: some("/"), ..Options::default() };
    let config = Config::from_options(&options, PAGE).unwrap();
    assert!(!format!("{options:?} {config:?}").contains("geheim"));
}

#[test]
fn a_session_may_replace_the_identifier() {
    let config = given(|options| {
        options.identifier = None;
        options.session = true;
    });
    assert_eq!(config.unwrap().identifier, None);
}

#[test]
fn other_customers_are_detected() {
    let base = given(|_| {}).unwrap();
    for (change, same) in [
        ((|options| options.identifier = some("2")) as fn(&mut Options), false),
        (|options| options.customer_type = some("business"), false),
        (|options| options.relay = some("https://other.example"), false),
        (|options| options.link_path = some("/link"), false),
        (|options| options.words = some("sw"), true),
        (|options| options.capture = some("auto"), true),
        (|options| options.no_review = true, true),
    ] {
        assert_eq!(base.same_customer(&given(change).unwrap()), same);
    }
}

fn thresholds(list: &[(&str, f64)]) -> Result<Thresholds, ConfigError> {
    let list = list.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    given(|options| options.thresholds = list).map(|config| config.thresholds)
}

#[test]
fn a_threshold_can_only_be_set_within_its_range() {
    for (&limit, row) in Limit::ALL.iter().zip(Limit::TABLE) {
        let (least, most) = (f64::from(row.range.0), f64::from(row.range.1));
        for value in [least, most] {
            let set = thresholds(&[(row.name, value)]).unwrap();
            assert_eq!(f64::from(set.limit(limit, 0)), value, "{}", row.name);
            assert_ne!(set.version(), Thresholds::default().version());
        }
        for value in [least - 0.01, most + 0.01, f64::NAN, f64::INFINITY] {
            assert_eq!(thresholds(&[(row.name, value)]).unwrap_err(), ConfigError::Thresholds, "{} {value}", row.name);
        }
        assert!(row.range.0 <= row.limit && row.limit <= row.range.1, "{}", row.name);
        assert!(row.slack * row.step > 0.0, "slack and step of {} have the same sign", row.name);
        assert!((row.end - row.limit) * row.step > 0.0, "loosening leads {} to its end", row.name);
    }
    for name in ["", "Yaw", "yawMax", "__proto__"] {
        assert_eq!(thresholds(&[(name, 1.0)]).unwrap_err(), ConfigError::Thresholds, "{name}");
    }
}

#[test]
fn the_page_on_guidance_has_the_table_of_thresholds() {
    let page = include_str!("../docs/guidance.md");
    for row in Limit::TABLE {
        let Threshold { name, measure, unit, limit, slack, step, end, range: (least, most) } = row;
        let line = format!(
            "| `{name}` | {measure} | {unit} | {limit} | {} | {} | {end} | {least} to {most} |",
            slack.abs(),
            step.abs()
        );
        assert!(page.contains(&line), "{line}");
    }
    assert_eq!(page.matches("\n| `").count(), Limit::TABLE.len() + Check::ALL.len());
    for check in Check::ALL {
        assert!(page.contains(&format!("\n| `{}` |", check.as_str())), "{check:?}");
    }
    for hint in Hint::ALL {
        assert!(page.contains(&format!("`{}`", hint.as_str())), "{hint:?}");
    }
}
