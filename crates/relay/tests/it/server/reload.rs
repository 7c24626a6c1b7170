//! Secrets that are loaded again when their files change, and with SIGHUP.

use akiba_protocol::ProblemCode;
use akiba_relay::secrets::{data_keys, session_keys};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;

use crate::support::bank::Page;
use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::wait::until;
use crate::support::{IDENTIFIER, TOKEN, Vendor, problem, success};

/// A relay whose secrets are files in a folder.
struct World {
    folder: tempfile::TempDir,
    database: Database,
    program: Program,
    vendor: Vendor,
}

impl World {
    async fn start() -> Self {
        let (folder, database, vendor) = (tempfile::tempdir().unwrap(), Database::sqlite(), Vendor::verifying().await);
        let path = |name: &str| folder.path().join(name).display().to_string();
        for (name, text) in
            [("token", TOKEN), ("session-keys", &database.keys.session), ("data-keys", &database.keys.data)]
        {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let flags = [
            format!("--token-file={}", path("token")),
            format!("--session-keys-file={}", path("session-keys")),
            format!("--data-keys-file={}", path("data-keys")),
            format!("--vendor-base={}", vendor.base),
            "--admin-listen=127.0.0.1:0".to_owned(),
        ];
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let program = Program::with_sessions_and(&database, &flags, |command| {
            for name in ["AKIBA_TOKEN", "AKIBA_SESSION_KEYS", "AKIBA_DATA_KEYS"] {
                command.env_remove(name);
            }
        });
        Self { folder, database, program, vendor }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    async fn loads(&self, result: &str) -> f64 {
        let name = format!("akiba_relay_secret_loads_total{{result=\"{result}\"}}");
        self.program.metric(&name).await.unwrap_or(0.0)
    }

    /// Writes a file, and waits until the relay has tried to load it.
    async fn load(&self, name: &str, text: &str, result: &str) {
        let before = self.loads(result).await;
        self.write(name, text);
        until(&format!("{name}: {result}"), async || self.loads(result).await > before).await;
    }

    async fn page(&self) -> Page {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let created = self.program.post("/v1/sessions", &self.database.keys.api, &body).send().await.unwrap();
        assert_eq!(created.status(), 201);
        Page::of(&serde_json::from_str(&created.text().await.unwrap()).unwrap())
    }

    fn link(&self, page: &Page) -> reqwest::RequestBuilder {
        self.program.post("/v1/customer", &page.token, &json!({}))
    }
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
