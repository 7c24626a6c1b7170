//! The program: its flags, when it does not start, its log and how it ends.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream};
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;
use tokio::net::TcpSocket;

use crate::support::program::{Program, output};
use crate::support::tls_vendor::TlsVendor;
use crate::support::wait::{PATIENCE, reached};
use crate::support::{FILE_NAME, IDENTIFIER, S3_KEY, SIGNATURE, TOKEN, Vendor, link_reply, link_request};

/// The program with these flags and no environment.
fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
    command.env_clear().args(flags).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program with these flags, a free port and the vendor's token.
fn command_with_token(flags: &[&str]) -> Command {
    let mut command = command(&[&["--listen=127.0.0.1:0"], flags].concat());
    command.env("AKIBA_TOKEN", TOKEN);
    command
}

/// Returns the error message of a program that must not start.
fn refused(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = output(command);
    assert!(!status.success());
    assert!(stdout.is_empty(), "it listens");
    String::from_utf8(stderr).unwrap()
}

/// Makes the first call from a thread of its own. Returns the whole answer.
async fn post_link(program: &Program) -> String {
    let address = program.address().to_owned();
    tokio::task::spawn_blocking(move || post(&address, &link_request().to_string())).await.unwrap()
}

fn post(address: &str, body: &str) -> String {
    post_on(&mut TcpStream::connect(address).unwrap(), body)
}

fn post_on(stream: &mut TcpStream, body: &str) -> String {
    let head = "POST /v1/customer HTTP/1.1\r\nhost: relay\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    // Else a test whose relay neither answers nor ends would never end.
    stream.set_read_timeout(Some(2 * PATIENCE)).unwrap();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn help_lists_flags_and_variables() {
    let Output { status, stdout, .. } = output(&mut command(&["--help"]));
    assert!(status.success());
    let help = String::from_utf8(stdout).unwrap();
    for part in
        ["--listen", "--token-file", "AKIBA_TOKEN", "AKIBA_RELAY_VENDOR_BASE", "127.0.0.1:8081", "[default: 4096]"]
    {
        assert!(help.contains(part), "{part}");
    }
    assert!(!help.contains("--token "), "a token must not be a flag");
}

#[test]
fn a_missing_or_invalid_token_is_rejected() {
    let listen = "--listen=127.0.0.1:0";
    assert!(refused(&mut command(&[listen])).contains("there is no token"));
    for (token, message) in
        [("", "the token is empty"), (" \n", "the token is empty"), ("s3cr\u{7}et", "not allowed in a header")]
    {
        let mut command = command(&[listen]);
        let error = refused(command.env("AKIBA_TOKEN", token));
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("s3cr"));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let flag = format!("--token-file={}", file.path().display());
    let error = refused(&mut command(&[listen, &flag]));
    assert!(error.contains(&format!("the file {} is empty", file.path().display())), "{error}");
}

#[test]
fn an_unencrypted_vendor_url_is_rejected() {
    for base in ["http://api.example", "http://127.0.0.1.evil.example", "http://localhost@evil.example", "ftp://x"] {
        let error = refused(&mut command_with_token(&[&format!("--vendor-base={base}")]));
        assert!(error.contains("https"), "{error}");
        assert!(!error.contains(TOKEN));
    }
}

#[test]
fn a_wildcard_origin_is_rejected() {
    for origin in ["*", "null", "https://bank.example/"] {
        let error = refused(&mut command_with_token(&[&format!("--allow-origin={origin}")]));
        assert!(error.contains("origin"), "{origin}");
    }
}

/// Returns the output of `keygen`.
fn keygen(arguments: &[&str]) -> String {
    let Output { status, stdout, .. } = output(&mut command(&[&["keygen"], arguments].concat()));
    assert!(status.success());
    String::from_utf8(stdout).unwrap()
}

#[test]
fn sessions_need_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("relay.db").display());
    let api = keygen(&["api", "bank"]);
    let (key, setting) = api.trim().split_once('\n').unwrap();
    assert!(key.starts_with("akr_") && setting.starts_with("bank="));
    let api = format!("--api-key={setting}");
    let start = |flags: &[&str], variables: &[(&str, &str)]| {
        refused(command_with_token(flags).env("AKIBA_RELAY_DATABASE", &database).envs(variables.iter().copied()))
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
    // The shortest allowed retention is 1h + 30s.
    let error = start(&[&api, "--retention=3629s"], &all);
    assert!(error.contains("--retention is shorter than --session-ttl-max and --clock-leeway"), "{error}");
    assert!(start(&[&api, "--retention=1h", "--clock-leeway=1s"], &all).contains("--retention is shorter"));
    let shortest = [&api, "--retention=3630s", "--database=sqlite:/nowhere/at/all/relay.db"];
    assert!(start(&shortest, &all).contains("database: "));
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
    let error = refused(&mut command);
    assert!(error.contains(&format!("can't listen on {address}")), "{error}");
}

