//! Copies all data from SQLite to PostgreSQL in one transaction ([`copy`]). The target must be empty, and no relay may
//! use the source. The rows stay encrypted.

use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteRow};
use sqlx::{Connection, FromRow, PgConnection, Postgres, QueryBuilder, Row, SqliteConnection};

use super::sessions::{COLUMNS, Columns};
use super::{StoreError, migrations};

/// Number of rows in one statement. PostgreSQL accepts at most 65,535 values in a statement.
const BATCH: i64 = 500;

/// All tables, in the order in which relays lock them.
const TABLES: [&str; 8] = ["sessions", "creations", "links", "handoffs", "outbox", "persons", "audit", "audit_new"];

/// The numbers of copied rows.
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
    /// The SQLite file does not exist.
    #[error("there is no such SQLite file")]
    NoSource,
    /// A relay or another process has the file open.
    #[error("the SQLite file is in use: stop its relay first")]
    InUse,
    /// The target already holds sessions.
    #[error("the target already holds sessions")]
    NotEmpty,
    /// The source failed.
    #[error("from: {0}")]
    Source(StoreError),
    /// The target failed.
    #[error("to: {0}")]
    Target(StoreError),
}

/// A session, the keyed hash of its reference, and when the sweep looks at it next.
struct Session(Columns, Option<Vec<u8>>, Option<i64>);

impl FromRow<'_, SqliteRow> for Session {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Columns::from_row(row)?, row.try_get("reference_tag")?, row.try_get("due_at")?))
    }
}

#[rustfmt::skip]
type Handoff = (
    String, String, String, i64, Vec<u8>, Option<Vec<u8>>, Option<i64>, Option<String>, String, Option<Vec<u8>>, Option<i64>,
    i64, i64, Option<i64>,
);
type Creation = (String, Vec<u8>, String, i64);
type Link = (String, String, i64, Vec<u8>, Option<Vec<u8>>, i64, Option<Vec<u8>>, Option<i64>);
type Message =
    (i64, String, String, String, String, Vec<u8>, i64, String, i64, i64, i64, i64, Option<String>, Option<i64>);

