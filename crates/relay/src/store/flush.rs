//! Flushes SQLite's commits to the disk in groups ([`Flusher`]). With `synchronous=FULL`, each commit waits for its own
//! flush, and all other writers wait meanwhile. With `synchronous=NORMAL`, a commit only goes to the write-ahead log
//! and does not wait. One flush of that file then covers all commits before it.
//!
//! At a checkpoint, SQLite itself flushes the log and then the database.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// The write-ahead log of a database.
#[derive(Debug)]
pub(super) struct Flusher {
    log: Arc<File>,
    /// The number of the last request for a flush.
    requested: AtomicU64,
    /// The number of the last request that is covered by a flush. Locked during a flush.
    flushed: Mutex<u64>,
}

impl Flusher {
    /// Opens the write-ahead log of an open database.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        // SQLite follows symbolic links, too.
        let mut log = database.canonicalize()?.into_os_string();
        log.push("-wal");
        Ok(Self { log: Arc::new(File::open(log)?), requested: AtomicU64::default(), flushed: Mutex::default() })
    }

    /// Waits until all commits before this call are on the disk.
    pub(super) async fn flush(&self) -> io::Result<()> {
        let own = self.requested.fetch_add(1, Ordering::SeqCst) + 1;
        let mut flushed = self.flushed.lock().await;
        if *flushed >= own {
            return Ok(());
        }
        // Every request up to now came after its commit, so this flush covers it.
        let covered = self.requested.load(Ordering::SeqCst);
        let log = Arc::clone(&self.log);
        spawn_blocking(move || log.sync_data()).await.map_err(io::Error::other)??;
        *flushed = covered;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::Flusher;
    use crate::lifecycle::State;
    use crate::store::Store;
    use crate::store::sessions::SessionRow;

    #[tokio::test]
    async fn every_request_is_covered_by_a_flush() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("relay.db");
        std::fs::write(&database, "").unwrap();
        assert!(Flusher::of(&database).is_err(), "there is no write-ahead log yet");
        std::fs::write(folder.path().join("relay.db-wal"), "x").unwrap();
        let flusher = Arc::new(Flusher::of(&database).unwrap());
        let all: Vec<_> = (0..50)
            .map(|_| {
                let flusher = Arc::clone(&flusher);
                tokio::spawn(async move { flusher.flush().await })
            })
            .collect();
        for flush in all {
            flush.await.unwrap().unwrap();
        }
        assert_eq!(*flusher.flushed.lock().await, 50);
        flusher.flush().await.unwrap();
        assert_eq!(*flusher.flushed.lock().await, flusher.requested.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn inserting_a_session_flushes_and_issuing_a_link_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("relay.db").display());
        let store = Store::open(&url.parse().unwrap(), 2).await.unwrap();
        let row = SessionRow {
            id: "ses_1".to_owned(),
            api_key: "bank".to_owned(),
            customer_type: "1".to_owned(),
            sealed: vec![1],
            state: State::Created,
            version: 0,
            created_at: 0,
            expires_at: 1_000,
            updated_at: 0,
            links: 0,
            verifies: 0,
            attempt: None,
            link_id: None,
            lease_until: None,
        };
        let flushes = || store.flusher.as_ref().unwrap().requested.load(Ordering::SeqCst);
        store.insert_session(&row).await.unwrap();
        assert_eq!(flushes(), 1);
        assert!(store.try_reserve_link("ses_1", (1, 1), 0, 1).await.unwrap().is_some());
        assert!(store.issue_link(&row, "lnk_1", &[1], 1).await.unwrap());
        assert_eq!(flushes(), 1);
        assert!(store.try_reserve_link("ses_1", (1, 1), 0, 1).await.unwrap().is_none(), "the links are used up");
        assert!(store.try_reserve_link("ses_1", (9, 1), 1_000, 1).await.unwrap().is_none(), "the session has expired");
    }
}
