//! Signed links of a malicious vendor: an accepted link leads to the host that it names.

#![no_main]

use std::net::Ipv4Addr;
use std::sync::LazyLock;
use std::time::Duration;

use akiba_protocol::signed_link::Scheme;
use akiba_protocol::{SignedLink, WebUrl};
use akiba_relay::session::link_host::{LinkHost, allows};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

static LIST: LazyLock<Vec<LinkHost>> = LazyLock::new(|| {
    ["*.amazonaws.com", "photos.bank.example", "127.0.0.1", "storage.example:8443"]
        .map(|host| host.parse().expect("a host"))
        .into()
});

/// Whether the list contains the host of a URL, as browsers and the relay's client parse it.
fn listed(url: &Url) -> bool {
    match url.host_str() {
        Some("127.0.0.1") => true,
        Some("photos.bank.example") => url.port().is_none(),
        Some("storage.example") => url.port() == Some(8443),
        Some(host) => host.ends_with(".amazonaws.com") && url.port().is_none(),
        None => false,
    }
}

fn this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets()[0] == Ipv4Addr::LOCALHOST.octets()[0],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let url = Url::parse(text).ok();

    if let Some(read) = WebUrl::parse(text) {
        let origin = read.origin();
        assert!(text.starts_with(origin));
        if let Some(url) = &url {
            let same = Url::parse(origin).expect("an origin").origin();
            assert_eq!(url.origin(), same);
            assert!(url.username().is_empty() && url.password().is_none());
            assert_eq!(url.query().unwrap_or_default().is_empty(), read.query().is_empty());
            if read.is_private() {
                assert!(url.scheme() == "https" || this_machine(url), "not private: {url}");
            }
        }
    }

    if let Ok(link) = SignedLink::parse(text) {
        assert_eq!(link.url(), text);
        assert!(SignedLink::parse(link.url()).as_ref() == Ok(&link));
        for now in [i64::MIN, -1, 0, 1_795_420_800, i64::MAX] {
            let life = link.life(now);
            assert!(link.scheme() != Scheme::Unknown || life.is_none());
            assert!(life.is_none_or(|life| life <= Duration::from_secs(u64::MAX)));
        }
        assert!(link.signed_headers().all(|name| link.signs(name)));
    }

    if allows(&LIST, text) {
        let url = url.expect("a URL");
        assert!(listed(&url), "accepted {url}");
        assert!(url.scheme() == "https" || (url.scheme() == "http" && this_machine(&url)));
        assert!(url.username().is_empty() && url.password().is_none());
        // The other parser finds the same host.
        if let Some(read) = WebUrl::parse(text) {
            assert_eq!(Url::parse(read.origin()).expect("an origin").origin(), url.origin());
        }
    }

    let _ = text.parse::<LinkHost>();
});