/// Copies all rows.
///
/// # Errors
/// [`CopyError`]; the target is then unchanged.
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
    // Fails if any other process has the file open, even read-only.
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut from).await.map_err(source)?;
    sqlx::query("COMMIT").execute(&mut from).await.map_err(source)?;
    migrations::sqlite().run(&mut from).await.map_err(|error| CopyError::Source(error.into()))?;

    let mut connection =
        PgConnection::connect_with(&to.clone().application_name("akiba-relay")).await.map_err(target)?;
    migrations::postgres().run(&mut connection).await.map_err(|error| CopyError::Target(error.into()))?;
    let mut to = connection.begin().await.map_err(target)?;
    // A relay that starts on the target in the meantime waits for this lock. It then finds the copied rows.
    sqlx::query(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", TABLES.join(", ")))
        .execute(&mut *to)
        .await
        .map_err(target)?;
    let any_row = TABLES.map(|table| format!("EXISTS (SELECT 1 FROM {table})")).join(" OR ");
    let (has_rows,): (bool,) =
        sqlx::query_as(&format!("SELECT {any_row}")).fetch_one(&mut *to).await.map_err(target)?;
    if has_rows {
        return Err(CopyError::NotEmpty);
    }
    let copied = Copied {
        sessions: copy_sessions(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?,
        links: copy_links(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?,
        messages: copy_messages(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?,
    };
    copy_handoffs(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?;
    copy_creations(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?;
    copy_persons(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?;
    copy_audit(&mut from, &mut to).await.map_err(|error| error.copy_error(source, target))?;
    to.commit().await.map_err(target)?;
    // The copy is already committed, so an error on close does not matter.
    let _ = from.close().await;
    Ok(copied)
}

/// The side that failed.
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
    let sql = format!("SELECT {COLUMNS}, reference_tag, due_at FROM sessions WHERE id > $1 ORDER BY id LIMIT $2");
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let rows = sqlx::query_as::<_, Session>(&sql).bind(&after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(Session(last, ..)) = rows.last() else { return Ok(count) };
        after.clone_from(&last.0);
        let mut insert =
            QueryBuilder::<Postgres>::new(format!("INSERT INTO sessions ({COLUMNS}, reference_tag, due_at) "));
        insert.push_values(rows, |mut row, Session(columns, reference_tag, due_at)| {
            row.push_bind(columns.0).push_bind(columns.1).push_bind(columns.2).push_bind(columns.3);
            row.push_bind(columns.4).push_bind(columns.5).push_bind(columns.6).push_bind(columns.7);
            row.push_bind(columns.8).push_bind(columns.9).push_bind(columns.10).push_bind(columns.11);
            row.push_bind(columns.12).push_bind(columns.13).push_bind(columns.14).push_bind(columns.15);
            row.push_bind(reference_tag).push_bind(due_at);
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

/// Copies hand-offs.
async fn copy_handoffs(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<(), Side> {
    const COLUMNS: &str = "id, session_id, state, version, code, claim, number, numbers, device, network, same_network, \
                           created_at, ends_at, opened_at";
    let sql = format!("SELECT {COLUMNS} FROM handoffs WHERE id > $1 ORDER BY id LIMIT $2");
    let mut after = String::new();
    loop {
        let rows = sqlx::query_as::<_, Handoff>(&sql).bind(&after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.0);
        let mut insert = QueryBuilder::<Postgres>::new(format!("INSERT INTO handoffs ({COLUMNS}) "));
        insert.push_values(rows, |mut row, columns| {
            row.push_bind(columns.0).push_bind(columns.1).push_bind(columns.2).push_bind(columns.3);
            row.push_bind(columns.4).push_bind(columns.5).push_bind(columns.6).push_bind(columns.7);
            row.push_bind(columns.8).push_bind(columns.9).push_bind(columns.10).push_bind(columns.11);
            row.push_bind(columns.12).push_bind(columns.13);
        });
        insert.build().execute(&mut *to).await.map_err(Side::To)?;
    }
}

async fn copy_creations(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<(), Side> {
    const COLUMNS: &str = "api_key, idempotency, session_id, created_at";
    let sql = format!(
        "SELECT {COLUMNS} FROM creations WHERE (api_key, idempotency) > ($1, $2) \
                       ORDER BY api_key, idempotency LIMIT $3"
    );
    let mut after = (String::new(), Vec::new());
    loop {
        let rows = sqlx::query_as::<_, Creation>(&sql).bind(&after.0).bind(&after.1).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.0.clone(), last.1.clone());
        let mut insert = QueryBuilder::<Postgres>::new(format!("INSERT INTO creations ({COLUMNS}) "));
        insert.push_values(rows, |mut row, columns| {
            row.push_bind(columns.0).push_bind(columns.1).push_bind(columns.2).push_bind(columns.3);
        });
        insert.build().execute(&mut *to).await.map_err(Side::To)?;
    }
}

async fn copy_persons(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<(), Side> {
    const SQL: &str = "SELECT person, attempts, expires_at FROM persons WHERE person > $1 ORDER BY person LIMIT $2";
    let mut after = Vec::new();
    loop {
        let rows = sqlx::query_as::<_, (Vec<u8>, i64, i64)>(SQL).bind(&after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.0);
        let mut insert = QueryBuilder::<Postgres>::new("INSERT INTO persons (person, attempts, expires_at) ");
        insert.push_values(rows, |mut row, (person, attempts, expires_at)| {
            row.push_bind(person).push_bind(attempts).push_bind(expires_at);
        });
        insert.build().execute(&mut *to).await.map_err(Side::To)?;
    }
}

/// Copies webhooks in the order of their `seq`, which is the order of delivery. The target assigns its own `seq`
/// numbers.
async fn copy_messages(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<u64, Side> {
    const COLUMNS: &str = "id, session_id, endpoint, event, sealed, created_at, status, attempts, next_at, claimed_until, \
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
            row.push_bind(columns.13);
        });
        count += insert.build().execute(&mut *to).await.map_err(Side::To)?.rows_affected();
    }
}

/// Copies the audit trail with its places and hashes, and the entries that are not chained yet.
async fn copy_audit(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<(), Side> {
    const CHAINED: &str = "SELECT seq, record, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
    let mut after = i64::MIN;
    loop {
        let rows = sqlx::query_as::<_, (i64, String, Vec<u8>)>(CHAINED).bind(after).bind(BATCH).fetch_all(&mut *from);
        let rows = rows.await.map_err(Side::From)?;
        let Some(last) = rows.last() else { break };
        after = last.0;
        let mut insert = QueryBuilder::<Postgres>::new("INSERT INTO audit (seq, record, hash) ");
        insert.push_values(rows, |mut row, (seq, record, hash)| {
            row.push_bind(seq).push_bind(record).push_bind(hash);
        });
        insert.build().execute(&mut *to).await.map_err(Side::To)?;
    }
    let new: Vec<String> = sqlx::query_scalar("SELECT record FROM audit_new ORDER BY id")
        .fetch_all(&mut *from)
        .await
        .map_err(Side::From)?;
    for record in new {
        let insert = sqlx::query("INSERT INTO audit_new (record) VALUES ($1)").bind(record);
        insert.execute(&mut *to).await.map_err(Side::To)?;
    }
    Ok(())
}
