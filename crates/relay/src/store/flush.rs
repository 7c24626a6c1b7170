//! Flushes SQLite's commits to the disk in groups ([`Flusher`]). With `synchronous=FULL`, each commit waits for its own
//! flush, and all other writers wait meanwhile. With `synchronous=NORMAL`, a commit only goes to the write-ahead log
//! and does not wait. One flush of that file then covers all commits before it.
//!
//! At a checkpoint, SQLite itself flushes the log and then the database. It does not report a failure if the checkpoint
//! was part of a commit, so [`Flusher::flush_database`] flushes the database again.
//!
//! A failed flush ends the process. The operating system may have dropped the data and marked it as written, so the
//! next flush would succeed without writing it. The next start reads from the files what is really there. PostgreSQL
//! does the same.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::telemetry;

/// The exit status after a failed flush (`EX_IOERR` of sysexits.h).
const FLUSH_FAILED: i32 = 74;

/// The write-ahead log of a database.
#[derive(Debug)]
pub(super) struct Flusher {
    log: Arc<File>,
    /// The database. It stays open, because a failed flush is reported only to files that were open before it.
    database: Arc<File>,
    /// The number of the last request for a flush.
    requested: AtomicU64,
    /// The number of the last request that is covered by a flush. Locked during a flush.
    flushed: Mutex<u64>,
}

impl Flusher {
    /// Opens the write-ahead log of an open database.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        // SQLite follows symbolic links, too.
        let database = database.canonicalize()?;
        let mut log = database.clone().into_os_string();
        log.push("-wal");
        let (log, database) = (Arc::new(File::open(log)?), Arc::new(File::open(database)?));
        Ok(Self { log, database, requested: AtomicU64::default(), flushed: Mutex::default() })
    }

    /// Returns the size of the log.
    pub(super) fn log_bytes(&self) -> Option<i64> {
        i64::try_from(self.log.metadata().ok()?.len()).ok()
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
        flush_file(&self.log).await?;
        *flushed = covered;
        Ok(())
    }

    /// Flushes the database's file, after a checkpoint.
    pub(super) async fn flush_database(&self) -> io::Result<()> {
        flush_file(&self.database).await
    }
}

/// Flushes a file. Ends the process if that fails.
async fn flush_file(file: &Arc<File>) -> io::Result<()> {
    let file = Arc::clone(file);
    let flush = move || file.sync_data().unwrap_or_else(|error| end_after_failed_flush(&error.kind().to_string()));
    spawn_blocking(flush).await.map_err(io::Error::other)
}

/// Ends the process at once.
pub(super) fn end_after_failed_flush(cause: &str) -> ! {
    tracing::error!(cause, "could not flush the database to the disk; check the disk, then start the relay again");
    telemetry::flush();
    std::process::exit(FLUSH_FAILED)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::Flusher;
    use crate::audit::{Action, Entry};
    use crate::lifecycle::Event;
    use crate::store::outbox::NewMessage;
    use crate::store::testing::{row, store};

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
    async fn a_search_for_due_webhooks_flushes_only_if_it_claims_one() {
        let (_folder, store) = store().await;
        let flushes = || store.flusher.as_ref().unwrap().requested.load(Ordering::SeqCst);
        let claim = async || store.claim_messages("bank", 10, 20, 32, 0).await.unwrap().len();
        for _ in 0..5 {
            assert_eq!(claim().await, 0);
        }
        assert_eq!(flushes(), 0, "an idle relay must leave the disk alone");
        let (row, entry) = (row("ses_1"), Entry::of_key(Action::Create, "bank", "r", "ses_1", 0));
        store.insert_session(&row, &[], None, &entry).await.unwrap();
        let message = NewMessage {
            id: "msg_1".to_owned(),
            session_id: row.id.clone(),
            endpoint: "bank".to_owned(),
            event: "session.expired".to_owned(),
            sealed: vec![1],
            created_at: 5,
            give_up_at: 1_000,
        };
        assert!(store.advance(&row, Event::LifeOver, &[message], 5).await.unwrap());
        let before = flushes();
        assert_eq!(store.claim_messages("other", 10, 20, 32, 0).await.unwrap().len(), 0);
        assert_eq!(store.claim_messages("bank", 10, 20, 32, 6).await.unwrap().len(), 0, "it is older");
        assert_eq!(flushes(), before);
        assert_eq!((claim().await, flushes()), (1, before + 1));
        assert_eq!((claim().await, flushes()), (0, before + 1), "it is claimed");
    }

    #[tokio::test]
    async fn inserting_a_session_flushes_and_issuing_a_link_does_not() {
        let (_folder, store) = store().await;
        let row = row("ses_1");
        let flushes = || store.flusher.as_ref().unwrap().requested.load(Ordering::SeqCst);
        let entry = Entry::of_key(Action::Create, "bank", "r", "ses_1", 0);
        store.insert_session(&row, &[], None, &entry).await.unwrap();
        assert_eq!(flushes(), 1);
        assert!(store.try_reserve_link("ses_1", (1, 1), 0, 1).await.unwrap().is_some());
        assert!(store.issue_link(&row, "lnk_1", &[1], None, 1).await.unwrap());
        assert_eq!(flushes(), 1);
        assert!(store.try_reserve_link("ses_1", (1, 1), 0, 1).await.unwrap().is_none(), "the links are used up");
        assert!(store.try_reserve_link("ses_1", (9, 1), 1_000, 1).await.unwrap().is_none(), "the session has expired");
    }
}
