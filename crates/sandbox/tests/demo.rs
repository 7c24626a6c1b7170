//! The demo as its user starts it: one process tree, the page's headers, the relay behind it, and every way to stop it.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that can't go on fails")]

mod support;

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::client;
use tempfile::TempDir;

fn stand_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stand_in/relay.py")
}

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("index.html", "<!doctype html><title>demo</title>".to_owned()),
        ("app.js", "export const a = 1;\n".repeat(500)),
        ("app.css", "a { color: red }\n".repeat(500)),
        ("app.wasm", "\0asm\u{1}\0\0\0".repeat(500)),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-sandbox"));
    command.args(arguments).env_remove("PORT");
    command
}

/// A running demo; dropping it kills it.
struct Demo {
    child: Child,
    ready: Value,
    _site: TempDir,
    scratch: TempDir,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        let (site, scratch) = (site(), tempfile::tempdir().unwrap());
        let ready_file = scratch.path().join("ready.json");
        let mut command = command(&["demo", "--port", "0"]);
        command.arg("--site").arg(site.path()).arg("--relay").arg(stand_in()).arg("--ready-file").arg(&ready_file);
        if !arguments.iter().any(|argument| ["--sessions", "--no-page"].contains(argument)) {
            command.args(["--sessions", "off"]);
        }
        command.args(arguments).env("TMPDIR", scratch.path()).env("AKIBA_RELAY_LOG", "of another relay");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let printed: Vec<String> = lines.take_while(|line| !line.starts_with("ready ")).collect();
        if printed.is_empty() {
            let _ = child.kill();
            panic!("not ready: {}", String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr));
        }
        assert_eq!(std::fs::metadata(&ready_file).unwrap().permissions().mode() & 0o777, 0o600);
        let ready = serde_json::from_slice(&std::fs::read(&ready_file).unwrap()).unwrap();
        Self { child, ready, _site: site, scratch }
    }

    fn url(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap().to_owned()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().try_into().unwrap()).unwrap(), signal).unwrap();
    }

    fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        wait_until("the demo's end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    fn listens(&self, name: &str) -> bool {
        TcpStream::connect(self.url(name).trim_start_matches("http://")).is_ok()
    }

    fn assert_all_gone(&self) {
        for name in ["page", "relay", "vendor", "s3"] {
            wait_until(name, || !self.listens(name));
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(30), "timeout: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

#[tokio::test]
async fn the_page_has_exactly_this_policy() {
    let demo = Demo::start(&[]);
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
         media-src 'self' blob:; connect-src 'self' {}",
        demo.url("s3")
    );
    for (path, status, kind) in [
        ("/", 200, "text/html"),
        ("/app.js", 200, "text/javascript"),
        ("/app.css", 200, "text/css"),
        ("/app.wasm", 200, "application/wasm"),
        ("/nothing", 404, ""),
    ] {
        let answer = client().get(format!("{}{path}", demo.url("page"))).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header("content-type").split(';').next().unwrap(), kind, "{path}");
        assert_eq!(header("content-security-policy"), policy);
        assert_eq!(header("permissions-policy"), "camera=(self)");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-cache");
    }
}

#[tokio::test]
async fn files_are_compressed_if_the_client_accepts_it() {
    let demo = Demo::start(&[]);
    for (accepts, encoding) in [("br, gzip", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        for file in ["app.js", "app.css", "app.wasm"] {
            let get = client().get(format!("{}/{file}", demo.url("page"))).header("accept-encoding", accepts);
            let answer = get.send().await.unwrap();
            let sent = answer.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(sent.as_deref(), encoding, "{file}");
            assert_eq!(answer.bytes().await.unwrap().len() < 1000, encoding.is_some(), "{file}");
        }
    }
}

#[tokio::test]
async fn requests_on_the_page_origin_reach_the_relay_unchanged() {
    let demo = Demo::start(&[]);
    let page = demo.url("page");
    let post = client().post(format!("{page}/v1/customer/verify?a=b%20c"));
    let post = post.header("x-forwarded-for", "192.0.2.1");
    let answer = post.header("origin", &page).header("authorization", "Bearer s").body("{\"x\":1}").send();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 418);
    assert_eq!(answer.headers()["x-relay"], "stand-in");
    assert!(!answer.headers().contains_key("content-security-policy"));
    let seen: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(seen["method"], "POST");
    assert_eq!(seen["path"], "/v1/customer/verify?a=b%20c");
    assert_eq!(seen["body"], "{\"x\":1}");
    assert_eq!(seen["headers"]["origin"], page.as_str());
    assert_eq!(seen["headers"]["authorization"], "Bearer s");
    assert_eq!(seen["headers"]["x-forwarded-for"], Value::Null, "a client can't set its own address");
    assert_eq!(seen["headers"]["host"], demo.url("relay").trim_start_matches("http://"));

    let health = client().get(format!("{page}/healthz")).send().await.unwrap();
    assert_eq!(health.status(), 418);
}

