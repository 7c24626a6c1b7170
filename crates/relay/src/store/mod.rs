//! Where sessions are kept ([`Store`]): SQLite in a file beside the relay, or PostgreSQL when one machine is not enough.
//! The SQL is the same for both, but for the claim of webhooks.
//!
//! - [`settings`]: what the operator sets.
//! - [`url`]: which database ([`DatabaseUrl`]).
//! - [`error`]: how it fails ([`StoreError`]).
//! - [`sessions`]: sessions, made and read.
//! - [`links`]: the links of a session.
//! - [`verdicts`]: the vendor's calls for a verdict, and what came of them.
//! - [`expiry`]: what happens to sessions with no call of a page.
//! - [`outbox`]: webhooks that wait for their delivery.
//! - [`reseal`]: what is encrypted under another key than the first.
//! - [`copy`]: from SQLite to PostgreSQL.
//! - `connection`: connections, given back or given up.
//! - `flush`: SQLite's commits on their way to the disk.
//!
//! Whatever moves a session names the state that it starts from, so of two at once one moves nothing, and says so.

mod connection;
pub mod copy;
pub mod error;
pub mod expiry;
mod flush;
pub mod links;
pub mod outbox;
pub mod reseal;
pub mod sessions;
pub mod settings;
pub mod url;
pub mod verdicts;

use std::borrow::Cow;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, MutexGuard};
use tracing::Instrument;

use crate::telemetry::metrics::metrics;
use crate::telemetry::traces::{SpanKind, span};

use self::connection::{Pool, on_connection};
pub use self::error::StoreError;
use self::flush::Flusher;
pub use self::url::DatabaseUrl;

/// Longest wait for one of the store's operations, from the wait for a connection to the end of its transaction.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest wait for SQLite's lock, which another process may hold.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a connection to PostgreSQL may have been idle to be used without a test.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);

/// The database; a clone shares its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    /// SQLite has one writer at a time. Waiting here is fairer than at its file lock.
    writer: Arc<Mutex<()>>,
    /// A connection to SQLite that does nothing: with the last one its write-ahead log would go, and on a full disk no
    /// other could be made, so nothing could be read any more.
    log_keeper: Arc<Mutex<Option<SqliteConnection>>>,
    /// SQLite's commits on their way to the disk.
    flusher: Option<Arc<Flusher>>,
}

impl Store {
    /// Opens the database and brings its tables up to date. Several relays may do so at once on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, StoreError> {
        let pool = match url {
            DatabaseUrl::Sqlite(path) => Pool::Sqlite(sqlite(path, connections).await?),
            DatabaseUrl::Postgres(options) => Pool::Postgres(postgres(options, connections).await?),
        };
        let mut store = Self { pool, writer: Arc::default(), log_keeper: Arc::default(), flusher: None };
        store.migrate().await?;
        if let Pool::Sqlite(pool) = &store.pool {
            *store.log_keeper.lock().await = Some(pool.acquire().await?.detach());
        }
        if let DatabaseUrl::Sqlite(path) = url {
            store.flusher = Some(Arc::new(Flusher::of(path).map_err(sqlx::Error::Io)?));
        }
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite(pool) => sqlite_migrations().run(pool).await?,
            Pool::Postgres(pool) => {
                // With all the time that it takes: another relay may be at it, and tables may be large.
                let mut connection = pool.acquire().await?;
                connection.close_on_drop();
                sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
                postgres_migrations().run(&mut *connection).await?;
            }
        }
        Ok(())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.run(async {
            on_connection!(self, |connection| sqlx::query("SELECT 1").execute(connection).await.map(drop))
        })
        .await
    }

    /// Ends the connections, when those that are at work are done.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => {
                pool.close().await;
                if let Some(log_keeper) = self.log_keeper.lock().await.take() {
                    let _ = log_keeper.close().await;
                }
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Runs an operation within the store's patience.
    async fn run<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        let done =
            match tokio::time::timeout(OPERATION_TIMEOUT, work.instrument(span(SpanKind::Client, "database", None)))
                .await
            {
                Ok(result) => result.map_err(StoreError::from),
                Err(_) => Err(StoreError::Unavailable("the database was too slow".to_owned())),
            };
        done.inspect_err(|error| {
            if let Some(kind) = error.metric_kind() {
                metrics().database_failed(kind);
            }
        })
    }

    /// Runs an operation that writes, in its turn, and waits until what it wrote outlives a power cut.
    async fn write<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        self.run(async {
            let done = self.in_turn(work).await?;
            if let Some(flusher) = &self.flusher {
                flusher.flush().await.map_err(sqlx::Error::Io)?;
            }
            Ok(done)
        })
        .await
    }

    /// The same for what a power cut may take back. Later writes that may not take it along.
    async fn write_quickly<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        self.run(self.in_turn(work)).await
    }

    async fn in_turn<T>(&self, work: impl Future<Output = T>) -> T {
        let _turn = self.turn().await;
        work.await
    }

    /// Waits for the turn to write, where one at a time may.
    async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        match &self.pool {
            Pool::Sqlite(_) => Some(self.writer.lock().await),
            Pool::Postgres(_) => None,
        }
    }
}

async fn sqlite(path: &Path, connections: u32) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit does not wait for the disk by itself: many can wait together, see `flush`.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(LOCK_TIMEOUT)
        // What is deleted is overwritten.
        .pragma("secure_delete", "ON");
    let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(OPERATION_TIMEOUT);
    pool.test_before_acquire(false).connect_with(options).await
}

async fn postgres(options: &PgConnectOptions, connections: u32) -> Result<PgPool, sqlx::Error> {
    let timeout = OPERATION_TIMEOUT.as_millis().to_string();
    let options = options.clone().application_name("akiba-relay").options([
        ("statement_timeout", timeout.as_str()),
        ("lock_timeout", timeout.as_str()),
        // A relay whose machine has vanished must not hold its locks until TCP notices.
        ("idle_in_transaction_session_timeout", timeout.as_str()),
        // Compare-and-set counts on it; a stricter default would fail the slower of two.
        ("default_transaction_isolation", "read\\ committed"),
    ]);
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(OPERATION_TIMEOUT);
    // One that was in use a moment ago needs no test, which is a round trip for each operation.
    let pool = pool.test_before_acquire(false).before_acquire(|connection, meta| {
        Box::pin(async move {
            if meta.idle_for > TEST_AFTER_IDLE {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    pool.connect_with(options).await
}

fn sqlite_migrations() -> Migrator {
    migrator(&[(1, "sessions", include_str!("migrations/sqlite/0001_sessions.sql"))])
}

fn postgres_migrations() -> Migrator {
    migrator(&[(1, "sessions", include_str!("migrations/postgres/0001_sessions.sql"))])
}

/// The migrations as sqlx runs them. `sqlx::migrate!` would do the same at the price of sqlx's macros.
fn migrator(files: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, Cow::Borrowed(sql), false)
    };
    Migrator { migrations: files.iter().map(migration).collect(), ..Migrator::DEFAULT }
}
