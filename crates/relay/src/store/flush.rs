//! SQLite's commits on their way to the disk ([`Flusher`]). With `synchronous=FULL` each commit waits for the disk by itself,
//! and all others wait for their turn meanwhile. With `NORMAL` it does not wait, and is in the write-ahead log; one flush of
//! that file does for all that were made before it.
//!
//! Where SQLite moves the log's content into the database, it flushes both by itself, in this order.

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
    /// Who has asked for a flush so far, in numbers.
    asked: AtomicU64,
    /// Up to whom it is done. Held by who is at it.
    done: Mutex<u64>,
}

impl Flusher {
    /// The log of an open database.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        // Links are followed as SQLite does it.
        let mut log = database.canonicalize()?.into_os_string();
        log.push("-wal");
        Ok(Self { log: Arc::new(File::open(log)?), asked: AtomicU64::default(), done: Mutex::default() })
    }

    /// Waits until all that was committed before this call is on the disk.
    pub(super) async fn flush(&self) -> io::Result<()> {
        let own = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = self.done.lock().await;
        if *done >= own {
            return Ok(());
        }
        // Whoever has asked by now has committed before.
        let covered = self.asked.load(Ordering::SeqCst);
        let log = Arc::clone(&self.log);
        spawn_blocking(move || log.sync_data()).await.map_err(io::Error::other)??;
        *done = covered;
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
    async fn many_wait_for_few_flushes_and_nobody_for_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("relay.db");
        std::fs::write(&database, "").unwrap();
        assert!(Flusher::of(&database).is_err(), "there is no log");
        std::fs::write(folder.path().join("relay.db-wal"), "x").unwrap();
        let flusher = Arc::new(Flusher::of(&database).unwrap());
        let all: Vec<_> = (0..50)
            .map(|_| {
                let flusher = Arc::clone(&flusher);
                tokio::spawn(async move { flusher.flush().await })
            })
            .collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
        assert_eq!(*flusher.done.lock().await, 50);
        flusher.flush().await.unwrap();
        assert_eq!(*flusher.done.lock().await, flusher.asked.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_session_waits_for_the_disk_and_a_link_does_not() {
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
        let flushes = || store.flusher.as_ref().unwrap().asked.load(Ordering::SeqCst);
        store.insert_session(&row).await.unwrap();
        assert_eq!(flushes(), 1);
        assert!(store.try_reserve_link("ses_1", (1, 1), 0, 1).await.unwrap().is_some());
        assert!(store.issue_link(&row, "lnk_1", &[1], 1).await.unwrap());
        assert_eq!(flushes(), 1);
        assert!(store.try_reserve_link("ses_1", (1, 1), 0, 1).await.unwrap().is_none(), "its links are used up");
        assert!(store.try_reserve_link("ses_1", (9, 1), 1_000, 1).await.unwrap().is_none(), "its life is over");
    }
}
