//! The relay's own TLS, with a real client.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, KeyPair};
use reqwest::{Certificate, Client, tls::Version};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::program::{Program, command};
use crate::support::nobody;

/// Certificate and key in files, which can be replaced.
struct Pair {
    folder: TempDir,
    made: CertifiedKey<KeyPair>,
}

impl Pair {
    fn new() -> Self {
        let pair = Self { folder: tempfile::tempdir().unwrap(), made: made() };
        pair.write(&pair.made);
        pair
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, made: &CertifiedKey<KeyPair>) {
        std::fs::write(self.path("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(self.path("key.pem"), made.signing_key.serialize_pem()).unwrap();
    }

    fn flags(&self) -> [String; 2] {
        let flag = |flag: &str, name: &str| format!("--{flag}={}", self.path(name).display());
        [flag("tls-cert", "cert.pem"), flag("tls-key", "key.pem")]
    }

    /// A program that speaks TLS with it.
    async fn program(&self, more: &[&str]) -> Program {
        let [cert, key] = self.flags();
        let vendor = nobody().await;
        let flags = [&[cert.as_str(), &key, "--vendor-base", &vendor, "--admin-listen=127.0.0.1:0"], more].concat();
        Program::start(&flags)
    }
}

fn made() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap()
}

/// A client on a new connection that trusts this certificate alone.
fn client(made: &CertifiedKey<KeyPair>, version: Version) -> Client {
    let certificate = Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().tls_certs_only([certificate]);
    builder.min_tls_version(version).max_tls_version(version).build().unwrap()
}

async fn healthy(program: &Program, made: &CertifiedKey<KeyPair>, version: Version) -> bool {
    let answer = client(made, version).get(format!("{}/healthz", program.base)).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_tls_1_2_and_1_3_and_nothing_else_there() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pair = Pair::new();
    let program = pair.program(&["--log=trace"]).await;
    assert!(program.base.starts_with("https://"), "{}", program.base);
    assert!(healthy(&program, &pair.made, Version::TLS_1_2).await);
    assert!(healthy(&program, &pair.made, Version::TLS_1_3).await);
    assert!(!healthy(&program, &made(), Version::TLS_1_3).await, "the client checks");
    let plain = Client::builder().no_proxy().build().unwrap();
    assert!(plain.get(program.base.replace("https", "http")).send().await.is_err());
    program.signal(Signal::TERM);
    let (in_order, log) = tokio::task::spawn_blocking(move || program.ended()).await.unwrap();
    assert!(in_order, "{log}");
    let key = pair.made.signing_key.serialize_pem();
    assert!(!log.contains(key.lines().nth(1).unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_about_the_handshake_holds_nobody_up_and_is_cut() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pair = Pair::new();
    let program = pair.program(&["--header-timeout=2s"]).await;
    let address = program.base.trim_start_matches("https://").to_owned();
    let mut slow: Vec<_> = (0..20).map(|_| TcpStream::connect(&address).unwrap()).collect();
    // The begin of a handshake.
    slow[0].write_all(&[22, 3, 1]).unwrap();
    let started = Instant::now();
    assert!(healthy(&program, &pair.made, Version::TLS_1_3).await);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = stream.read_to_end(&mut rest);
        assert!(started.elapsed() < Duration::from_secs(15), "it is cut: {:?}", started.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_up_without_a_restart() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pair = Pair::new();
    let program = pair.program(&[]).await;
    assert!(healthy(&program, &pair.made, Version::TLS_1_3).await);
    let failed = "akiba_relay_certificate_loads_total{result=\"failed\"}";
    // What can't be used changes nothing: half of a pair, and no PEM.
    let next = made();
    for wrong in [next.cert.pem(), "nothing".to_owned()] {
        let before = program.metric(failed).await.unwrap_or(0.0);
        std::fs::write(pair.path("cert.pem"), wrong).unwrap();
        let started = Instant::now();
        while program.metric(failed).await.unwrap_or(0.0) == before {
            assert!(started.elapsed() < Duration::from_secs(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(healthy(&program, &pair.made, Version::TLS_1_3).await, "the old one stays");
    }
    pair.write(&next);
    let started = Instant::now();
    while !healthy(&program, &next, Version::TLS_1_3).await {
        assert!(started.elapsed() < Duration::from_secs(30), "the new one is not taken up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!healthy(&program, &pair.made, Version::TLS_1_3).await);
}

#[test]
fn it_does_not_start_with_half_a_pair_or_a_wrong_one() {
    let (pair, other) = (Pair::new(), Pair::new());
    let [cert, key] = pair.flags();
    let [_, other_key] = other.flags();
    let nowhere = "--tls-key=/nowhere/at/all".to_owned();
    let no_pem = format!("--tls-key={}", pair.path("cert.pem").display());
    for (flags, says) in [
        (vec![&cert], "need each other"),
        (vec![&key], "need each other"),
        (vec![&cert, &other_key], "do not belong together"),
        (vec![&cert, &nowhere], "--tls-key: /nowhere/at/all: No such file"),
        (vec![&cert, &no_pem], "it holds no private key in PEM"),
    ] {
        let flags: Vec<_> = flags.into_iter().map(String::as_str).collect();
        let output = command(&flags).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(says), "{error}");
    }
}
