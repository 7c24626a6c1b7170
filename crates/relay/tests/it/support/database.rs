//! Databases of the tests: a SQLite file, or a database of a real PostgreSQL server that the tests start.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::run_log;

/// Makes two tests of each function: on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&crate::support::database::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&crate::support::database::Database::postgres()).await;
            })*
        }
    };
}
pub(crate) use on_both;

/// A database of one test, and the keys of its relays.
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) keys: Keys,
    folder: Option<TempDir>,
    server: Option<Server>,
}

/// Keys that all relays on one database share.
pub(crate) struct Keys {
    pub(crate) api: String,
    pub(crate) api_setting: String,
    pub(crate) session: String,
    pub(crate) data: String,
    pub(crate) webhook: String,
    /// Most relays have no proof keys.
    pub(crate) proof: Option<String>,
    /// The webhook endpoints of each API key name, if there is more than `--webhook-url`.
    pub(crate) endpoints: Option<String>,
}

impl Keys {
    pub(crate) fn copy(&self) -> Self {
        Self {
            api: self.api.clone(),
            api_setting: self.api_setting.clone(),
            session: self.session.clone(),
            data: self.data.clone(),
            webhook: self.webhook.clone(),
            proof: self.proof.clone(),
            endpoints: self.endpoints.clone(),
        }
    }

    fn new() -> Self {
        let (api, api_setting) = akiba_relay::secrets::api_keys::new_key("bank").unwrap();
        let keys = Self {
            api,
            api_setting,
            session: akiba_relay::secrets::session_keys::new_key().unwrap(),
            data: akiba_relay::secrets::data_keys::new_key("2026").unwrap(),
            webhook: akiba_relay::secrets::webhook_secrets::new_secret().unwrap(),
            proof: None,
            endpoints: None,
        };
        for secret in [&keys.api, &keys.session, keys.data.trim_start_matches("2026:"), &keys.webhook] {
            run_log::secret(secret);
        }
        keys
    }
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("relay.db").display());
        Self { url, keys: Keys::new(), folder: Some(folder), server: None }
    }

    /// A database on a server that all tests of this process share.
    pub(crate) fn postgres() -> Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let server = SERVER.get_or_init(Server::start);
        let name = format!("test{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = server.database(&name);
        Self { url, keys: Keys::new(), folder: None, server: None }
    }

    /// A database on a server of its own, which the test can stop.
    pub(crate) fn postgres_alone() -> Self {
        let server = Server::start();
        let url = server.database("alone");
        Self { url, keys: Keys::new(), folder: None, server: Some(server) }
    }

    /// The same database at another URL.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), keys: self.keys.copy(), folder: None, server: None }
    }

    /// This database, with the keys of another.
    pub(crate) fn with_keys_of(&self, other: &Self) -> Self {
        Self { keys: other.keys.copy(), ..self.at(&self.url) }
    }

    /// The name of the PostgreSQL database.
    pub(crate) fn name(&self) -> &str {
        self.url.trim_start_matches("postgres://relay@localhost/").split('?').next().unwrap()
    }

    /// Where PostgreSQL listens.
    pub(crate) fn socket(&self) -> PathBuf {
        Path::new(self.url.split("host=").nth(1).unwrap()).join(".s.PGSQL.5432")
    }

    pub(crate) fn stop(&self) {
        self.server.as_ref().unwrap().stop();
    }

    /// Kills the server as a crash would.
    pub(crate) fn crash(&self) {
        self.server.as_ref().unwrap().crash();
    }

    pub(crate) fn start_again(&self) {
        self.server.as_ref().unwrap().run();
    }

    /// Returns the content of the database as bytes.
    pub(crate) fn dump(&self) -> Vec<u8> {
        match &self.folder {
            Some(folder) => {
                let files = std::fs::read_dir(folder.path()).unwrap();
                files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
            }
            None => {
                let dump = Command::new(folder_of_programs().join("pg_dump")).arg(&self.url).output().unwrap();
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                dump.stdout
            }
        }
    }

    /// Runs SQL with write access. Returns the first column, one line a row.
    pub(crate) async fn sql(&self, sql: &str) -> String {
        use sqlx::{ConnectOptions, Connection, Row};

        if self.folder.is_some() {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.file());
            let mut connection = options.busy_timeout(Duration::from_secs(10)).connect().await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            let text = |row: &sqlx::sqlite::SqliteRow| {
                row.try_get::<String, _>(0)
                    .or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()))
                    .unwrap()
            };
            return rows.iter().map(text).collect::<Vec<_>>().join("\n");
        }
        let mut psql = Command::new(folder_of_programs().join("psql"));
        psql.args(["-qAt", "-c", sql, &self.url]);
        let psql = tokio::task::spawn_blocking(move || psql.output().unwrap()).await.unwrap();
        assert!(psql.status.success(), "{}", String::from_utf8_lossy(&psql.stderr));
        String::from_utf8(psql.stdout).unwrap().trim().to_owned()
    }

    /// Returns the plan of a query.
    pub(crate) async fn plan(&self, sql: &str) -> String {
        use sqlx::{ConnectOptions, Connection, Row};

        if self.folder.is_none() {
            return self.sql(&format!("EXPLAIN {sql}")).await;
        }
        let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap();
        let rows = sqlx::query(&format!("EXPLAIN QUERY PLAN {sql}")).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("relay.db")
    }
}

