//! The SQL of a group, and its values ([`Grouped`], [`Statement`]).

use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use crate::store::writer::Value;

/// A statement that makes any number of changes. It begins after `WITH change AS (…)`: either with a comma and more parts, or
/// with its last part.
///
/// - `$1` to `$n` are the values of a change, as in a statement that makes one. They can be used wherever `change`, or a part
///   that returns `change.*`, is among the tables.
/// - Each row of the result ends with the number `n` of its change.
/// - One that changes nothing returns no row.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Grouped<'a> {
    pub(in crate::store) sql: &'a str,
    /// Whether it changes the session `$1`. A group leaves out sessions that are locked.
    pub(in crate::store) locks: bool,
}

/// The statements of one kind of change.
#[derive(Debug)]
pub(in crate::store) struct Statement {
    /// For one change. It waits for the lock of its session.
    alone: String,
    /// For several.
    together: String,
    locks: bool,
}

impl Statement {
    /// Returns the statements for values of these types.
    pub(in crate::store) fn new(grouped: &Grouped<'_>, values: &[Value]) -> Self {
        let typed = values.iter().zip(1..).map(|(value, number)| (number, type_of(value)));
        let one: Vec<_> = typed.clone().map(|(number, kind)| format!("${number}::{kind} AS p{number}")).collect();
        let arrays: Vec<_> = typed.clone().map(|(number, kind)| format!("${number}::{kind}[]")).collect();
        let names: Vec<_> = typed.map(|(number, _)| format!("p{number}")).collect();
        let (one, arrays, names) = (one.join(", "), arrays.join(", "), names.join(", "));
        let sql = with_names(grouped.sql);
        // Without arrays: PostgreSQL then puts the values where they are used.
        let alone = format!("WITH change AS (SELECT {one}, 1::bigint AS n) {sql}");
        let given = |name| format!("{name} AS (SELECT * FROM unnest({arrays}) WITH ORDINALITY AS {name} ({names}, n))");
        let together = if grouped.locks {
            format!(
                "WITH {}, change AS (SELECT given.* FROM given JOIN sessions ON sessions.id = p1 \
                 FOR UPDATE OF sessions SKIP LOCKED) {sql}",
                given("given")
            )
        } else {
            format!("WITH {} {sql}", given("change"))
        };
        Self { alone, together, locks: grouped.locks }
    }

    /// Returns whether a group leaves out what is locked, so that no row means nothing.
    pub(in crate::store) fn locks(&self) -> bool {
        self.locks
    }

    pub(in crate::store) fn sql(&self, changes: usize) -> &str {
        if changes > 1 { &self.together } else { &self.alone }
    }

    /// Binds the values of a change, or an array for each of several changes.
    pub(in crate::store) fn bind<'q>(
        &self,
        mut query: Query<'q, Postgres, PgArguments>,
        changes: &'q [Vec<Value>],
    ) -> Query<'q, Postgres, PgArguments> {
        if let [values] = changes {
            for value in values {
                query = match value {
                    Value::Number(number) => query.bind(number),
                    Value::Text(text) => query.bind(text),
                    Value::Bytes(bytes) => query.bind(bytes),
                };
            }
            return query;
        }
        let Some(first) = changes.first() else { return query };
        for (index, value) in first.iter().enumerate() {
            let column = changes.iter().map(|values| values.get(index));
            query = match value {
                Value::Number(_) => query.bind(column.map(number).collect::<Vec<_>>()),
                Value::Text(_) => query.bind(column.map(text).collect::<Vec<_>>()),
                Value::Bytes(_) => query.bind(column.map(bytes).collect::<Vec<_>>()),
            };
        }
        query
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Number(_) => "bigint",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytea",
    }
}

fn number(value: Option<&Value>) -> Option<i64> {
    if let Some(Value::Number(number)) = value { *number } else { None }
}

fn text(value: Option<&Value>) -> Option<&str> {
    if let Some(Value::Text(text)) = value { text.as_deref() } else { None }
}

fn bytes(value: Option<&Value>) -> Option<&[u8]> {
    if let Some(Value::Bytes(bytes)) = value { bytes.as_deref() } else { None }
}

/// Replaces the parameters by the names of columns: `$12` by `p12`. No text of these statements holds a `$` for anything else.
fn with_names(sql: &str) -> String {
    sql.replace('$', "p")
}

#[cfg(test)]
mod tests {
    use super::{Grouped, Statement};
    use crate::store::writer::Value;

    #[test]
    fn the_statements_name_their_values() {
        let grouped =
            Grouped { sql: "UPDATE sessions SET state = $2 FROM change WHERE id = $1 RETURNING n", locks: true };
        let statement = Statement::new(&grouped, &[Value::from("ses_1"), Value::from(2)]);
        assert_eq!(
            statement.sql(1),
            "WITH change AS (SELECT $1::text AS p1, $2::bigint AS p2, 1::bigint AS n) \
             UPDATE sessions SET state = p2 FROM change WHERE id = p1 RETURNING n"
        );
        assert!(statement.sql(2).contains("SKIP LOCKED"));
        let reading = Statement::new(&Grouped { locks: false, ..grouped }, &[Value::from("ses_1"), Value::from(2)]);
        assert_eq!(
            reading.sql(2),
            "WITH change AS (SELECT * FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS change (p1, p2, n)) \
             UPDATE sessions SET state = p2 FROM change WHERE id = p1 RETURNING n"
        );
    }
}
