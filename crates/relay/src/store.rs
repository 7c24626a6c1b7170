//! Where sessions are kept ([`Store`]): SQLite in a file beside the relay, or PostgreSQL when one machine is not enough.
//! The SQL is the same for both, but for the claim of webhooks.
//!
//! - [`url`]: which database ([`DatabaseUrl`]).
//! - [`error`]: how it fails ([`StoreError`]).
//! - [`sessions`]: sessions and their links, moved by compare-and-set.
//! - [`lapses`]: what happens to sessions with no call of a page.
//! - [`outbox`]: webhooks that wait for their delivery.

pub mod error;
pub mod lapses;
pub mod outbox;
pub mod sessions;
pub mod url;

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use tokio::sync::{Mutex, MutexGuard};

use crate::metrics::metrics;

pub use self::error::StoreError;
pub use self::url::DatabaseUrl;

/// Longest wait for one of the store's operations, from the wait for a connection to the end of its transaction.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for SQLite's lock, which another process may hold.
const BUSY: Duration = Duration::from_secs(2);

/// The database; a clone shares its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    /// SQLite has one writer at a time. Waiting here is fairer than at its file lock.
    writer: Arc<Mutex<()>>,
}

#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one body on whichever pool there is. The body is compiled for each.
macro_rules! on_pool {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::Pool::Sqlite($pool) => $body,
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}
use on_pool;

impl Store {
    /// Opens the database and brings its tables up to date. Several relays may do so at once on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, StoreError> {
        let pool = match url {
            DatabaseUrl::Sqlite(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    // A verdict that was told must outlive a power cut.
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(BUSY)
                    // What is deleted is overwritten.
                    .pragma("secure_delete", "ON");
                let options = SqlitePoolOptions::new()
                    .max_connections(connections)
                    .acquire_timeout(PATIENCE)
                    .test_before_acquire(false)
                    .connect_with(options);
                Pool::Sqlite(options.await?)
            }
            DatabaseUrl::Postgres(options) => {
                let timeout = PATIENCE.as_millis().to_string();
                let options = PgConnectOptions::clone(options)
                    .application_name("akiba-relay")
                    .options([("statement_timeout", timeout.as_str()), ("lock_timeout", timeout.as_str())]);
                let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
                Pool::Postgres(pool.connect_with(options).await?)
            }
        };
        let store = Self { pool, writer: Arc::default() };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                let sql = include_str!("store/migrations/sqlite/0001_sessions.sql");
                migrator(&[(1, "sessions", sql)]).run(pool).await?;
            }
            Pool::Postgres(pool) => {
                let sql = include_str!("store/migrations/postgres/0001_sessions.sql");
                migrator(&[(1, "sessions", sql)]).run(pool).await?;
            }
        }
        Ok(())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.run(async { on_pool!(self, |pool| sqlx::query("SELECT 1").execute(pool).await.map(drop)) }).await
    }

    /// Ends the connections, when those that are at work are done.
    pub async fn close(&self) {
        on_pool!(self, |pool| pool.close().await);
    }

    /// Runs an operation within the store's patience.
    async fn run<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        let done = match tokio::time::timeout(PATIENCE, work).await {
            Ok(result) => result.map_err(StoreError::from),
            Err(_) => Err(StoreError::Unavailable("the database was too slow".to_owned())),
        };
        done.inspect_err(|error| metrics().database_failed(error))
    }

    /// Waits for the turn to write, where one at a time may.
    async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        match &self.pool {
            Pool::Sqlite(_) => Some(self.writer.lock().await),
            Pool::Postgres(_) => None,
        }
    }
}

/// The migrations as sqlx runs them. `sqlx::migrate!` would do the same at the price of sqlx's macros.
fn migrator(files: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, Cow::Borrowed(sql), false)
    };
    Migrator { migrations: files.iter().map(migration).collect(), ..Migrator::DEFAULT }
}