#[tokio::test]
async fn the_relay_gets_its_settings_and_the_token_only_in_the_environment() {
    let demo = Demo::start(&["--token", "t0ken", "--origin", "http://127.0.0.1:3000"]);
    let answer = client().get(format!("{}/healthz", demo.url("page"))).send().await.unwrap();
    let seen: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(seen["environment"], serde_json::json!({ "AKIBA_TOKEN": "t0ken" }));
    let port = demo.url("page").rsplit_once(':').unwrap().1.to_owned();
    let wanted = [
        "--sessions",
        "off",
        "--listen",
        "127.0.0.1:0",
        "--vendor-base",
        &demo.url("vendor"),
        "--trusted-proxy",
        "127.0.0.1",
        "--allow-origin",
        "http://127.0.0.1:3000",
        "--allow-origin",
        &format!("http://127.0.0.1:{port}"),
        "--allow-origin",
        &format!("http://localhost:{port}"),
    ];
    assert_eq!(seen["arguments"], serde_json::json!(wanted));
    assert_eq!(demo.url("token"), "t0ken");
}

#[tokio::test]
async fn with_sessions_the_page_server_is_the_back_end_and_the_relay_gets_keys_only_in_the_environment() {
    let demo = Demo::start(&["--sessions", "required", "--token", "t0ken", "--", "--clock-leeway", "0s"]);
    let page = demo.url("page");
    let answer = client().get(format!("{page}/healthz")).send().await.unwrap();
    let seen: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let wanted = serde_json::json!({
        "AKIBA_TOKEN": "t0ken",
        "AKIBA_SESSION_KEYS": "session-secret",
        "AKIBA_DATA_KEYS": "data-secret",
        "AKIBA_WEBHOOK_SECRETS": "whsec_c2VjcmV0",
    });
    assert_eq!(seen["environment"], wanted);
    let arguments: Vec<&str> =
        seen["arguments"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
    let after = |flag| arguments[arguments.iter().position(|&argument| argument == flag).unwrap() + 1];
    assert_eq!((after("--sessions"), after("--api-key"), after("--link-host")), ("required", "bank=hash", "127.0.0.1"));
    assert_eq!(after("--webhook-url"), format!("{page}/bank/hook"));
    assert_eq!(arguments[arguments.len() - 2..], ["--clock-leeway", "0s"]);
    assert!(!arguments.iter().any(|argument| argument.contains("secret")), "{arguments:?}");
    let folder = Path::new(after("--database").strip_prefix("sqlite:").unwrap()).parent().unwrap().to_owned();
    assert!(folder.starts_with(demo.scratch.path()) && folder.is_dir());

    let html = client().get(format!("{page}/")).send().await.unwrap();
    assert_eq!(html.headers()["cache-control"], "no-cache");
    assert!(html.headers().contains_key("content-security-policy"));
    assert!(html.text().await.unwrap().contains("<meta name=\"back-end\" content=\"bank\">"));
    // The stand-in answers everything with 418 and a copy of the request.
    let post = client().post(format!("{page}/bank/session")).header("content-type", "application/json");
    let answer = post.body(r#"{"identifier":"0000000000001"}"#).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    let sent: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (&sent["path"], &sent["headers"]["authorization"]),
        (&"/v1/sessions".into(), &"Bearer api-secret".into())
    );
    let body: Value = serde_json::from_str(sent["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, serde_json::json!({ "identifier": "0000000000001", "type": "1", "reference": "case-1" }));
    let unsigned = client().post(format!("{page}/bank/hook")).body("{}").send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    demo.signal(Signal::TERM);
    let mut demo = demo;
    assert_eq!(demo.wait().code(), Some(0));
    assert!(!folder.exists());
}

#[test]
fn a_signal_ends_the_whole_tree_and_the_temporary_folder() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let mut demo = Demo::start(&[]);
        let objects = PathBuf::from(demo.url("objects"));
        assert!(objects.starts_with(demo.scratch.path()) && objects.is_dir());
        // An open connection must not keep the folder.
        let _open = TcpStream::connect(demo.url("s3").trim_start_matches("http://")).unwrap();
        demo.signal(signal);
        assert_eq!(demo.wait().code(), Some(0));
        demo.assert_all_gone();
        assert!(!objects.exists());
    }
}

#[tokio::test]
async fn a_second_signal_does_not_wait_for_the_relay() {
    let mut demo = Demo::start(&[]);
    let objects = PathBuf::from(demo.url("objects"));
    client().get(format!("{}/v1/deaf", demo.url("page"))).send().await.unwrap();
    // Two different signals: two of the same kind may be merged.
    demo.signal(Signal::INT);
    demo.signal(Signal::TERM);
    assert_eq!(demo.wait().code(), Some(1));
    let mut message = String::new();
    BufReader::new(demo.child.stderr.take().unwrap()).read_line(&mut message).unwrap();
    assert_eq!(message, "akiba-sandbox: second signal: the relay was killed\n");
    demo.assert_all_gone();
    assert!(!objects.exists());
}

#[test]
fn it_stops_at_the_end_of_standard_input_only_if_requested() {
    let mut demo = Demo::start(&["--end-with-stdin"]);
    let objects = PathBuf::from(demo.url("objects"));
    drop(demo.child.stdin.take());
    assert_eq!(demo.wait().code(), Some(0));
    demo.assert_all_gone();
    assert!(!objects.exists());

    let mut other = Demo::start(&[]);
    drop(other.child.stdin.take());
    std::thread::sleep(Duration::from_millis(300));
    assert!(other.listens("page") && other.child.try_wait().unwrap().is_none());
}

#[cfg(target_os = "linux")]
#[test]
fn the_relay_does_not_outlive_a_sandbox_that_is_killed() {
    let mut demo = Demo::start(&[]);
    assert!(demo.listens("relay"));
    demo.child.kill().unwrap();
    demo.wait();
    demo.assert_all_gone();
}

#[tokio::test]
async fn the_demo_stops_when_the_relay_exits() {
    let mut demo = Demo::start(&[]);
    let _ = client().get(format!("{}/v1/exit", demo.url("page"))).send().await;
    assert_eq!(demo.wait().code(), Some(1));
    let mut message = String::new();
    BufReader::new(demo.child.stderr.take().unwrap()).read_line(&mut message).unwrap();
    assert_eq!(message, "akiba-sandbox: the relay exited (exit status: 7), so the demo stopped\n");
    demo.assert_all_gone();
}

#[test]
fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let site = site();
    let output = command(&["demo", "--site"])
        .arg(site.path())
        .arg("--relay")
        .arg(stand_in())
        .env("PORT", &port)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.starts_with(&format!("akiba-sandbox: port {port} is in use: ")), "{message}");
    assert!(message.contains("PORT="), "{message}");
}

