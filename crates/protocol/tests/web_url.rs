//! The host of URLs, compared with the `url` crate, which follows the browsers' standard.

use akiba_protocol::{WebUrl, is_loopback};
use proptest::prelude::*;
use proptest::sample::select;
use url::{Host, Url};

/// Pieces of URLs that parsers treat differently.
fn tricky_url() -> impl Strategy<Value = String> {
    let scheme = select(vec![
        "http://",
        "https://",
        "HTTP://",
        "http:/",
        "http:",
        "//",
        "ftp://",
        "javascript:",
        "",
        "http:\\\\",
    ]);
    let user = select(vec![
        "",
        "localhost@",
        "localhost:80@",
        "localhost\\@",
        "localhost/@",
        "127.0.0.1%2f@",
        "[::1]@",
        "a:b@",
        "@",
    ]);
    let host = select(vec![
        "localhost",
        "LocalHost",
        "127.0.0.1",
        "127.1",
        "[::1]",
        "::1",
        "[127.0.0.1]",
        "[localhost]",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "",
        "localhost.",
        "localhost%00.evil.example",
        "localhost\\.evil.example",
        "localhost\t",
        "ｌocalhost",
        "local\nhost",
        "127.0.0.010",
        "127.0.0.256",
        "127.0.0.1.",
        "[::1]x",
        "[::1%251]",
        "under_score.example",
    ]);
    let rest = select(vec![
        "",
        "/",
        ":80/",
        ":/",
        ":99999/",
        ":8080",
        ":+80/",
        ":80:80/",
        "?a#b?c",
        "#?a",
        "/a b",
        "/k?X-Amz-Signature=a",
        "?a@evil.example",
        "#@evil.example",
        "\\@evil.example",
        "/../",
    ]);
    (scheme, user, host, rest).prop_map(|(scheme, user, host, rest)| format!("{scheme}{user}{host}{rest}"))
}

/// Whether a browser sends requests to this URL encrypted or to this machine.
fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

/// Fails if the result differs from a browser's. A URL that a browser can't parse is never requested, which is safe.
fn as_browsers_read_it(text: &str) -> Result<(), TestCaseError> {
    let (Some(ours), Ok(url)) = (WebUrl::parse(text), Url::parse(text)) else { return Ok(()) };
    prop_assert!(matches!(url.scheme(), "http" | "https"), "{} is {}", text, url);
    prop_assert!(url.username().is_empty() && url.password().is_none(), "{} has user information", text);
    prop_assert!(!ours.is_private() || is_private(&url), "{} leads to {}", text, url);
    let origin = Url::parse(ours.origin());
    prop_assert_eq!(origin.map(|it| it.origin()), Ok(url.origin()), "{}", text);
    let pairs: Vec<_> = url.query_pairs().collect();
    prop_assert_eq!(url::form_urlencoded::parse(ours.query().as_bytes()).collect::<Vec<_>>(), pairs, "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn tricky_urls_are_parsed_as_browsers_do(text in tricky_url()) {
        as_browsers_read_it(&text)?;
    }

    #[test]
    fn any_text_is_parsed_as_browsers_do(
        text in prop_oneof![any::<String>(), "[hH]ttps?://.{0,40}", "https?://[-a-c0-9.:@/?#\\\\%_\\[\\]]{0,20}"],
    ) {
        as_browsers_read_it(&text)?;
    }

    /// Usual URLs are accepted: otherwise the comparison above would pass by rejecting everything.
    #[test]
    fn usual_urls_are_accepted(
        scheme in select(vec!["http", "https", "HTTPS"]),
        host in "[a-z][a-z0-9_-]{0,9}(\\.[a-z][a-z0-9-]{0,9}){0,3}|127\\.0\\.0\\.[1-9]|\\[[1-9a-f]{1,4}::[1-9a-f]{1,4}\\]",
        port in select(vec!["", ":1", ":8443", ":65535"]),
        rest in "(/[-!$&-;=@-\\[\\]-z|~é]{0,20})?(\\?[-!$&-;=@-\\[\\]-z|~?]{0,20})?(#[!-~é]{0,9})?",
    ) {
        let origin = format!("{scheme}://{host}{port}");
        let text = format!("{origin}{rest}");
        let url = WebUrl::parse(&text);
        prop_assert_eq!(url.map(|it| it.origin()), Some(origin.as_str()), "{}", text);
        as_browsers_read_it(&text)?;
    }
}

#[test]
fn loopback_is_exactly_these_names_and_addresses() {
    for right in ["localhost", "LocalHost", "127.0.0.1", "127.255.255.254", "127.0.0.0", "::1", "[::1]"] {
        assert!(is_loopback(right), "{right}");
    }
    for wrong in [
        "",
        "localhost.",
        "localhost.evil.com",
        "evil-localhost",
        "127.0.0.1.evil.com",
        "127.0.0.1.",
        "127.1",
        "127.0.0.010",
        "127.0.0.256",
        "127.0..1",
        "127.0.0.+1",
        "127.0.0.0.1",
        "127.0.0.",
        "127.",
        "0127.0.0.1",
        "128.0.0.1",
        "0.0.0.0",
        "::",
        "[::ffff:8.8.8.8]",
        "1::1",
        "local host",
        "[127.0.0.1]",
        "[localhost]",
        "[[::1]]",
        "]::1[",
        "[::1",
    ] {
        assert!(!is_loopback(wrong), "{wrong}");
    }
}
