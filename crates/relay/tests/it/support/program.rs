//! The real program in a process of its own, and its operator.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use reqwest::{Client, Method, RequestBuilder};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::Value;
use tempfile::NamedTempFile;

use super::database::Database;
use super::wait::until;
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
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut base, mut admin) = (String::new(), String::new());
        while base.is_empty() {
            let line = lines.next().expect("a line with the address").unwrap();
            if let Some(url) = line.strip_prefix("listening on ") {
                url.clone_into(&mut base);
            } else if let Some(url) = line.strip_prefix("admin on ") {
                url.clone_into(&mut admin);
            }
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
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

    /// Waits until it ends. Returns whether it ended in order, and its log.
    pub(crate) async fn ended(self) -> (bool, String) {
        let (status, log) = self.exit_status().await;
        (status == Some(0), log)
    }

    /// Waits until it ends. Returns its exit status, unless a signal ended it, and its log.
    pub(crate) async fn exit_status(mut self) -> (Option<i32>, String) {
        tokio::task::spawn_blocking(move || {
            let status = self.child.wait().unwrap().code();
            (status, std::fs::read_to_string(self.log.path()).unwrap())
        })
        .await
        .unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        run_log::keep(&String::from_utf8_lossy(&std::fs::read(self.log.path()).unwrap()));
    }
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
    let output = command.env_clear().args(arguments).envs(variables.iter().copied()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}
