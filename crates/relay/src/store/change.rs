//! Changes of several rows in one call to the database ([`Store::change`]). A transaction of single statements would wait
//! for an answer to each of them: a round trip on PostgreSQL. On SQLite, the [`Writer`](super::writer::Writer) makes them.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres};

use super::connection::{Pool, on_postgres};
use super::group::Grouped;
use super::writer::{FromSqlite, Value};
use super::{Store, StoreError};

/// How a change is written. The parameters `$1` to `$n` are its values.
#[derive(Debug)]
pub(super) struct Change<'a> {
    /// The statements of SQLite's transaction. One does something only if the one before it has changed a row:
    /// `changes() = 1`.
    pub(super) sqlite: &'a [&'a str],
    /// The one statement of PostgreSQL. It has the same results.
    pub(super) postgres: OnPostgres<'a>,
    pub(super) values: Vec<Value>,
}

/// How PostgreSQL makes a change.
#[derive(Debug)]
pub(super) enum OnPostgres<'a> {
    Alone(&'a str),
    /// Together with others of its kind.
    Grouped(Grouped<'a>),
}

impl Store {
    /// Makes a change, and waits until it would survive a power cut. Returns the rows of all statements.
    pub(super) async fn change<T>(&self, change: Change<'_>) -> Result<Vec<T>, StoreError>
    where
        T: FromSqlite + Unpin + for<'row> FromRow<'row, PgRow>,
    {
        self.observed(async {
            let rows = self.change_quickly_unobserved(change).await?;
            self.flushed().await?;
            Ok::<_, StoreError>(rows)
        })
        .await
    }

    /// Does the same for data that a power cut may lose. The flush of a later change covers it, too.
    pub(super) async fn change_quickly<T>(&self, change: Change<'_>) -> Result<Vec<T>, StoreError>
    where
        T: FromSqlite + Unpin + for<'row> FromRow<'row, PgRow>,
    {
        self.observed(self.change_quickly_unobserved(change)).await
    }

    async fn change_quickly_unobserved<T>(&self, change: Change<'_>) -> Result<Vec<T>, StoreError>
    where
        T: FromSqlite + Unpin + for<'row> FromRow<'row, PgRow>,
    {
        if let Some(writer) = &self.changes {
            return writer.change(change.sqlite, change.values).await;
        }
        let sql = match change.postgres {
            OnPostgres::Alone(sql) => sql,
            OnPostgres::Grouped(grouped) => {
                let rows = self.grouped(grouped, change.values).await?;
                return Ok(rows.iter().map(<T as FromRow<PgRow>>::from_row).collect::<Result<_, _>>()?);
            }
        };
        let Pool::Postgres(pool) = &self.pool else { return Err(sqlx::Error::PoolClosed.into()) };
        let made: Result<Vec<T>, sqlx::Error> = self
            .in_lane(async {
                on_postgres!(self, pool, |connection| {
                    let mut query = self.query_as::<Postgres, T>(sql);
                    for value in &change.values {
                        query = match value {
                            Value::Number(number) => query.bind(number),
                            Value::Text(text) => query.bind(text),
                            Value::Bytes(bytes) => query.bind(bytes),
                        };
                    }
                    query.fetch_all(connection).await
                })
            })
            .await;
        Ok(made?)
    }
}
