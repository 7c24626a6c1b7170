//! SQLite's writer of changes ([`Writer`]): a thread with a connection of its own. It runs all changes that wait in one
//! transaction, so that they share its pages and its commit, and keeps their prepared statements. The caller gets the
//! result after the commit.
//!
//! SQLite moves the log into the database from time to time, and flushes both files. [`Checkpointer`] does that on another
//! thread, so that no caller waits for it.
//!
//! A change that fails is undone alone. If SQLite ends the transaction itself, for example on a full disk, all changes of
//! the transaction fail, and the next ones get a new connection.

mod change;
mod checkpointer;
mod queue;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use self::change::{Change, Job};
pub(super) use self::change::{FromSqlite, Value};
use self::checkpointer::Checkpointer;
use self::queue::Queue;
use super::error::StoreError;
use super::lanes::has_priority;
use crate::telemetry::metrics::metrics;

/// How many prepared statements are kept: more than there are different changes.
const STATEMENTS: usize = 128;

/// How the connection is set up, like those of `sqlite` in the module above. A log of 16,000 pages (64 MB) is moved within
/// a commit, in case the [`Checkpointer`] falls behind.
const SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; \
                        PRAGMA wal_autocheckpoint = 16000";

/// The thread, and the changes that wait for it.
pub(super) struct Writer {
    queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. `turn` is held during each transaction, and `patience` is how long it waits for the lock of another
    /// process.
    pub(super) fn start(
        database: PathBuf,
        turn: Arc<tokio::sync::Mutex<()>>,
        patience: Duration,
    ) -> std::io::Result<Self> {
        let queue = Arc::<Queue>::default();
        let thread = thread::Builder::new().name("writer".to_owned()).spawn({
            let queue = Arc::clone(&queue);
            let checkpointer = Checkpointer::start({
                let database = database.clone();
                move || open(&database, patience)
            })?;
            move || write(&queue, || open(&database, patience), &turn, &checkpointer)
        })?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Makes a change of several statements. Their parameters have the form `$1`. Returns the rows of all statements.
    pub(super) async fn change<T: FromSqlite>(
        &self,
        statements: &[&str],
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let (reply, result) = oneshot::channel();
        let statements = statements.iter().map(|sql| sql.replace('$', "?")).collect();
        let waiting = Some(metrics().database_waiting());
        let change = Box::new(Change { statements, values, rows: Vec::new(), reply, since: Instant::now(), waiting });
        {
            let mut waiting = self.queue.lock();
            if waiting.closed {
                return Err(sqlx::Error::PoolClosed.into());
            }
            if has_priority() { waiting.urgent.push_back(change) } else { waiting.others.push_back(change) }
        }
        self.queue.arrived.notify_one();
        result.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }

    /// Ends the thread after the changes that wait.
    pub(super) async fn close(&self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// Makes changes until the queue is closed.
fn write(
    queue: &Queue,
    open: impl Fn() -> rusqlite::Result<Connection>,
    turn: &tokio::sync::Mutex<()>,
    checkpointer: &Checkpointer,
) {
    let mut kept = None;
    while queue.wait() {
        // The turn first: what comes while another operation writes belongs to the same transaction.
        let _turn = turn.blocking_lock();
        let mut jobs = queue.take();
        if jobs.is_empty() {
            continue;
        }
        let connection = match kept.take().map_or_else(&open, Ok) {
            Ok(connection) => connection,
            Err(error) => {
                end_all(jobs, Err(error.into()));
                continue;
            }
        };
        match transaction(&connection, &mut jobs) {
            Ok(failed) => {
                kept = Some(connection);
                checkpointer.count(jobs.len());
                for (job, failure) in jobs.into_iter().zip(failed) {
                    job.end(failure.map_or(Ok(()), |error| Err(error.into())));
                }
            }
            Err(error) => {
                // Before the results: the connection may still hold SQLite's lock.
                drop(connection);
                end_all(jobs, Err(error.into()));
            }
        }
    }
}

fn end_all(jobs: Vec<Box<dyn Job>>, result: Result<(), StoreError>) {
    for job in jobs {
        job.end(result.clone());
    }
}

fn open(database: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(patience)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

/// Makes the changes in one transaction. Returns the error of each that failed alone.
fn transaction(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<Vec<Option<rusqlite::Error>>> {
    let run = |sql: &str| connection.prepare_cached(sql)?.raw_execute().map(drop);
    run("BEGIN IMMEDIATE")?;
    let mut failed = Vec::new();
    for job in jobs {
        // A statement that fails undoes itself.
        let guarded = job.has_parts();
        if guarded {
            run("SAVEPOINT change")?;
        }
        let failure = job.run(connection).err();
        if let Some(error) = failure {
            if connection.is_autocommit() {
                return Err(error);
            }
            if guarded {
                run("ROLLBACK TO change")?;
            }
            failed.push(Some(error));
        } else {
            failed.push(None);
        }
        if guarded {
            run("RELEASE change")?;
        }
    }
    run("COMMIT")?;
    Ok(failed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::JoinSet;

    use super::checkpointer::CHANGES;
    use crate::audit::{Action, Entry};
    use crate::store::testing::{row, store};
    use crate::store::{Store, StoreError};

    async fn insert(store: &Store, id: &str) -> Result<(), StoreError> {
        store.insert_session(&row(id), &[], None, &Entry::of_key(Action::Create, "bank", "r", id, 0)).await
    }

    /// Inserts sessions in one transaction: all of them wait for the turn to write.
    async fn insert_together(store: &Store, ids: &[&str]) -> Vec<Result<(), StoreError>> {
        let turn = store.writer.lock().await;
        let mut inserts = JoinSet::new();
        for (index, id) in ids.iter().enumerate() {
            let (own, id) = (store.clone(), (*id).to_owned());
            inserts.spawn(async move { insert(&own, &id).await });
            while store.changes.as_ref().unwrap().queue.lock().others.len() <= index {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        drop(turn);
        inserts.join_all().await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn changes_that_wait_share_a_commit() {
        let (_folder, store) = store().await;
        insert(&store, "ses_first").await.unwrap();
        let before = store.log_bytes().unwrap();
        for index in 0..20 {
            insert(&store, &format!("ses_alone_{index}")).await.unwrap();
        }
        let alone = store.log_bytes().unwrap() - before;
        let ids: Vec<_> = (0..20).map(|index| format!("ses_group_{index}")).collect();
        let done = insert_together(&store, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert!(done.iter().all(Result::is_ok), "{done:?}");
        let together = store.log_bytes().unwrap() - before - alone;
        assert!(together * 5 < alone, "{together} and {alone} bytes");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_log_is_moved_beside_the_changes() {
        let (folder, store) = store().await;
        let moved = || folder.path().join("relay.db").metadata().unwrap().len();
        let before = moved();
        for index in 0..CHANGES {
            insert(&store, &format!("ses_{index}")).await.unwrap();
        }
        for _ in 0..500 {
            if moved() > before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the database still has {before} bytes");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_that_fails_is_undone_alone() {
        let (_folder, store) = store().await;
        let mut done = insert_together(&store, &["ses_1", "ses_2", "ses_1", "ses_3"]).await;
        done.retain(Result::is_err);
        assert_eq!(done, [Err(StoreError::Conflict)]);
        for id in ["ses_1", "ses_2", "ses_3"] {
            assert!(store.session(id).await.unwrap().is_some(), "{id}");
        }
        assert_eq!(store.audit_backlog().await.unwrap().waiting, 3, "one for each session");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_that_nobody_waits_for_is_not_made() {
        let (_folder, store) = store().await;
        let turn = store.writer.lock().await;
        assert!(tokio::time::timeout(Duration::from_millis(50), insert(&store, "ses_late")).await.is_err());
        drop(turn);
        insert(&store, "ses_next").await.unwrap();
        assert!(store.session("ses_late").await.unwrap().is_none());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_closed_store_makes_the_changes_that_wait_and_no_more() {
        let (_folder, store) = store().await;
        let turn = store.writer.lock().await;
        let late = tokio::spawn({
            let store = store.clone();
            async move { insert(&store, "ses_1").await }
        });
        while store.changes.as_ref().unwrap().queue.lock().others.is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let closing = tokio::spawn({
            let store = store.clone();
            async move { store.close().await }
        });
        drop(turn);
        late.await.unwrap().unwrap();
        closing.await.unwrap();
        assert!(matches!(insert(&store, "ses_2").await, Err(StoreError::Unavailable(_))));
    }
}
