//! The binary itself: its flags, its refusals, the line that names its address, its log and its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::tls_vendor::TlsVendor;
use crate::support::{FILE_NAME, IDENTIFIER, S3_KEY, SIGNATURE, TOKEN, Vendor, link_reply, link_request, run_log};

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
    command.env_clear().args(flags).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn refused(mut command: Command) -> String {
    refused_with(&mut command)
}

fn refused_with(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(!status.success());
    assert!(stdout.is_empty(), "it listens");
    String::from_utf8(stderr).unwrap()
}

/// A process that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(mut command: Command) -> (Self, String) {
        let mut running = Self(command.spawn().unwrap());
        let mut line = String::new();
        BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("listening on http://").expect("the line that names the address");
        let address = address.strip_suffix('\n').unwrap().to_owned();
        (running, address)
    }

    fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.0.id().try_into().unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    fn end(mut self) -> (bool, String) {
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        run_log::keep(&log);
        (self.0.wait().unwrap().success(), log)
    }
}

fn post(address: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /v1/customer HTTP/1.1\r\nhost: relay\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn help_names_every_way_in() {
    let Output { status, stdout, .. } = command(&["--help"]).output().unwrap();
    assert!(status.success());
    let help = String::from_utf8(stdout).unwrap();
    for part in
        ["--listen", "--token-file", "AKIBA_TOKEN", "AKIBA_RELAY_VENDOR_BASE", "127.0.0.1:8081", "[default: 4096]"]
    {
        assert!(help.contains(part), "{part}");
    }
    assert!(!help.contains("--token "), "a token is no flag");
}

#[test]
fn it_does_not_start_without_a_good_token() {
    let listen = "--listen=127.0.0.1:0";
    assert!(refused(command(&[listen])).contains("there is no token"));
    for (token, says) in
        [("", "the token is empty"), (" \n", "the token is empty"), ("s3cr\u{7}et", "no header can carry")]
    {
        let mut command = command(&[listen]);
        command.env("AKIBA_TOKEN", token);
        let error = refused(command);
        assert!(error.contains(says), "{error}");
        assert!(!error.contains("s3cr"));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let flag = format!("--token-file={}", file.path().display());
    assert!(refused(command(&[listen, &flag])).contains("the token is empty"));
}

#[test]
fn it_does_not_send_the_token_in_the_clear() {
    for base in ["http://api.example", "http://127.0.0.1.evil.example", "http://localhost@evil.example", "ftp://x"] {
        let mut command = command(&["--listen=127.0.0.1:0", &format!("--vendor-base={base}")]);
        command.env("AKIBA_TOKEN", TOKEN);
        let error = refused(command);
        assert!(error.contains("https"), "{error}");
        assert!(!error.contains(TOKEN));
    }
}

#[test]
fn it_does_not_open_to_any_page() {
    for origin in ["*", "null", "https://bank.example/"] {
        let mut command = command(&["--listen=127.0.0.1:0", &format!("--allow-origin={origin}")]);
        command.env("AKIBA_TOKEN", TOKEN);
        assert!(refused(command).contains("origin"), "{origin}");
    }
}

/// What `keygen` prints.
fn keygen(arguments: &[&str]) -> String {
    let Output { status, stdout, .. } = command(&[&["keygen"], arguments].concat()).output().unwrap();
    assert!(status.success());
    String::from_utf8(stdout).unwrap()
}

#[test]
fn sessions_do_not_start_without_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("relay.db").display());
    let api = keygen(&["api", "bank"]);
    let (key, setting) = api.trim().split_once('\n').unwrap();
    assert!(key.starts_with("akr_") && setting.starts_with("bank="));
    let api = format!("--api-key={setting}");
    let start = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(&[&["--listen=127.0.0.1:0"], flags].concat());
        refused_with(
            command.env("AKIBA_TOKEN", TOKEN).env("AKIBA_RELAY_DATABASE", &database).envs(variables.iter().copied()),
        )
    };
    let (session, data) = (keygen(&["session"]), keygen(&["data", "2026"]));
    let sessions = ("AKIBA_SESSION_KEYS", session.trim());
    assert!(start(&["--sessions=required"], &[]).contains("give --api-key"));
    assert!(start(&[&api], &[]).contains("AKIBA_SESSION_KEYS"));
    assert!(start(&[&api], &[sessions]).contains("AKIBA_DATA_KEYS"));
    let error = start(&[&api], &[sessions, ("AKIBA_DATA_KEYS", "2026:s3cret")]);
    assert!(error.contains("data key 1") && !error.contains("s3cret"), "{error}");
    let all = [sessions, ("AKIBA_DATA_KEYS", data.trim())];
    assert!(start(&[&api, "--webhook-url=https://bank.example"], &all).contains("AKIBA_WEBHOOK_SECRETS"));
    assert!(start(&[&api, "--page-reply=full"], &all).contains("--keep full"));
    assert!(start(&[&api, "--session-ttl=2h"], &all).contains("--session-ttl-max"));
    assert!(start(&[&api, "--database=mysql://s3cret@x/y"], &all).contains("sqlite:PATH"));
    let nowhere = start(&[&api, "--database=sqlite:/nowhere/at/all/relay.db"], &all);
    assert!(nowhere.contains("database: "), "{nowhere}");
}

