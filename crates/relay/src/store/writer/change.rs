//! What the thread runs: statements, their values and the rows of their results ([`Change`], [`Value`]).

use std::time::Instant;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, Row, Statement, ToSql, ffi};
use tokio::sync::oneshot;

use crate::store::error::StoreError;
use crate::telemetry::metrics::{InFlight, metrics};

/// A value of a change.
#[derive(Clone, Debug)]
pub(in crate::store) enum Value {
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

/// A change in the queue.
pub(super) trait Job: Send {
    /// Whether nobody waits for it any more: the operation has timed out, or its caller is gone.
    fn is_given_up(&self) -> bool;
    /// Whether it can change something and then fail.
    fn has_parts(&self) -> bool;
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Reports the result to the caller.
    fn end(self: Box<Self>, result: Result<(), StoreError>);
}

/// The statements of one caller.
pub(super) struct Change<T> {
    pub(super) statements: Vec<String>,
    pub(super) values: Vec<Value>,
    pub(super) rows: Vec<T>,
    pub(super) reply: oneshot::Sender<Result<Vec<T>, StoreError>>,
    pub(super) since: Instant,
    pub(super) waiting: Option<InFlight>,
}

/// A row of a change's result.
pub(in crate::store) trait FromSqlite: Sized + Send + 'static {
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