/// Calls the relay's port from and to these addresses. Returns the status, or nothing if the machine has no IPv6.
fn status_from(from: &str, to: &str, port: u16) -> Option<u16> {
    let (from, to): (IpAddr, IpAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let socket = if from.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.ok()?;
    let mut stream = runtime.block_on(async {
        socket.bind((from, 0).into()).ok()?;
        let stream = socket.connect((to, port).into()).await.ok()?.into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        Some(stream)
    })?;
    let answer = post_on(&mut stream, &link_request().to_string());
    answer.split(' ').nth(1).unwrap().parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_on_all_addresses_counts_each_client() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let flags = ["--listen=[::]:0", "--sessions=off", "--rate-address=2/h", "--vendor-base", &vendor.base];
    let mut command = command(&flags);
    command.env("AKIBA_TOKEN", TOKEN);
    let program = Program::run(command);
    let port: u16 = program.address().rsplit_once(':').unwrap().1.parse().unwrap();
    let statuses = tokio::task::spawn_blocking(move || {
        let twice_and_again = |from, to| [(); 3].map(|()| status_from(from, to, port));
        let first = twice_and_again("127.0.0.1", "127.0.0.1");
        (first, twice_and_again("127.0.0.2", "127.0.0.1"), twice_and_again("::1", "::1"))
    });
    let (first, second, v6) = statuses.await.unwrap();
    let counted = [Some(200), Some(200), Some(429)];
    assert_eq!((first, second), (counted, counted));
    assert!(v6 == counted || v6 == [None; 3], "{v6:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_check_of_a_listener_on_all_addresses_needs_no_ipv6() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    // It listens on IPv4 only, as in a container whose loopback interface has no `::1`.
    let program = Program::start(&["--vendor-base", &vendor.base]);
    let port = program.address().rsplit_once(':').unwrap().1.to_owned();
    let ready = move || output(&mut command(&[&format!("--listen=[::]:{port}"), "ready"]));
    let Output { status, stderr, .. } = tokio::task::spawn_blocking(ready).await.unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_signal_ends_the_relay_in_order() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    for (signal, format) in [(Signal::TERM, "text"), (Signal::INT, "json"), (Signal::QUIT, "json")] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{TOKEN}").unwrap();
        let mut command = command(&["--token-file", file.path().to_str().unwrap(), "--log-format", format]);
        command.env("AKIBA_RELAY_LISTEN", "127.0.0.1:0").env("AKIBA_RELAY_VENDOR_BASE", &vendor.base);
        command.env("AKIBA_RELAY_LOG", "trace");
        // A proxy from the environment would see the token.
        command.env("http_proxy", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://127.0.0.1:9");
        let program = Program::run(command);
        assert!(!program.address().ends_with(":0"), "{}", program.base);

        let answer = post_link(&program).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let id = answer.split_once("x-request-id: ").unwrap().1.lines().next().unwrap();

        program.signal(signal);
        let (in_order, log) = program.ended().await;
        assert!(in_order, "{log}");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(id)).collect();
        assert_eq!(lines.len(), 1, "{log}");
        assert!(lines[0].contains("/v1/customer") && lines[0].contains("200"));
        for secret in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
    assert_eq!(vendor.seen().len(), 3);
    assert_eq!(vendor.seen()[0].headers["token"], TOKEN);
}

/// Not on macOS: there the relay trusts the certificate store of the system, which no test should change.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_certificate_is_checked_and_no_secret_is_logged() {
    let vendor = TlsVendor::saying(link_reply().to_string()).await;
    let other = TlsVendor::saying(link_reply().to_string()).await;
    for (trusted, status, code) in [(&vendor, "200", "ok"), (&other, "502", "vendor-unavailable")] {
        let mut command = command_with_token(&["--vendor-base", &vendor.base, "--log=trace"]);
        command.env("SSL_CERT_FILE", trusted.authority());
        let program = Program::run(command);
        let answer = post_link(&program).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        program.signal(Signal::TERM);
        let (in_order, log) = program.ended().await;
        assert!(in_order, "{log}");
        assert!(log.lines().any(|line| line.contains(&format!("code=\"{code}\""))), "{log}");
        assert!(log.contains(" hyper_util::"), "the libraries' lines are missing: {log}");
        for secret in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE, FILE_NAME, "X-Amz-Signature"] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_terminal_does_not_break_the_shutdown() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let mut command = command_with_token(&["--vendor-base", &vendor.base, "--log=trace"]);
    let (terminal, log) = std::io::pipe().unwrap();
    command.stderr(log);
    let program = Program::logging_to(command, tempfile::NamedTempFile::new().unwrap());
    // From now on, every write to its log is an error.
    drop(terminal);
    let answer = post_link(&program).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // It loads the secrets again, and does not end the relay.
    program.signal(Signal::HUP);
    let answer = post_link(&program).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    program.signal(Signal::TERM);
    assert!(program.ended().await.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_relay_at_once() {
    let (vendor, mut at_vendor) = Vendor::stalled().await;
    let flags = ["--vendor-base", &vendor.base, "--vendor-timeout=1h", "--drain-timeout=1h"];
    let program = Program::run(command_with_token(&flags));
    let address = program.address().to_owned();
    let caller = tokio::task::spawn_blocking(move || post(&address, &link_request().to_string()));
    reached(&mut at_vendor).await;
    // Two different signals: the system may merge two equal ones.
    program.signal(Signal::TERM);
    program.signal(Signal::INT);
    let (in_order, log) = program.ended().await;
    assert!(!in_order, "the exit status hides that a call was cut");
    assert!(log.contains("running requests were cut off"), "{log}");
    assert_eq!(caller.await.unwrap(), "", "the call gets an answer");
}