#[test]
fn a_port_in_use_is_a_clear_message() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = command(&["--listen", &address]);
    command.env("AKIBA_TOKEN", TOKEN);
    let error = refused(command);
    assert!(error.contains(&format!("can't listen on {address}")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_logs_without_secrets_and_ends_on_every_signal() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    for (signal, format) in
        [(Signal::TERM, "text"), (Signal::INT, "json"), (Signal::HUP, "text"), (Signal::QUIT, "json")]
    {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{TOKEN}").unwrap();
        let mut command = command(&["--token-file", file.path().to_str().unwrap(), "--log-format", format]);
        command.env("AKIBA_RELAY_LISTEN", "127.0.0.1:0").env("AKIBA_RELAY_VENDOR_BASE", &vendor.base);
        command.env("AKIBA_RELAY_LOG", "trace");
        // A proxy of the environment would get to see the token.
        command.env("http_proxy", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://127.0.0.1:9");
        let (running, address) = Running::start(command);
        assert!(!address.ends_with(":0"), "{address}");

        let answer = tokio::task::spawn_blocking(move || post(&address, &link_request().to_string())).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let id = answer.split_once("x-request-id: ").unwrap().1.lines().next().unwrap();

        running.signal(signal);
        let (success, log) = running.end();
        assert!(success, "{log}");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(id)).collect();
        assert_eq!(lines.len(), 1, "{log}");
        assert!(lines[0].contains("/v1/customer") && lines[0].contains("200"));
        for secret in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
    assert_eq!(vendor.seen().len(), 4);
    assert_eq!(vendor.seen()[0].headers["token"], TOKEN);
}

/// On macOS the system's own store is asked, which no test should change.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_behind_tls_is_trusted_by_its_certificate_and_no_secret_is_in_the_log() {
    let vendor = TlsVendor::saying(link_reply().to_string()).await;
    let other = TlsVendor::saying(link_reply().to_string()).await;
    for (trusted, status, code) in [(&vendor, "200", "ok"), (&other, "502", "vendor-unavailable")] {
        let mut command = command(&["--listen=127.0.0.1:0", "--vendor-base", &vendor.base, "--log=trace"]);
        command.env("AKIBA_TOKEN", TOKEN).env("SSL_CERT_FILE", trusted.certificate.path());
        let (running, address) = Running::start(command);
        let answer = tokio::task::spawn_blocking(move || post(&address, &link_request().to_string())).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        running.signal(Signal::TERM);
        let (success, log) = running.end();
        assert!(success, "{log}");
        assert!(log.lines().any(|line| line.contains(&format!("code=\"{code}\""))), "{log}");
        assert!(log.contains(" hyper_util::"), "libraries are heard too: {log}");
        for secret in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE, FILE_NAME, "X-Amz-Signature"] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_outlives_its_terminal_until_it_has_ended_in_order() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let mut command = command(&["--listen=127.0.0.1:0", "--vendor-base", &vendor.base, "--log=trace"]);
    command.env("AKIBA_TOKEN", TOKEN);
    let (mut running, address) = Running::start(command);
    // What it writes there from now on is an error.
    drop(running.0.stderr.take());
    let answer = tokio::task::spawn_blocking(move || post(&address, &link_request().to_string())).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    running.signal(Signal::HUP);
    assert!(running.0.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let (reached, mut at_vendor) = tokio::sync::mpsc::unbounded_channel();
    let vendor = Vendor::raw(move |stream| {
        let reached = reached.clone();
        async move {
            reached.send(()).unwrap();
            std::future::pending::<()>().await;
            drop(stream);
        }
    })
    .await;
    let flags = ["--listen=127.0.0.1:0", "--vendor-base", &vendor.base, "--vendor-timeout=1h", "--drain-timeout=1h"];
    let mut command = command(&flags);
    command.env("AKIBA_TOKEN", TOKEN);
    let (running, address) = Running::start(command);
    let caller = tokio::task::spawn_blocking(move || post(&address, &link_request().to_string()));
    at_vendor.recv().await.unwrap();
    // Two kinds, as two of one kind may become one on their way.
    running.signal(Signal::TERM);
    running.signal(Signal::INT);
    let (success, log) = running.end();
    assert!(!success, "a call was cut");
    assert!(log.contains("requests that still ran were cut"), "{log}");
    assert_eq!(caller.await.unwrap(), "", "the call gets no answer");
}
