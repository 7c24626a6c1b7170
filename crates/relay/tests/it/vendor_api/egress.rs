//! The way out: through a proxy, with a private certificate authority and a client certificate.

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::connect_proxy::{ConnectProxy, PASSWORD};
use crate::support::database::Database;
use crate::support::program::{Program, command, output};
use crate::support::tls_vendor::{Authority, TlsVendor, flag};
use crate::support::{Relay, Vendor, link_reply, problem, success, verify_reply};

/// A name that only the proxy of the tests resolves.
const NAME: &str = "vendor.test";

async fn vendor() -> TlsVendor {
    TlsVendor::named(NAME, None, link_reply().to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_the_vendor_go_through_the_proxy_which_resolves_the_name() {
    let (vendor, proxy) = (vendor().await, ConnectProxy::start().await);
    let authority = flag("vendor-ca", &vendor.authority());
    let without = Relay::before(&vendor.base, &[&authority]).await;
    problem(without.link(), ProblemCode::VendorUnavailable).await;

    let relay = Relay::before(&vendor.base, &[&authority, &format!("--vendor-proxy={}", proxy.url())]).await;
    success(relay.link()).await;
    let target = vendor.base.trim_start_matches("https://").to_owned();
    assert_eq!((proxy.targets(), vendor.seen()), (vec![target], vec!["/v1/customer".to_owned()]));
}

/// The other server has a certificate of the same authority, as in a bank where one authority certifies all servers.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_cannot_lead_the_calls_to_a_server_of_another_name() {
    let (other, proxy) =
        (TlsVendor::named("other.test", None, link_reply().to_string()).await, ConnectProxy::start().await);
    let way = [flag("vendor-ca", &other.authority()), format!("--vendor-proxy={}", proxy.url())];
    let relay = async |base: &str| Relay::before(base, &[&way[0], &way[1]]).await;
    // The proxy of the tests resolves every name to this machine.
    let vendor = other.base.replace("other.test", NAME);
    problem(relay(&vendor).await.link(), ProblemCode::VendorUnavailable).await;
    assert_eq!((proxy.targets().len(), other.seen().len()), (1, 0), "the token reached the other server");
    success(relay(&other.base).await.link()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_on_loopback_is_reached_without_the_proxy() {
    let (vendor, proxy) = (Vendor::saying(200, link_reply().to_string()).await, ConnectProxy::start().await);
    let proxy_flag = format!("--vendor-proxy={}", proxy.url());
    success(Relay::before(&vendor.base, &[&proxy_flag]).await.link()).await;
    let tls = TlsVendor::saying(link_reply().to_string()).await;
    let authority = flag("vendor-ca", &tls.authority());
    success(Relay::before(&tls.base, &[&proxy_flag, &authority]).await.link()).await;
    assert!(proxy.targets().is_empty(), "the token would go to the proxy: {:?}", proxy.targets());
}

/// The vendor did nothing, so the session must not become `unknown`.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_rejects_the_relay_leaves_no_unknown_session() {
    let (vendor, proxy) = (TlsVendor::named(NAME, None, verify_reply().to_string()).await, ConnectProxy::start().await);
    let database = Database::sqlite();
    // The links come from a vendor that needs no proxy.
    let links = Vendor::verifying().await;
    let (page, _) = Bank::open(&database, &links.base, &[]).await.linked().await;
    let flags = [flag("vendor-ca", &vendor.authority()), format!("--vendor-proxy={}", proxy.bare_url())];
    let bank = Bank::open(&database, &vendor.base, &[&flags[0], &flags[1]]).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::VendorUnavailable).await;
    assert_eq!(bank.state(&page).await, "link_issued");
    assert_eq!((proxy.targets().len(), vendor.seen().len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_have_a_proxy_and_an_authority_of_their_own() {
    let (vendor, proxy) = (Vendor::verifying().await, ConnectProxy::start().await);
    let receiver = TlsVendor::named("bank.test", None, String::new()).await;
    let url = format!("--webhook-url={}/hooks", receiver.base);
    let route = [flag("webhook-ca", &receiver.authority()), format!("--webhook-proxy={}", proxy.url())];
    let database = Database::sqlite();
    let bank = Bank::open(&database, &vendor.base, &[&url, &route[0], &route[1]]).await;
    bank.judged().await;
    assert_eq!(bank.deliver().await, 1);
    assert_eq!((proxy.targets().len(), receiver.seen()), (1, vec!["/hooks".to_owned()]));
    assert_eq!(bank.deliver().await, 0, "it is delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_named_authority_is_trusted() {
    let vendor = TlsVendor::saying(link_reply().to_string()).await;
    let relay = |authority: std::path::PathBuf| {
        Relay::with_secret("t", [flag("vendor-ca", &authority), format!("--vendor-base={}", vendor.base)])
    };
    success(relay(vendor.authority()).await.link()).await;
    problem(relay(Authority::new().file()).await.link(), ProblemCode::VendorUnavailable).await;
    assert_eq!(vendor.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_shows_its_client_certificate_to_the_vendor() {
    let (clients, others) = (Authority::new(), Authority::new());
    let vendor = TlsVendor::named("127.0.0.1", Some(&clients), link_reply().to_string()).await;
    let authority = flag("vendor-ca", &vendor.authority());
    let with = async |client: Option<&Authority>| {
        let files = client.map(Authority::client);
        let files = files.map(|[cert, key]| [flag("vendor-client-cert", &cert), flag("vendor-client-key", &key)]);
        let own = [authority.clone(), format!("--vendor-base={}", vendor.base)];
        Relay::with_secret("t", own.into_iter().chain(files.into_iter().flatten())).await
    };
    problem(with(None).await.link(), ProblemCode::VendorUnavailable).await;
    problem(with(Some(&others)).await.link(), ProblemCode::VendorUnavailable).await;
    success(with(Some(&clients)).await.link()).await;
    assert_eq!(vendor.seen().len(), 1);
}

/// In TLS 1.3 the vendor rejects the certificate after the relay may have sent the call. The vendor did nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_client_certificate_leaves_no_unknown_session() {
    let clients = Authority::new();
    let vendor = TlsVendor::named("127.0.0.1", Some(&clients), verify_reply().to_string()).await;
    let database = Database::sqlite();
    let links = Vendor::verifying().await;
    let (page, _) = Bank::open(&database, &links.base, &[]).await.linked().await;
    let bank = Bank::open(&database, &vendor.base, &[&flag("vendor-ca", &vendor.authority())]).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::VendorUnavailable).await;
    assert_eq!(bank.state(&page).await, "link_issued");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_a_proxy_is_in_no_flag_no_listing_and_no_log() {
    let (vendor, proxy) = (vendor().await, ConnectProxy::start().await);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proxy");
    std::fs::write(&file, format!("{}\n", proxy.url())).unwrap();
    let base = format!("--vendor-base={}", vendor.base);
    let authority = flag("vendor-ca", &vendor.authority());
    let in_file = flag("vendor-proxy-file", &file);

    let refused = |flags: &[&str]| {
        let output = output(&mut command(&[&["--check-config", &base, &authority], flags].concat()));
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    for flag in ["vendor-proxy", "webhook-proxy"] {
        let error = refused(&[&format!("--{flag}={}", proxy.url())]);
        assert!(error.contains(&format!("--{flag} must not hold a password: use --{flag}-file")), "{error}");
    }
    assert!(refused(&[&in_file, "--vendor-proxy=http://proxy.example"]).contains("both given"));
    assert!(refused(&["--vendor-client-cert=x"]).contains("need each other"));
    assert!(refused(&[&flag("webhook-ca", &file), "--webhook-proxy=socks5://x"]).contains("webhook-proxy"));

    let mut listing = command(&["--check-config", "--sessions=off", &base, &authority]);
    let listing = output(listing.env("AKIBA_RELAY_VENDOR_PROXY", proxy.url()));
    let text = String::from_utf8([listing.stdout, listing.stderr].concat()).unwrap();
    assert!(text.contains("# vendor-proxy # not shown"), "{text}");

    let program = Program::start(&[&base, &authority, &in_file]);
    let request = program.post("/v1/customer", "", &crate::support::link_request());
    success(request).await;
    program.signal(rustix::process::Signal::TERM);
    let (_, log) = program.ended().await;
    for secret in [PASSWORD, "prx%2F6b0e", "prx"] {
        assert!(!text.contains(secret) && !log.contains(secret), "{secret}: {text} {log}");
    }
    assert!(log.contains("vendor.test"), "the log at trace names the host: {log}");
}
