//! The database of sessions ([`Store`]): SQLite in a local file, or PostgreSQL if one machine is not enough. Both use
//! the same SQL, except to claim webhooks and to change several rows in one call.
//!
//! - [`settings`]: the operator's settings.
//! - [`url`]: the address of the database ([`DatabaseUrl`]).
//! - [`error`]: its errors ([`StoreError`]).
//! - [`sessions`]: reads sessions.
//! - [`creations`]: inserts sessions, once for each idempotency key.
//! - [`session_list`]: lists and searches sessions.
//! - [`links`]: the links of a session.
//! - [`verdicts`]: calls to the vendor for a verdict, and their results.
//! - [`file_system`]: network disks, on which SQLite does not work.
//! - [`expiry`]: timeouts and deletion.
//! - [`future`]: times of a clock that was ahead.
//! - [`handoffs`]: hand-offs of a session to a phone.
//! - [`persons`]: the attempts of a person over all sessions.
//! - [`outbox`]: webhooks that wait for delivery.
//! - [`outbox_admin`]: the operator's lists of webhooks.
//! - [`reseal`]: replaces values that are encrypted under an old key.
//! - [`copy`]: copies SQLite to PostgreSQL.
//! - [`audit`]: the audit trail.
//! - [`backup`]: copies SQLite to a file.
//! - `change`: changes of several rows in one call.
//! - `checkpoint`: empties SQLite's write-ahead log.
//! - `connection`: checks out connections, and closes them after an error.
//! - `due`: when the sweep looks at a session next.
//! - `durability`: settings of PostgreSQL that lose committed data.
//! - `migrations`: the tables.
//! - `pooler`: PostgreSQL behind a connection pooler.
//! - `server_clock`: the clock of PostgreSQL's machine.
//! - [`lanes`]: keeps connections free for verdicts.
//! - `flush`: flushes SQLite's commits to the disk.
//! - `group`: changes of PostgreSQL that wait for a shared statement.
//! - `grouped`: makes them.
//! - `writer`: SQLite's thread that makes the changes.
//!
//! Every statement that moves a session is a compare-and-set: it names the state or version that it starts from. If two
//! run at once, one of them changes nothing and returns `false`.

pub mod audit;
pub mod backup;
mod change;
mod checkpoint;
mod connection;
pub mod copy;
pub mod creations;
mod due;
mod durability;
pub mod error;
pub mod expiry;
pub mod file_system;
mod flush;
pub mod future;
mod group;
mod grouped;
pub mod handoffs;
pub mod lanes;
pub mod links;
mod migrations;
pub mod outbox;
pub mod outbox_admin;
pub mod persons;
mod pooler;
pub mod reseal;
mod server_clock;
pub mod session_list;
pub mod sessions;
pub mod settings;
#[cfg(test)]
mod testing;
pub mod url;
pub mod verdicts;
mod writer;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::database::HasStatementCache;
use sqlx::postgres::PgConnectOptions;
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, FromRow, PgConnection, Postgres, SqliteConnection, Transaction};
use tokio::sync::{Mutex, MutexGuard};
use tracing::Instrument;

use crate::telemetry::metrics::metrics;
use crate::telemetry::traces::{SpanKind, span};

use self::connection::{Connections, OPERATION_TIMEOUT, Pool, PoolUsage, on_connection};
pub use self::error::StoreError;
use self::flush::Flusher;
use self::group::Groups;
use self::lanes::{Lane, with_priority};
use self::settings::DatabaseSettings;
pub use self::url::DatabaseUrl;
use self::writer::Writer;

/// Timeout for SQLite's file lock, which another process may hold.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// A PostgreSQL connection that was idle for longer is tested before it is used.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);

/// The database; a clone shares its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    /// Limits the operations without priority.
    lane: Arc<Lane>,
    /// SQLite allows one writer at a time. Waiting for this mutex is fairer than waiting for SQLite's file lock.
    writer: Arc<Mutex<()>>,
    /// A connection to SQLite for checkpoints. It always stays open: SQLite deletes the write-ahead log when the last
    /// connection closes. On a full disk it could not create the log again, and then not even reads would work.
    log_keeper: Arc<Mutex<Option<SqliteConnection>>>,
    /// Whether a pooler in transaction mode stands before PostgreSQL.
    behind_pooler: bool,
    /// Flushes SQLite's commits to the disk.
    flusher: Option<Arc<Flusher>>,
    /// Makes SQLite's changes of several rows.
    changes: Option<Arc<Writer>>,
    /// PostgreSQL's changes that wait for others.
    groups: Arc<Groups>,
}

