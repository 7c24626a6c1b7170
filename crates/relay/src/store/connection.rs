//! Lends connections to the database for one operation each ([`Connections`], [`CheckedOut`]). sqlx's pool would ask the
//! database whether a connection still works each time that it gets it back: a round trip for each operation.
//!
//! If the operation fails or is cancelled, the connection is closed instead of being reused, because:
//!
//! - A broken connection can hang for as long as the network allows, or belong to a server that has become a replica.
//! - A SQLite connection can be left in a wrong transaction state. If a write fails because the disk is full, SQLite
//!   ends the transaction itself. sqlx 0.8 does not notice, nests the next transaction in the ended one, and "commits"
//!   data that never reaches the disk.

use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::telemetry::metrics::metrics;

/// Timeout of one operation, from the wait for a connection to the end of its transaction.
pub(super) const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that was idle for longer is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// A connection that is older is closed after its operation: a server keeps what a connection has once needed.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);

/// Longest wait for the end of a connection that is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// First pause between two attempts to connect to a server that does not listen yet.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The connections to the configured database. Clones share them.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(Arc<Connections<SqliteConnection>>),
    Postgres(Arc<Connections<PgConnection>>),
}

/// How many connections a pool has.
#[derive(Clone, Copy, Debug)]
pub struct PoolUsage {
    /// Open connections.
    pub open: i64,
    /// Connections that operations hold.
    pub in_use: i64,
    /// The most connections.
    pub max: i64,
}

impl Pool {
    pub(super) fn usage(&self) -> PoolUsage {
        match self {
            Self::Sqlite(pool) => pool.usage(),
            Self::Postgres(pool) => pool.usage(),
        }
    }
}

/// The connections to one database. They are opened when they are needed.
pub(super) struct Connections<C: Connection> {
    options: C::Options,
    /// The most connections.
    max: u32,
    /// A connection that was idle for longer is tested before it is used.
    test_after_idle: Option<Duration>,
    /// One for each connection that may be in use. Operations get them in the order in which they came.
    permits: Semaphore,
    /// The last one was in use last, so that under a low load few connections serve all operations.
    idle: Mutex<Vec<Parked<C>>>,
}

/// A connection that waits for the next operation.
struct Parked<C> {
    connection: C,
    opened: Instant,
    since: Instant,
}

impl<C: Connection> Connections<C> {
    pub(super) fn new(options: C::Options, max: u32, test_after_idle: Option<Duration>) -> Self {
        let (permits, idle) = (Semaphore::new(max as usize), Mutex::default());
        Self { options, max, test_after_idle, permits, idle }
    }

    /// Opens a connection that does not count.
    pub(super) async fn connect(&self) -> Result<C, sqlx::Error> {
        let end = Instant::now() + OPERATION_TIMEOUT;
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout_at(end, C::connect_with(&self.options)).await {
                Ok(Err(error)) if is_starting(&error) && Instant::now() + pause < end => {
                    sleep(pause).await;
                    pause = (pause * 2).min(OPERATION_TIMEOUT / 10);
                }
                Ok(connected) => return connected,
                Err(_) => return Err(sqlx::Error::PoolTimedOut),
            }
        }
    }

    /// Waits for a free connection.
    pub(super) async fn check_out(&self) -> Result<CheckedOut<'_, C>, sqlx::Error> {
        let _waiting = metrics().database_waiting();
        let permit = self.permits.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        while let Some(mut parked) = self.pop() {
            let idle = parked.since.elapsed();
            if self.test_after_idle.is_some_and(|longest| idle > longest) && parked.connection.ping().await.is_err() {
                continue;
            }
            return Ok(CheckedOut {
                connection: parked.connection,
                opened: parked.opened,
                home: self,
                _permit: permit,
            });
        }
        let connection = self.connect().await?;
        Ok(CheckedOut { connection, opened: Instant::now(), home: self, _permit: permit })
    }

    fn pop(&self) -> Option<Parked<C>> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Parked<C>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection for the next operation. Returns one to close instead, if one has been idle for too long.
    fn park(&self, connection: C, opened: Instant) -> Option<C> {
        let since = Instant::now();
        let mut idle = self.idle();
        idle.push(Parked { connection, opened, since });
        let first_is_old = idle.first().is_some_and(|first| since - first.since > IDLE_TIMEOUT);
        first_is_old.then(|| idle.remove(0).connection)
    }

    /// Closes all connections once running operations have finished. Later operations fail.
    pub(super) async fn close(&self) {
        if let Ok(all) = self.permits.acquire_many(self.max).await {
            self.permits.close();
            drop(all);
        }
        while let Some(parked) = self.pop() {
            close(parked.connection).await;
        }
    }

    fn usage(&self) -> PoolUsage {
        let max = i64::from(self.max);
        let in_use = max.saturating_sub_unsigned(self.permits.available_permits() as u64);
        PoolUsage { open: in_use.saturating_add_unsigned(self.idle().len() as u64), in_use, max }
    }
}

