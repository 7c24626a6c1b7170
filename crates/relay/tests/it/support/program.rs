//! The real program in a process of its own, and its operator.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::Value;
use tempfile::NamedTempFile;

use super::database::Database;
use super::wait::{PATIENCE, until};
use super::{TOKEN, run_log};

/// The program. It is killed with SIGKILL when this is dropped.
pub(crate) struct Program {
    child: Child,
    /// Base URL of the service.
    pub(crate) base: String,
    /// Base URL of the operator's listener. Empty without one.
    pub(crate) admin: String,
    client: Client,
    log: NamedTempFile,
}

impl Program {
    /// Starts a relay without sessions.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::run(command(&[&["--sessions=off"], flags].concat()))
    }

    /// Starts a relay with sessions.
    pub(crate) fn with_sessions(database: &Database, flags: &[&str]) -> Self {
        Self::with_sessions_and(database, flags, |_| {})
    }

    /// Starts a relay with sessions by a command that is changed before.
    pub(crate) fn with_sessions_and(database: &Database, flags: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let keys = &database.keys;
        let mut command = command(flags);
        command.args(["--api-key", &keys.api_setting, "--database", &database.url]);
        command.env("AKIBA_SESSION_KEYS", &keys.session).env("AKIBA_DATA_KEYS", &keys.data);
        command.env("AKIBA_WEBHOOK_SECRETS", &keys.webhook);
        change(&mut command);
        Self::run(command)
    }

    /// Starts a relay by this command, and waits until it listens.
    pub(crate) fn run(mut command: Command) -> Self {
        // A pipe that nobody reads would fill up and stop the program. A file doesn't.
        let log = NamedTempFile::new().unwrap();
        command.stderr(log.reopen().unwrap());
        Self::logging_to(command, log)
    }

    /// Starts a relay by this command, with a pipe as its standard error. Nobody reads the pipe unless the test does.
    pub(crate) fn with_stderr(mut command: Command) -> (Self, ChildStderr) {
        command.stderr(Stdio::piped());
        let mut program = Self::logging_to(command, NamedTempFile::new().unwrap());
        let stderr = program.child.stderr.take().unwrap();
        (program, stderr)
    }

    /// Starts a relay by a command whose standard error is set.
    pub(crate) fn logging_to(mut command: Command, log: NamedTempFile) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, listening) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        thread::spawn(move || sender.send(addresses(stdout)));
        let found = listening.recv_timeout(PATIENCE).ok().flatten();
        if found.is_none() {
            let _ = child.kill();
        }
        assert!(found.is_some(), "the relay does not listen: {}", text_of(&log));
        let (base, admin) = found.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().timeout(2 * PATIENCE).build().unwrap();
        Self { child, base, admin, client, log }
    }

    /// The address without a scheme.
    pub(crate) fn address(&self) -> &str {
        self.base.split_once("://").unwrap().1
    }

    pub(crate) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// A GET of the service.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, &format!("{}{path}", self.base))
    }

    /// A call of the service with this key and JSON.
    pub(crate) fn post(&self, path: &str, key: &str, body: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, &format!("{}{path}", self.base)).bearer_auth(key);
        request.header("content-type", "application/json").body(body.to_string())
    }

    /// Sends a request to the operator's listener. Returns status and body.
    pub(crate) async fn operator(&self, method: Method, path: &str) -> (u16, String) {
        let response = self.request(method, &format!("{}{path}", self.admin)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Returns the value of a metric, which is named with its labels.
    pub(crate) async fn metric(&self, name: &str) -> Option<f64> {
        let (status, text) = self.operator(Method::GET, "/metrics").await;
        assert_eq!(status, 200);
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
    }

    /// Waits until the operator's listener answers with this.
    pub(crate) async fn wait_for(&self, path: &str, expected: (u16, Value)) {
        until(&format!("{path} answers {expected:?}"), async || {
            let (status, body) = self.operator(Method::GET, path).await;
            (status, serde_json::from_str::<Value>(&body).unwrap()) == expected
        })
        .await;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).unwrap();
    }

    /// Limits the size of the files that it writes from now on, in bytes.
    pub(crate) fn limit_files(&self, bytes: Option<u64>) {
        prlimit(Some(self.id()), Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap()).unwrap()
    }

    /// Waits until it ends, and fails if it doesn't. Returns whether it ended in order, and its log.
    pub(crate) async fn ended(self) -> (bool, String) {
        let (status, log) = self.exit_status().await;
        (status == Some(0), log)
    }

    /// Waits until it ends, and fails if it doesn't. Returns its exit status, unless a signal ended it, and its log.
    pub(crate) async fn exit_status(mut self) -> (Option<i32>, String) {
        tokio::task::spawn_blocking(move || {
            let status = wait_for(&mut self.child);
            assert!(status.is_some(), "the relay still runs after {PATIENCE:?}: {}", text_of(&self.log));
            (status.unwrap().code(), text_of(&self.log))
        })
        .await
        .unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        run_log::keep(&text_of(&self.log));
    }
}

/// Reads the addresses of the service and of the operator's listener. Returns nothing if the program ends before it
/// listens.
fn addresses(stdout: ChildStdout) -> Option<(String, String)> {
    let mut admin = String::new();
    for line in BufReader::new(stdout).lines() {
        let line = line.unwrap();
        if let Some(url) = line.strip_prefix("listening on ") {
            return Some((url.to_owned(), admin));
        } else if let Some(url) = line.strip_prefix("admin on ") {
            url.clone_into(&mut admin);
        }
    }
    None
}

fn text_of(log: &NamedTempFile) -> String {
    String::from_utf8_lossy(&std::fs::read(log.path()).unwrap()).into_owned()
}

/// Waits until a process ends. Returns nothing if it still runs after [`PATIENCE`].
fn wait_for(child: &mut Child) -> Option<ExitStatus> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

/// Runs a command that must end by itself, as `Command::output`. One that still runs after [`PATIENCE`] is killed, and
/// the test fails with what it wrote.
pub(crate) fn output(command: &mut Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = Pid::from_child(&child);
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
    let in_time = ended.recv_timeout(PATIENCE);
    if in_time.is_err() {
        kill_process(id, Signal::KILL).unwrap();
    }
    let late = in_time.is_err();
    let output = in_time.unwrap_or_else(|_| ended.recv().unwrap());
    let said = || String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned();
    assert!(!late, "it still runs after {PATIENCE:?}: {}", said());
    output
}

/// The program with these flags and the vendor's token.
pub(crate) fn command(flags: &[&str]) -> Command {
    // By default a write beyond the limit of `limit_files` ends the process. With the signal ignored it fails, as on a
    // full disk.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_akiba-relay")]);
    command
        .env_clear()
        .env("AKIBA_RELAY_LOG", "trace")
        .env("AKIBA_TOKEN", TOKEN)
        .arg("--listen=127.0.0.1:0")
        .args(flags);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command of the program, without an environment but for these variables. Returns whether it succeeded, and
/// what it wrote.
pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
    let output = output(command.env_clear().args(arguments).envs(variables.iter().copied()));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}
