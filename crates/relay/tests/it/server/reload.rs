//! Secrets that are loaded again when their files change, and with SIGHUP.

use std::io::{BufRead, BufReader};
use std::path::Path;

use akiba_protocol::ProblemCode;
use akiba_relay::secrets::{data_keys, session_keys};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;

use crate::support::bank::Page;
use crate::support::database::{Database, Keys};
use crate::support::program::{Program, command};
use crate::support::wait::until;
use crate::support::{IDENTIFIER, TOKEN, Vendor, problem, success};

/// A relay whose secrets are files in a folder.
pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
    pub(super) database: Database,
    pub(super) program: Program,
    vendor: Vendor,
}

impl World {
    async fn start() -> Self {
        Self::with(|_, _| Vec::new()).await
    }

    /// The same, with the flags that `more` returns for the folder and the keys, after it has written further files.
    pub(super) async fn with(more: impl FnOnce(&Path, &Keys) -> Vec<String>) -> Self {
        let (folder, database, vendor) = (tempfile::tempdir().unwrap(), Database::sqlite(), Vendor::verifying().await);
        let own = [("token", TOKEN), ("session-keys", &database.keys.session), ("data-keys", &database.keys.data)];
        let own = own.map(|(name, text)| secret_file(folder.path(), name, text));
        let more = more(folder.path(), &database.keys);
        let more = more.into_iter().chain([format!("--vendor-base={}", vendor.base)]);
        let flags: Vec<_> = own.into_iter().chain(more).chain(["--admin-listen=127.0.0.1:0".to_owned()]).collect();
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let database_flag = format!("--database={}", database.url);
        let api_key = format!("--api-key={}", database.keys.api_setting);
        let api_key = (!flags.iter().any(|flag| flag.starts_with("--api-keys-file="))).then_some(api_key.as_str());
        let flags: Vec<_> = flags.into_iter().chain([database_flag.as_str()]).chain(api_key).collect();
        let mut command = command(&flags);
        command.env_remove("AKIBA_TOKEN");
        Self { folder, program: Program::run(command), database, vendor }
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    async fn loads(&self, result: &str) -> f64 {
        loads(&self.program, result).await
    }

    /// Writes a file, and waits until the relay has tried to load it.
    pub(super) async fn load(&self, name: &str, text: &str, result: &str) {
        after_load(&self.program, result, || self.write(name, text)).await;
    }

    pub(super) async fn page(&self) -> Page {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let created = self.program.post("/v1/sessions", &self.database.keys.api, &body).send().await.unwrap();
        assert_eq!(created.status(), 201);
        Page::of(&serde_json::from_str(&created.text().await.unwrap()).unwrap())
    }

    pub(super) fn link(&self, page: &Page) -> reqwest::RequestBuilder {
        self.program.post("/v1/customer", &page.token, &json!({}))
    }
}

/// Returns how often the relay has loaded a secret with this result.
pub(super) async fn loads(program: &Program, result: &str) -> f64 {
    let name = format!("akiba_relay_secret_loads_total{{result=\"{result}\"}}");
    program.metric(&name).await.unwrap_or(0.0)
}

/// Makes a change, and waits until the relay has tried to load it.
pub(super) async fn after_load(program: &Program, result: &str, change: impl FnOnce()) {
    let before = loads(program, result).await;
    change();
    until(&format!("a load with the result {result}"), async || loads(program, result).await > before).await;
}

/// Writes the file of a secret. Returns the flag that names it.
pub(super) fn secret_file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    format!("--{name}-file={}", path.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn session_keys_are_loaded_again() {
    let world = World::start().await;
    let page = world.page().await;
    let new = session_keys::new_key().unwrap();
    world.load("session-keys", &format!("{new}\n{}", world.database.keys.session), "ok").await;
    success(world.link(&page)).await;
    world.load("session-keys", &new, "ok").await;
    problem(world.link(&page), ProblemCode::Unauthorized).await;
    let page = world.page().await;
    for bad in ["nothing", "", &format!("{new}x")] {
        world.load("session-keys", bad, "failed").await;
        success(world.link(&page)).await;
    }
    std::fs::remove_file(world.folder.path().join("session-keys")).unwrap();
    // A failure is reported once, and again with SIGHUP.
    let failed = world.loads("failed").await;
    until("the missing file is reported", async || world.loads("failed").await > failed).await;
    success(world.link(&page)).await;
    let failed = world.loads("failed").await;
    world.program.signal(Signal::HUP);
    until("it is reported again", async || world.loads("failed").await > failed).await;
    world.program.signal(Signal::TERM);
    let (in_order, log) = world.program.ended().await;
    assert!(in_order && log.contains("the old one stays in use"), "{log}");
    assert!(!log.contains(new.trim_start_matches("k4.local.")), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_the_vendor_is_loaded_again() {
    let world = World::start().await;
    world.load("token", "tkn-second\n", "ok").await;
    success(world.link(&world.page().await)).await;
    world.load("token", "two\nlines", "failed").await;
    success(world.link(&world.page().await)).await;
    let tokens: Vec<_> = world.vendor.seen().iter().map(|call| call.headers["token"].clone()).collect();
    assert_eq!(tokens, ["tkn-second", "tkn-second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_keys_are_loaded_again_but_the_key_in_use_stays() {
    let world = World::start().await;
    let (old, new) = (world.database.keys.data.clone(), data_keys::new_key("2027").unwrap());
    let first = world.page().await;
    world.load("data-keys", &new, "failed").await;
    world.load("data-keys", &format!("{new}\n{old}"), "ok").await;
    let second = world.page().await;
    world.load("data-keys", &new, "ok").await;
    let read = |page: &Page| world.program.request(Method::GET, &format!("{}{}", world.program.base, page.path()));
    let read = |page: &Page| read(page).bearer_auth(&world.database.keys.api);
    success(read(&second)).await;
    problem(read(&first), ProblemCode::Internal).await;
}

/// A script that rotates keys may signal a relay that has just started.
#[tokio::test(flavor = "multi_thread")]
async fn sighup_during_the_start_does_not_end_the_relay() {
    let folder = tempfile::tempdir().unwrap();
    let started = folder.path().join("started");
    let print = format!("--token-command=sh -c 'touch {}; sleep 2; echo {TOKEN}'", started.display());
    let mut command = command(&["--sessions=off", "--vendor-base=http://127.0.0.1:1", &print]);
    command.env_remove("AKIBA_TOKEN");
    let log = tempfile::NamedTempFile::new().unwrap();
    command.stderr(log.reopen().unwrap());
    let mut child = command.spawn().unwrap();
    until("the command runs", async || started.exists()).await;
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), Signal::HUP).unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.starts_with("listening on"), "{line:?}");
}
