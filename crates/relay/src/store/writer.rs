//! SQLite's writer of changes ([`Writer`]): a thread with a connection of its own. It runs all changes that wait in one
//! transaction, so that they share its pages and its commit, and keeps their prepared statements. The caller gets the
//! result after the commit.
//!
//! A change that fails is undone alone. If SQLite ends the transaction itself, for example on a full disk, all changes of
//! the transaction fail, and the next ones get a new connection.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OpenFlags, Row, Statement, ToSql, ffi};
use tokio::sync::oneshot;

use super::error::StoreError;
use super::lanes::has_priority;
use crate::telemetry::metrics::{InFlight, metrics};

/// Most changes in one transaction.
const BATCH: usize = 64;

/// How many prepared statements are kept: more than there are different changes.
const STATEMENTS: usize = 128;

/// How the connection is set up, like those of `sqlite` in the module above.
const SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON";

/// A value of a change.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_owned()))
    }
}

impl From<Option<&[u8]>> for Value {
    fn from(bytes: Option<&[u8]>) -> Self {
        Self::Bytes(bytes.map(<[u8]>::to_owned))
    }
}

/// The thread, and the changes that wait for it.
pub(super) struct Writer {
    queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// Changes for verdicts, which overtake the others.
    urgent: VecDeque<Box<dyn Job>>,
    others: VecDeque<Box<dyn Job>>,
    closed: bool,
}

/// A change in the queue.
trait Job: Send {
    /// Whether nobody waits for it any more: the operation has timed out, or its caller is gone.
    fn is_given_up(&self) -> bool;
    /// Whether it can change something and then fail.
    fn has_parts(&self) -> bool;
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Reports the result to the caller.
    fn end(self: Box<Self>, result: Result<(), StoreError>);
}

struct Change<T> {
    statements: Vec<String>,
    values: Vec<Value>,
    rows: Vec<T>,
    reply: oneshot::Sender<Result<Vec<T>, StoreError>>,
    since: Instant,
    waiting: Option<InFlight>,
}

/// A row of a change's result.
pub(super) trait FromSqlite: Sized + Send + 'static {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self>;
}

impl<T> FromSqlite for T
where
    T: for<'row> TryFrom<&'row Row<'row>, Error = rusqlite::Error> + Send + 'static,
{
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Self::try_from(row)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Number(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
        }
    }
}

impl<T: FromSqlite> Job for Change<T> {
    fn is_given_up(&self) -> bool {
        self.reply.is_closed()
    }

    fn has_parts(&self) -> bool {
        self.statements.len() > 1
    }

    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.waiting = None;
        metrics().writer_waited(self.since.elapsed());
        for sql in &self.statements {
            let mut statement = connection.prepare_cached(sql)?;
            bind(&mut statement, &self.values)?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                self.rows.push(T::from_row(row)?);
            }
        }
        Ok(())
    }

    fn end(self: Box<Self>, result: Result<(), StoreError>) {
        let Self { rows, reply, .. } = *self;
        let _ = reply.send(result.map(|()| rows));
    }
}

/// Binds the values that a statement names: `?2` is the second one.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> rusqlite::Result<()> {
    let count = statement.parameter_count();
    values.iter().take(count).enumerate().try_for_each(|(index, value)| statement.raw_bind_parameter(index + 1, value))
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
            move || write(&queue, || open(&database, patience), &turn)
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

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Waits until there is a change. Returns `false` once the queue has closed.
    fn wait(&self) -> bool {
        let is_idle = |waiting: &mut Waiting| waiting.urgent.is_empty() && waiting.others.is_empty();
        let waiting = self.arrived.wait_while(self.lock(), |waiting| is_idle(waiting) && !waiting.closed);
        !is_idle(&mut waiting.unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self) -> Vec<Box<dyn Job>> {
        let mut waiting = self.lock();
        let Waiting { urgent, others, .. } = &mut *waiting;
        let mut jobs = Vec::new();
        while jobs.len() < BATCH
            && let Some(job) = urgent.pop_front().or_else(|| others.pop_front())
        {
            if !job.is_given_up() {
                jobs.push(job);
            }
        }
        jobs
    }
}

/// Makes changes until the queue is closed.
fn write(queue: &Queue, open: impl Fn() -> rusqlite::Result<Connection>, turn: &tokio::sync::Mutex<()>) {
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

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(error, _) => match error.extended_code {
                ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Self::Conflict,
                code => Self::of_code(&code.to_string()),
            },
            _ => Self::Fault("the query failed".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::JoinSet;

    use crate::audit::{Action, Entry};
    use crate::lifecycle::State;
    use crate::store::sessions::SessionRow;
    use crate::store::{Store, StoreError};

    fn row(id: &str) -> SessionRow {
        SessionRow {
            id: id.to_owned(),
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
            closed_at: None,
            holder: None,
        }
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("relay.db").display());
        let store = Store::open(&url.parse().unwrap(), 2).await.unwrap();
        (folder, store)
    }

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