impl<C: Connection> fmt::Debug for Connections<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

/// Returns whether a server can't be reached that may be starting.
fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        // PostgreSQL: can't connect now, or too many connections.
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P03" | "53300")),
        _ => false,
    }
}

async fn close<C: Connection>(connection: C) {
    // It is gone for the relay, whatever the server makes of it.
    let _ = timeout(CLOSE_TIMEOUT, connection.close()).await;
}

/// A connection for one operation. If it is dropped, it is closed.
pub(super) struct CheckedOut<'pool, C: Connection> {
    pub(super) connection: C,
    opened: Instant,
    home: &'pool Connections<C>,
    _permit: SemaphorePermit<'pool>,
}

impl<C: Connection> CheckedOut<'_, C> {
    /// Keeps the connection for the next operation if this one left it usable, and closes it otherwise. Returns the
    /// operation's result.
    pub(super) async fn release<T>(mut self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        let mut reusable = result.as_ref().err().is_none_or(is_reusable_after) && self.opened.elapsed() < LONGEST_LIFE;
        // A transaction was dropped: sqlx sends its ROLLBACK with the next statement, and until then its locks hold.
        if reusable && self.connection.should_flush() {
            reusable = self.connection.flush().await.is_ok();
        }
        let surplus = if reusable { self.home.park(self.connection, self.opened) } else { Some(self.connection) };
        if let Some(connection) = surplus {
            close(connection).await;
        }
        result
    }
}

/// Returns whether an error means only that PostgreSQL rejected the statement. Its codes have five characters.
pub(super) fn is_reusable_after(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    code.len() == 5 && !super::error::is_connection_error(&code)
}

/// Runs a body on a connection to the configured database. The body is compiled once for each kind of connection. Behind a
/// pooler it runs in a transaction; a transaction of its own is then nested.
macro_rules! on_connection {
    ($store:expr, |$connection:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::connection::Pool::Sqlite(pool) => {
                let mut checked_out = pool.check_out().await?;
                let $connection = &mut checked_out.connection;
                let result = async { $body }.await;
                checked_out.release(result).await
            }
            $crate::store::connection::Pool::Postgres(pool) => {
                $crate::store::connection::on_postgres!($store, pool, |$connection| $body)
            }
        }
    };
}
pub(super) use on_connection;

/// Does the same on PostgreSQL alone.
macro_rules! on_postgres {
    ($store:expr, $pool:expr, |$connection:ident| $body:expr) => {{
        let mut checked_out = $pool.check_out().await?;
        let result = if $store.behind_pooler {
            async {
                let mut transaction = $store.begin_behind_pooler(&mut checked_out.connection).await?;
                let $connection = &mut *transaction;
                let done: Result<_, sqlx::Error> = async { $body }.await;
                let done = done?;
                transaction.commit().await?;
                Ok(done)
            }
            .await
        } else {
            let $connection = &mut checked_out.connection;
            async { $body }.await
        };
        checked_out.release(result).await
    }};
}
pub(super) use on_postgres;

#[cfg(test)]
mod tests {
    use super::Pool;
    use crate::store::Store;

    #[tokio::test]
    async fn a_connection_is_kept_unless_its_operation_fails() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("relay.db").display()).parse().unwrap();
        let store = Store::open(&url, 1).await.unwrap();
        let run = async |sql: &'static str| {
            let work =
                async { on_connection!(store, |connection| store.query(sql).execute(connection).await.map(drop)) };
            store.run(work).await
        };
        // A temporary table belongs to one connection.
        run("CREATE TEMP TABLE own (number INTEGER)").await.unwrap();
        run("INSERT INTO own VALUES (1)").await.unwrap();
        // After an error of SQLite it may be in a wrong state, so the next operation gets a new one.
        assert!(run("INSERT INTO nowhere VALUES (1)").await.is_err());
        assert!(run("INSERT INTO own VALUES (2)").await.is_err());
    }

    #[tokio::test]
    async fn close_waits_for_the_operation_that_runs_and_closes_every_connection() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("relay.db").display()).parse().unwrap();
        let store = Store::open(&url, 2).await.unwrap();
        let Pool::Sqlite(pool) = store.pool.clone() else { panic!("not SQLite") };
        store.ping().await.unwrap();
        let running = pool.check_out().await.unwrap();
        assert_eq!((pool.usage().open, pool.usage().in_use), (1, 1));
        let closing = tokio::spawn(async move { store.close().await });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        running.release(Ok(())).await.unwrap();
        closing.await.unwrap();
        assert_eq!(pool.usage().open, 0, "the file stays open");
        assert!(matches!(pool.check_out().await, Err(sqlx::Error::PoolClosed)));
    }
}