#[test]
fn missing_files_are_named() {
    let (site, empty) = (site(), tempfile::tempdir().unwrap());
    let (site, empty) = (site.path().to_str().unwrap(), empty.path().to_str().unwrap());
    let no_page = run(&["demo", "--port", "0", "--site", empty]);
    assert_eq!(no_page.status.code(), Some(2));
    assert!(String::from_utf8(no_page.stderr).unwrap().contains(&format!("no index.html in {empty}")));

    let no_relay = run(&["demo", "--port", "0", "--site", site, "--relay", "nowhere/akiba-relay"]);
    assert_eq!(no_relay.status.code(), Some(1));
    assert!(String::from_utf8(no_relay.stderr).unwrap().contains("nowhere/akiba-relay can't be started"));

    // A program that exits at once and prints nothing.
    let broken_relay = run(&["demo", "--port", "0", "--site", site, "--sessions", "off", "--relay", "/bin/true"]);
    assert_eq!(broken_relay.status.code(), Some(1));
    assert!(String::from_utf8(broken_relay.stderr).unwrap().contains("exited before it listened"));
    let no_keys = run(&["demo", "--port", "0", "--site", site, "--relay", "/bin/true"]);
    assert_eq!(no_keys.status.code(), Some(1));
    assert!(String::from_utf8(no_keys.stderr).unwrap().contains("the relay printed no key"));

    assert_eq!(run(&["demo", "--port", "0"]).status.code(), Some(2), "neither --site nor --no-page");
}

#[test]
fn without_a_page_the_relay_listens_on_the_given_port() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let demo = Demo::start(&["--no-page", "--relay-port", &free]);
    assert_eq!(demo.ready["page"], Value::Null);
    assert_eq!(demo.url("relay"), format!("http://127.0.0.1:{free}"));
    assert!(demo.listens("relay"));
}

#[test]
fn serve_runs_vendor_and_storage_on_the_given_ports() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut child = command(&["serve", "--vendor-port", &free]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ready = lines.find(|line| line.starts_with("ready "));
    let listens = TcpStream::connect(format!("127.0.0.1:{free}")).is_ok();
    kill_process(Pid::from_raw(child.id().try_into().unwrap()).unwrap(), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(ready, Some(format!("ready http://127.0.0.1:{free}")));
    assert!(listens);
}
