//! Moves SQLite's write-ahead log into the database, and empties it of deleted data ([`Store::checkpoint`]).

use std::time::Duration;

use sqlx::Row;

use super::connection::Pool;
use super::flush::end_after_failed_flush;
use super::{Store, StoreError};

/// Attempts to empty the log in one checkpoint. Each fails while another connection reads from the log.
const ATTEMPTS: u32 = 20;

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

impl Store {
    /// Moves SQLite's write-ahead log into the database, beside readers and writers. Then empties the log, which still
    /// holds deleted data. If other connections read from the log all the time, it is not emptied; the next call tries
    /// again. Does nothing on PostgreSQL, which has its own `VACUUM`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let Pool::Sqlite(_) = &self.pool else { return Ok(()) };
        // The slow part, and the flushes of nearly all data. No writer waits for it.
        self.run(self.wal_checkpoint("PRAGMA wal_checkpoint(PASSIVE)")).await?;
        if let Some(flusher) = &self.flusher {
            self.run(async { flusher.flush_database().await.map_err(sqlx::Error::Io) }).await?;
        }
        for _ in 0..ATTEMPTS {
            // Writers wait, but only for what was written since, and never for a reader.
            if self.run(self.in_turn(self.wal_checkpoint("PRAGMA wal_checkpoint(TRUNCATE)"))).await? {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Runs a checkpoint on the connection for checkpoints. Returns `false` if another connection was in its way.
    async fn wal_checkpoint(&self, sql: &'static str) -> Result<bool, sqlx::Error> {
        let mut log_keeper = self.log_keeper.lock().await;
        let Some(connection) = log_keeper.as_mut() else { return Err(sqlx::Error::PoolClosed) };
        match sqlx::query(sql).fetch_one(connection).await {
            Ok(row) => row.try_get::<i64, _>(0).map(|busy| busy == 0),
            Err(sqlx::Error::Database(error)) => match error.code().as_deref() {
                Some("5" | "6") => Ok(false),
                // SQLITE_IOERR_FSYNC
                Some("1034") => end_after_failed_flush("error 1034"),
                _ => Err(sqlx::Error::Database(error)),
            },
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{Connection, SqliteConnection};

    use crate::audit::{Action, Entry};
    use crate::store::Store;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reader_does_not_make_writers_wait_and_its_end_lets_the_log_be_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("relay.db");
        let store = Store::open(&format!("sqlite:{}", file.display()).parse().unwrap(), 2).await.unwrap();
        let entry = Entry::of_key(Action::Delete, "bank", "r", "none", 0);
        let write = || store.delete_session("none", &entry);
        let log = || folder.path().join("relay.db-wal").metadata().unwrap().len();
        let options = SqliteConnectOptions::new().filename(&file);
        let mut reader = SqliteConnection::connect_with(&options).await.unwrap();
        let mut reading = reader.begin().await.unwrap();
        sqlx::query("SELECT count(*) FROM sessions").execute(&mut *reading).await.unwrap();
        assert!(log() > 0);
        let checkpoint = tokio::spawn({
            let store = store.clone();
            async move { store.checkpoint().await }
        });
        let mut slowest = Duration::ZERO;
        while !checkpoint.is_finished() {
            let started = std::time::Instant::now();
            write().await.unwrap();
            slowest = slowest.max(started.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        checkpoint.await.unwrap().unwrap();
        assert!(slowest < Duration::from_secs(1), "{slowest:?}");
        assert!(log() > 0, "the reader still needs it");
        drop(reading);
        reader.close().await.unwrap();
        store.checkpoint().await.unwrap();
        assert_eq!(log(), 0);
    }
}
