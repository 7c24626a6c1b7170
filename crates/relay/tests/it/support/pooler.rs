//! A real PgBouncer in transaction mode, in front of the tests' PostgreSQL.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::database::{Database, program};

/// A PgBouncer. It is stopped when this is dropped.
pub(crate) struct Pooler {
    /// The database's URL through it.
    pub(crate) url: String,
    child: Child,
    _folder: TempDir,
}

impl Pooler {
    /// Starts a PgBouncer with this many connections to the database's server, so that its clients share them.
    pub(crate) fn before(database: &Database, connections: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // PgBouncer does not run as root, and its user must reach the socket.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
        let socket = database.socket();
        let (server, path, name) = (socket.parent().unwrap().display(), folder.path().display(), database.name());
        let settings = format!(
            "[databases]\n{name} = host={server} dbname={name} user=relay\n\
             [pgbouncer]\npool_mode = transaction\ndefault_pool_size = {connections}\n\
             listen_addr =\nlisten_port = 6432\nunix_socket_dir = {path}\n\
             auth_type = any\nmax_client_conn = 100\n"
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        let child = program("pgbouncer").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("PgBouncer is missing: scripts/setup.sh test installs it");
        let socket = folder.path().join(".s.PGSQL.6432");
        let started = Instant::now();
        while !socket.exists() {
            assert!(started.elapsed() < Duration::from_secs(30), "PgBouncer does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        let url = format!("postgres://relay@localhost:6432/{name}?host={path}");
        Self { url, child, _folder: folder }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
