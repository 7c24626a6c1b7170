//! The program in a process of its own, and its operator.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::support::database::Database;
use crate::support::{TOKEN, run_log};

/// The program, until this is dropped.
pub(crate) struct Program {
    child: Child,
    /// Base URL of the service.
    pub(crate) base: String,
    /// Base URL of the operator's listener; empty if there is none.
    pub(crate) admin: String,
    client: Client,
    log: NamedTempFile,
}

impl Program {
    /// A relay without sessions.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::run(command(flags))
    }

    /// A relay with sessions.
    pub(crate) fn with_sessions(database: &Database, flags: &[&str]) -> Self {
        let keys = &database.keys;
        let mut command = command(flags);
        command.args(["--api-key", &keys.api_setting, "--database", &database.url]);
        command.env("AKIBA_SESSION_KEYS", &keys.session).env("AKIBA_DATA_KEYS", &keys.data);
        command.env("AKIBA_WEBHOOK_SECRETS", &keys.webhook);
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        // A file takes whatever is written; a pipe that nobody reads would not.
        let log = NamedTempFile::new().unwrap();
        command.stderr(log.reopen().unwrap());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut base, mut admin) = (String::new(), String::new());
        while base.is_empty() {
            let line = lines.next().expect("the line that names the address").unwrap();
            if let Some(url) = line.strip_prefix("listening on ") {
                url.clone_into(&mut base);
            } else if let Some(url) = line.strip_prefix("admin on ") {
                url.clone_into(&mut admin);
            }
        }
        let client = Client::builder().no_proxy().build().unwrap();
        Self { child, base, admin, client, log }
    }

    pub(crate) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Asks the operator's listener, and says status and body.
    pub(crate) async fn operator(&self, method: Method, path: &str) -> (u16, String) {
        let response = self.request(method, &format!("{}{path}", self.admin)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// The value of a metric, which is named with its labels.
    pub(crate) async fn metric(&self, name: &str) -> Option<f64> {
        let (status, text) = self.operator(Method::GET, "/metrics").await;
        assert_eq!(status, 200);
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
    }

    /// Waits until the operator is told this.
    pub(crate) async fn wait_for(&self, path: &str, wanted: (u16, Value)) {
        let started = Instant::now();
        loop {
            let (status, body) = self.operator(Method::GET, path).await;
            let said = (status, serde_json::from_str::<Value>(&body).unwrap());
            if said == wanted {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{path}: {said:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().try_into().unwrap()).unwrap(), signal).unwrap();
    }

    /// Waits for its end, and says whether it was in order, and its log.
    pub(crate) fn ended(mut self) -> (bool, String) {
        let in_order = self.child.wait().unwrap().success();
        (in_order, std::fs::read_to_string(self.log.path()).unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        run_log::keep(&std::fs::read_to_string(self.log.path()).unwrap());
    }
}

/// The program with these flags and the vendor's token.
pub(crate) fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
    command
        .env_clear()
        .env("AKIBA_RELAY_LOG", "trace")
        .env("AKIBA_TOKEN", TOKEN)
        .arg("--listen=127.0.0.1:0")
        .args(flags);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