impl Store {
    /// Opens the database and migrates its tables. On PostgreSQL, several relays may do so at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, StoreError> {
        Self::open_with(url, connections, false).await
    }

    /// Opens the database of the settings with at most this many connections.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(settings: &DatabaseSettings, connections: u32) -> Result<Self, StoreError> {
        Self::open_with(&settings.database, connections, settings.database_pooler).await
    }

    async fn open_with(url: &DatabaseUrl, connections: u32, pooler: bool) -> Result<Self, StoreError> {
        let pool = match url {
            DatabaseUrl::Sqlite(path) => Pool::Sqlite(Arc::new(Connections::new(sqlite(path), connections, None))),
            DatabaseUrl::Postgres(options) => {
                let options = if pooler { pooler::options(options) } else { postgres(options) };
                Pool::Postgres(Arc::new(Connections::new(options, connections, Some(TEST_AFTER_IDLE))))
            }
        };
        let behind_pooler = pooler && matches!(pool, Pool::Postgres(_));
        let (lane, writer, log_keeper) = (Arc::new(Lane::of(connections)), Arc::default(), Arc::default());
        let groups = Arc::default();
        let mut store = Self { pool, lane, writer, log_keeper, behind_pooler, flusher: None, changes: None, groups };
        store.migrate().await?;
        if let DatabaseUrl::Sqlite(path) = url {
            store.flusher = Some(Arc::new(Flusher::of(path).map_err(sqlx::Error::Io)?));
            let writer =
                Writer::start(path.clone(), Arc::clone(&store.writer), LOCK_TIMEOUT).map_err(sqlx::Error::Io)?;
            store.changes = Some(Arc::new(writer));
        }
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                let mut log_keeper = pool.connect().await?;
                migrations::sqlite().run(&mut log_keeper).await?;
                // It must not wait for readers: `checkpoint` tries again.
                sqlx::query("PRAGMA busy_timeout = 0").execute(&mut log_keeper).await?;
                *self.log_keeper.lock().await = Some(log_keeper);
            }
            Pool::Postgres(pool) => {
                // No timeouts: another relay may be running the migrations, and tables may be large.
                let mut connection = pool.connect().await?;
                if self.behind_pooler {
                    for warning in pooler::migrate(&mut connection, migrations::postgres()).await? {
                        tracing::warn!("{warning}");
                    }
                    return Ok(());
                }
                sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut connection).await?;
                migrations::postgres().run(&mut connection).await?;
                for warning in durability::warnings(&mut connection).await? {
                    tracing::warn!("{warning}");
                }
                connection.close().await?;
            }
        }
        Ok(())
    }

    /// Fails if the database does not answer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        // With priority, or a batch of reads would take the relay out of the load balancer.
        with_priority(self.run(async {
            on_connection!(self, |connection| self.query("SELECT 1").execute(connection).await.map(drop))
        }))
        .await
    }

    /// Begins a transaction behind a pooler.
    async fn begin_behind_pooler<'c>(
        &self,
        connection: &'c mut PgConnection,
    ) -> Result<Transaction<'c, Postgres>, sqlx::Error> {
        pooler::begin(connection, OPERATION_TIMEOUT).await
    }

    /// Prepares a statement. Behind a pooler it has no name: the next transaction may get another connection, where
    /// another relay has prepared another statement under the same name.
    fn query<'q, DB>(&self, sql: &'q str) -> Query<'q, DB, DB::Arguments<'q>>
    where
        DB: sqlx::Database + HasStatementCache,
    {
        sqlx::query(sql).persistent(!self.behind_pooler)
    }

    /// Does the same for a statement whose rows are read as `O`.
    fn query_as<'q, DB, O>(&self, sql: &'q str) -> QueryAs<'q, DB, O, DB::Arguments<'q>>
    where
        DB: sqlx::Database + HasStatementCache,
        O: for<'r> FromRow<'r, DB::Row>,
    {
        sqlx::query_as(sql).persistent(!self.behind_pooler)
    }

    /// Returns how many connections are open and in use.
    #[must_use]
    pub fn pool_usage(&self) -> PoolUsage {
        self.pool.usage()
    }

    /// Returns the size of SQLite's write-ahead log.
    #[must_use]
    pub fn log_bytes(&self) -> Option<i64> {
        self.flusher.as_ref()?.log_bytes()
    }

    /// Closes the connections once running operations have finished.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => {
                if let Some(writer) = &self.changes {
                    writer.close().await;
                }
                pool.close().await;
                if let Some(log_keeper) = self.log_keeper.lock().await.take() {
                    let _ = log_keeper.close().await;
                }
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Runs an operation that reads.
    async fn run<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        self.observed(self.in_lane(work)).await
    }

    /// Runs an operation that writes, one at a time on SQLite. Waits until the data would survive a power cut.
    async fn write<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        self.observed(async {
            let done = self.in_lane(self.in_turn(work)).await?;
            // Outside the lane, or few commits would share a flush.
            self.flushed().await?;
            Ok::<_, sqlx::Error>(done)
        })
        .await
    }

    /// Waits until SQLite's commits before this call are on the disk.
    async fn flushed(&self) -> Result<(), sqlx::Error> {
        match &self.flusher {
            Some(flusher) => flusher.flush().await.map_err(sqlx::Error::Io),
            None => Ok(()),
        }
    }

    /// Does the same for data that a power cut may lose. The flush of a later [`write`](Self::write) covers it, too.
    async fn write_quickly<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        self.observed(self.in_lane(self.in_turn(work))).await
    }

    /// Runs an operation with [`OPERATION_TIMEOUT`], a span, and a metric for its error.
    async fn observed<T, E: Into<StoreError>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, StoreError> {
        let done =
            match tokio::time::timeout(OPERATION_TIMEOUT, work.instrument(span(SpanKind::Client, "database", None)))
                .await
            {
                Ok(result) => result.map_err(Into::into),
                Err(_) => Err(StoreError::Unavailable("the operation timed out".to_owned())),
            };
        done.inspect_err(|error| {
            if let Some(kind) = error.metric_kind() {
                metrics().database_failed(kind);
            }
        })
    }

    async fn in_lane<T>(&self, work: impl Future<Output = T>) -> T {
        let waiting = metrics().database_waiting();
        let _place = self.lane.enter().await;
        drop(waiting);
        work.await
    }

    async fn in_turn<T>(&self, work: impl Future<Output = T>) -> T {
        let _turn = self.turn().await;
        work.await
    }

    /// Waits for the right to write, on a database with one writer at a time.
    async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        match &self.pool {
            Pool::Sqlite(_) => {
                let started = Instant::now();
                let turn = self.writer.lock().await;
                metrics().writer_waited(started.elapsed());
                Some(turn)
            }
            Pool::Postgres(_) => None,
        }
    }
}

fn sqlite(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit does not wait for its own flush: `flush` flushes many commits at once.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(LOCK_TIMEOUT)
        // Overwrites deleted data.
        .pragma("secure_delete", "ON")
        // Threads of their own and the sweep move the log into the database, and no commit.
        .pragma("wal_autocheckpoint", "16000")
}

fn postgres(options: &PgConnectOptions) -> PgConnectOptions {
    let timeout = OPERATION_TIMEOUT.as_millis().to_string();
    options.clone().application_name("akiba-relay").options([
        ("statement_timeout", timeout.as_str()),
        ("lock_timeout", timeout.as_str()),
        // A relay whose machine is gone must not hold its locks until TCP notices.
        ("idle_in_transaction_session_timeout", timeout.as_str()),
        // Statements find rows by their keys. PostgreSQL would read a whole table that looks small, and keep that plan while the
        // table grows, until it analyses it.
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        // Compare-and-set relies on it. With a stricter level, the slower of two transactions would fail with an error.
        ("default_transaction_isolation", "read\\ committed"),
    ])
}