/// A PostgreSQL server that ends with this process, even if the process is killed: a shell starts it, waits for the end of
/// its standard input, stops it and deletes its files.
struct Server {
    folder: PathBuf,
    keeper: Mutex<Option<Child>>,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        if let Some(user) = unprivileged() {
            let chown = Command::new("chown").arg(user).arg(&folder).status().unwrap();
            assert!(chown.success());
        }
        let init = program("initdb")
            .args(["--username=relay", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(folder.join("data"))
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(init.status.success(), "initdb: {}", String::from_utf8_lossy(&init.stderr));
        let server = Self { folder, keeper: Mutex::new(None) };
        server.run();
        server
    }

    fn run(&self) {
        let script = "folder=$1; shift; trap '' TERM INT HUP\n\
            \"$@\" -D \"$folder/data\" -k \"$folder\" -c listen_addresses= -c max_connections=200 & server=$!\n\
            cat >/dev/null\n\
            while kill -INT $server; do sleep 0.1; done\n\
            [ -e \"$folder/keep\" ] || rm -rf \"$folder\"";
        let _ = std::fs::remove_file(self.folder.join("keep"));
        let keeper = program("sh")
            .args(["-c", script, "keeper"])
            .arg(&self.folder)
            .arg(folder_of_programs().join("postgres"))
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        *self.keeper.lock().unwrap() = Some(keeper);
        let started = Instant::now();
        while !self.psql("postgres", "SELECT 1") {
            assert!(started.elapsed() < Duration::from_secs(30), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the server and keeps its files.
    fn stop(&self) {
        std::fs::write(self.folder.join("keep"), "").unwrap();
        self.end();
    }

    fn crash(&self) {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let killed = Command::new("kill").args(["-KILL", file.lines().next().unwrap()]).status().unwrap();
        assert!(killed.success());
        self.stop();
        // Its other processes end once they notice. Until then no server can start on these files.
        std::thread::sleep(Duration::from_secs(1));
    }

    fn end(&self) {
        if let Some(mut keeper) = self.keeper.lock().unwrap().take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }

    fn psql(&self, database: &str, sql: &str) -> bool {
        let mut psql = Command::new(folder_of_programs().join("psql"));
        psql.args(["-q", "-U", "relay", "-h"]).arg(&self.folder).args(["-d", database, "-c", sql]);
        psql.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn database(&self, name: &str) -> String {
        assert!(self.psql("postgres", &format!("CREATE DATABASE {name}")));
        format!("postgres://relay@localhost/{name}?host={}", self.folder.display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A command that runs as an unprivileged user: PostgreSQL refuses to run as root.
pub(super) fn program(name: &str) -> Command {
    // Debian has PgBouncer only in root's PATH.
    let folders = [folder_of_programs(), Path::new("/usr/sbin")];
    let path = folders.map(|folder| folder.join(name)).into_iter().find(|path| path.exists());
    let path = path.unwrap_or_else(|| PathBuf::from(name));
    match unprivileged() {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".to_owned()]);
            command.arg(path);
            command
        }
        None => Command::new(path),
    }
}

/// The user for PostgreSQL. `None` if this process does not run as root.
fn unprivileged() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let known = |user: &str| Command::new("id").arg(user).output().is_ok_and(|id| id.status.success());
    Some(if known("postgres") { "postgres" } else { "nobody" })
}

/// The folder with `initdb`, `postgres`, `psql` and `pg_dump`. Debian keeps them out of `PATH`.
fn folder_of_programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
        folders.sort();
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let found = folders
            .into_iter()
            .rev()
            .find(|folder| ["initdb", "postgres", "psql", "pg_dump"].iter().all(|name| folder.join(name).exists()));
        found.expect("PostgreSQL is missing: scripts/setup.sh test installs it")
    })
}
