//! TLS of the relay itself, with a real client.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use reqwest::{Certificate, Client, tls::Version};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::support::closed_port;
use crate::support::program::{Program, command, output};
use crate::support::wait::{PATIENCE, until};

/// A certificate and its key, in files that a test can replace.
struct KeyPairFiles {
    folder: TempDir,
    generated: CertifiedKey<KeyPair>,
}

impl KeyPairFiles {
    fn new() -> Self {
        let pair = Self { folder: tempfile::tempdir().unwrap(), generated: generate() };
        pair.write(&pair.generated);
        pair
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, generated: &CertifiedKey<KeyPair>) {
        std::fs::write(self.path("cert.pem"), generated.cert.pem()).unwrap();
        std::fs::write(self.path("key.pem"), generated.signing_key.serialize_pem()).unwrap();
    }

    fn flags(&self) -> [String; 2] {
        let flag = |flag: &str, name: &str| format!("--{flag}={}", self.path(name).display());
        [flag("tls-cert", "cert.pem"), flag("tls-key", "key.pem")]
    }

    /// Starts a relay with this certificate.
    async fn program(&self, more: &[&str]) -> Program {
        let [cert, key] = self.flags();
        let vendor = closed_port().await;
        let flags = [&[cert.as_str(), &key, "--vendor-base", &vendor, "--admin-listen=127.0.0.1:0"], more].concat();
        Program::start(&flags)
    }
}

fn generate() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap()
}

/// A client that opens a new connection and trusts only this certificate.
fn client(trusted: &CertifiedKey<KeyPair>, version: Version) -> Client {
    let certificate = Certificate::from_pem(trusted.cert.pem().as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().timeout(PATIENCE).tls_certs_only([certificate]);
    builder.min_tls_version(version).max_tls_version(version).build().unwrap()
}

/// Returns whether a client that trusts only this certificate gets an answer.
async fn healthy(program: &Program, trusted: &CertifiedKey<KeyPair>, version: Version) -> bool {
    let answer = client(trusted, version).get(format!("{}/healthz", program.base)).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_tls_1_2_and_1_3_are_accepted() {
    let pair = KeyPairFiles::new();
    let program = pair.program(&["--log=trace"]).await;
    assert!(program.base.starts_with("https://"), "{}", program.base);
    assert!(healthy(&program, &pair.generated, Version::TLS_1_2).await);
    assert!(healthy(&program, &pair.generated, Version::TLS_1_3).await);
    assert!(!healthy(&program, &generate(), Version::TLS_1_3).await, "the client checks the certificate");
    let plain = Client::builder().no_proxy().build().unwrap();
    assert!(plain.get(program.base.replace("https", "http")).send().await.is_err());
    program.signal(Signal::TERM);
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
    let key = pair.generated.signing_key.serialize_pem();
    assert!(!log.contains(key.lines().nth(1).unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_tls_handshake_is_cut_off_and_blocks_nobody() {
    let pair = KeyPairFiles::new();
    let program = pair.program(&["--header-timeout=2s"]).await;
    let address = program.base.trim_start_matches("https://").to_owned();
    let mut slow: Vec<_> = (0..20).map(|_| TcpStream::connect(&address).unwrap()).collect();
    // The start of a handshake.
    slow[0].write_all(&[22, 3, 1]).unwrap();
    let started = Instant::now();
    assert!(healthy(&program, &pair.generated, Version::TLS_1_3).await);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
        let mut rest = Vec::new();
        // A reset ends the connection as well.
        let _ = stream.read_to_end(&mut rest);
        assert!(started.elapsed() < Duration::from_secs(15), "the connection stays open: {:?}", started.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_loaded_without_a_restart() {
    let pair = KeyPairFiles::new();
    let program = pair.program(&[]).await;
    assert!(healthy(&program, &pair.generated, Version::TLS_1_3).await);
    let failed = "akiba_relay_certificate_loads_total{result=\"failed\"}";
    // An unusable file changes nothing: a certificate that does not fit the key, and text that is not PEM.
    let next = generate();
    for wrong in [next.cert.pem(), "nothing".to_owned()] {
        let before = program.metric(failed).await.unwrap_or(0.0);
        std::fs::write(pair.path("cert.pem"), wrong).unwrap();
        until("the failed load is counted", async || program.metric(failed).await.unwrap_or(0.0) > before).await;
        assert!(healthy(&program, &pair.generated, Version::TLS_1_3).await, "the old certificate stays");
    }
    pair.write(&next);
    until("the new certificate is loaded", async || healthy(&program, &next, Version::TLS_1_3).await).await;
    assert!(!healthy(&program, &pair.generated, Version::TLS_1_3).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_expiry_of_the_certificate_is_a_metric() {
    let until_year = |year| {
        let mut parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        parameters.not_after = date_time_ymd(year, 1, 1);
        let signing_key = KeyPair::generate().unwrap();
        CertifiedKey { cert: parameters.self_signed(&signing_key).unwrap(), signing_key }
    };
    let name = "akiba_relay_certificate_expiry_timestamp_seconds";
    let pair = KeyPairFiles::new();
    pair.write(&until_year(2031));
    let program = pair.program(&[]).await;
    assert_eq!(program.metric(name).await, Some(1_924_992_000.0));
    pair.write(&until_year(2032));
    until("the new expiry is known", async || program.metric(name).await == Some(1_956_528_000.0)).await;
    // The old certificate stays, and so does its expiry.
    std::fs::write(pair.path("cert.pem"), "nothing").unwrap();
    let failed = "akiba_relay_certificate_loads_total{result=\"failed\"}";
    until("the failed load is counted", async || program.metric(failed).await > Some(0.0)).await;
    assert_eq!(program.metric(name).await, Some(1_956_528_000.0));

    let vendor = closed_port().await;
    let plain = Program::start(&["--vendor-base", &vendor, "--admin-listen=127.0.0.1:0"]);
    assert_eq!(plain.metric(name).await, None, "a relay without TLS has no certificate");
}

#[test]
fn an_incomplete_or_mismatched_key_pair_is_rejected() {
    let (pair, other) = (KeyPairFiles::new(), KeyPairFiles::new());
    let [cert, key] = pair.flags();
    let [_, other_key] = other.flags();
    let nowhere = "--tls-key=/nowhere/at/all".to_owned();
    let no_pem = format!("--tls-key={}", pair.path("cert.pem").display());
    for (flags, message) in [
        (vec![&cert], "need each other"),
        (vec![&key], "need each other"),
        (vec![&cert, &other_key], "do not belong together"),
        (vec![&cert, &nowhere], "--tls-key: /nowhere/at/all: No such file"),
        (vec![&cert, &no_pem], "it holds no PEM private key"),
    ] {
        let flags: Vec<_> = flags.into_iter().map(String::as_str).collect();
        let output = output(&mut command(&flags));
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(message), "{error}");
    }
}
