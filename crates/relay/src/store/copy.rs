//! From SQLite to PostgreSQL ([`copy`]): all or nothing, into a database that is empty, from one that no relay uses. The
//! rows stay encrypted as they are.

use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use sqlx::{Connection, PgConnection, Postgres, QueryBuilder, SqliteConnection};

use super::sessions::{COLUMNS, Columns};
use super::{StoreError, postgres_migrations, sqlite_migrations};

/// Rows of one statement: PostgreSQL takes at most 65,535 values in one.
const BATCH: i64 = 500;

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Sessions.
    pub sessions: u64,
    /// Links.
    pub links: u64,
    /// Webhooks.
    pub messages: u64,
}

/// Why nothing was copied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// There is no such file.
    #[error("there is no such SQLite file")]
    NoSource,
    /// A relay, or somebody else, has the file open.
    #[error("the SQLite file is in use: stop its relay first")]
    InUse,
    /// There are sessions in the target.
    #[error("the target already holds sessions")]
    NotEmpty,
    /// The file.
    #[error("from: {0}")]
    Source(StoreError),
    /// The target.
    #[error("to: {0}")]
    Target(StoreError),
}

type Link = (String, String, i64, Vec<u8>, Option<Vec<u8>>, i64, Option<Vec<u8>>, Option<i64>);
type Message = (i64, String, String, String, Vec<u8>, i64, String, i64, i64, i64, i64, Option<String>, Option<i64>);

/// Copies everything.
///
/// # Errors
/// [`CopyError`]; then nothing is in the target.
pub async fn copy(from: &Path, to: &PgConnectOptions) -> Result<Copied, CopyError> {
    let source = |error: sqlx::Error| match error {
        sqlx::Error::Database(error) if error.code().is_some_and(|code| matches!(&*code, "5" | "261" | "517")) => {
            CopyError::InUse
        }
        error => CopyError::Source(error.into()),
    };
    let target = |error: sqlx::Error| CopyError::Target(error.into());
    if !from.exists() {
        return Err(CopyError::NoSource);
    }
    let options = SqliteConnectOptions::new()
        .filename(from)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(std::time::Duration::ZERO);
    let mut from = SqliteConnection::connect_with(&options).await.map_err(source)?;
    // Whoever has the file open, to read it only, keeps this from its lock.
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut from).await.map_err(source)?;
    sqlx::query("COMMIT").execute(&mut from).await.map_err(source)?;
    sqlite_migrations().run(&mut from).await.map_err(|error| CopyError::Source(error.into()))?;

    let mut connection =
        PgConnection::connect_with(&to.clone().application_name("akiba-relay")).await.map_err(target)?;
    postgres_migrations().run(&mut connection).await.map_err(|error| CopyError::Target(error.into()))?;
    let mut to = connection.begin().await.map_err(target)?;
    // A relay that starts on it meanwhile waits, and finds it full.
    sqlx::query("LOCK TABLE sessions, links, outbox IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *to)
        .await
        .map_err(target)?;
    let (full,): (bool,) =
        sqlx::query_as("SELECT EXISTS (SELECT 1 FROM sessions)").fetch_one(&mut *to).await.map_err(target)?;
    if full {
        return Err(CopyError::NotEmpty);
    }
    let copied = Copied {
        sessions: copy_sessions(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?,
        links: copy_links(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?,
        messages: copy_messages(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?,
    };
    to.commit().await.map_err(target)?;
    // What it ends with is in the target already.
    let _ = from.close().await;
    Ok(copied)
}

/// Which side failed.
enum Side {
    From(sqlx::Error),
    To(sqlx::Error),
}

impl Side {
    fn copy_error(
        self,
        source: impl Fn(sqlx::Error) -> CopyError,
        target: impl Fn(sqlx::Error) -> CopyError,
    ) -> CopyError {
        match self {
            Self::From(error) => source(error),
            Self::To(error) => target(error),
        }
    }
}

async fn copy_sessions(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<u64, Side> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id > $1 ORDER BY id LIMIT $2");
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let rows = sqlx::query_as::<_, Columns>(&sql).bind(&after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after.clone_from(&last.0);
        let mut insert = QueryBuilder::<Postgres>::new(format!("INSERT INTO sessions ({COLUMNS}) "));
        insert.push_values(rows, |mut row, columns| {
            row.push_bind(columns.0).push_bind(columns.1).push_bind(columns.2).push_bind(columns.3);
            row.push_bind(columns.4).push_bind(columns.5).push_bind(columns.6).push_bind(columns.7);
            row.push_bind(columns.8).push_bind(columns.9).push_bind(columns.10).push_bind(columns.11);
            row.push_bind(columns.12).push_bind(columns.13);
        });
        count += insert.build().execute(&mut *to).await.map_err(Side::To)?.rows_affected();
    }
}

async fn copy_links(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<u64, Side> {
    const COLUMNS: &str = "id, session_id, issued_at, sealed, idempotency, released, verdict, decided_at";
    let sql = format!("SELECT {COLUMNS} FROM links WHERE id > $1 ORDER BY id LIMIT $2");
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let rows = sqlx::query_as::<_, Link>(&sql).bind(&after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after.clone_from(&last.0);
        let mut insert = QueryBuilder::<Postgres>::new(format!("INSERT INTO links ({COLUMNS}) "));
        insert.push_values(rows, |mut row, columns| {
            row.push_bind(columns.0).push_bind(columns.1).push_bind(columns.2).push_bind(columns.3);
            row.push_bind(columns.4).push_bind(columns.5).push_bind(columns.6).push_bind(columns.7);
        });
        count += insert.build().execute(&mut *to).await.map_err(Side::To)?.rows_affected();
    }
}

/// In their order, which is that of their delivery; the numbers that say so are the target's own.
async fn copy_messages(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<u64, Side> {
    const COLUMNS: &str = "id, session_id, event, sealed, created_at, status, attempts, next_at, claimed_until, \
                           give_up_at, last_result, ended_at";
    let sql = format!("SELECT seq, {COLUMNS} FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2");
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let rows = sqlx::query_as::<_, Message>(&sql).bind(after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.0;
        let mut insert = QueryBuilder::<Postgres>::new(format!("INSERT INTO outbox ({COLUMNS}) "));
        insert.push_values(rows, |mut row, columns| {
            row.push_bind(columns.1).push_bind(columns.2).push_bind(columns.3).push_bind(columns.4);
            row.push_bind(columns.5).push_bind(columns.6).push_bind(columns.7).push_bind(columns.8);
            row.push_bind(columns.9).push_bind(columns.10).push_bind(columns.11).push_bind(columns.12);
        });
        count += insert.build().execute(&mut *to).await.map_err(Side::To)?.rows_affected();
    }
}
