//! Lists and searches the sessions of one API key name ([`SessionFilter`]), and stores the keyed hashes of references.

use super::due::LISTED;
use super::sessions::{COLUMNS, Columns, SessionRow, session};
use super::{Store, StoreError, on_connection};
use crate::lifecycle::State;

/// Which sessions to list.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// The name of the API key that created them.
    pub api_key: String,
    /// Their state.
    pub state: Option<State>,
    /// The keyed hashes of their reference, one for each data key.
    pub reference_tags: Option<Vec<Vec<u8>>>,
    /// They were created at this time or later.
    pub created_from: Option<i64>,
    /// They were created before this time.
    pub created_before: Option<i64>,
    /// They come after the session with this time of creation and id.
    pub after: Option<(i64, String)>,
}

/// A value of a condition.
enum Value {
    Text(String),
    Number(i64),
    Bytes(Vec<u8>),
}

/// A session without the keyed hash of its reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untagged {
    /// The id of the session.
    pub id: String,
    /// The name of the API key that created it.
    pub api_key: String,
    /// The personal fields, encrypted.
    pub sealed: Vec<u8>,
}

impl SessionFilter {
    /// Returns the SQL and its values.
    fn query(&self) -> (String, Vec<Value>) {
        let (mut conditions, mut values) = (Vec::new(), Vec::new());
        let mut value = |value| {
            values.push(value);
            format!("${}", values.len())
        };
        conditions.push(format!("api_key = {}", value(Value::Text(self.api_key.clone()))));
        if let Some(state) = self.state {
            conditions.push(format!("state = {}", value(Value::Text(state.as_str().to_owned()))));
            if LISTED.contains(&state) {
                conditions.push("due_at IS NOT NULL".to_owned());
            }
        }
        if let Some(tags) = &self.reference_tags {
            let tags: Vec<_> = tags.iter().map(|tag| value(Value::Bytes(tag.clone()))).collect();
            conditions.push(format!("reference_tag IN ({})", tags.join(", ")));
        }
        if let Some(from) = self.created_from {
            conditions.push(format!("created_at >= {}", value(Value::Number(from))));
        }
        if let Some(before) = self.created_before {
            conditions.push(format!("created_at < {}", value(Value::Number(before))));
        }
        if let Some((created_at, id)) = &self.after {
            let (created_at, id) = (value(Value::Number(*created_at)), value(Value::Text(id.clone())));
            conditions.push(format!("(created_at, id) < ({created_at}, {id})"));
        }
        let conditions = conditions.join(" AND ");
        (format!("SELECT {COLUMNS} FROM sessions WHERE {conditions} ORDER BY created_at DESC, id DESC LIMIT "), values)
    }
}

impl Store {
    /// Returns up to `limit` sessions, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_sessions(&self, filter: &SessionFilter, limit: u32) -> Result<Vec<SessionRow>, StoreError> {
        let (sql, values) = filter.query();
        let sql = format!("{sql}{limit}");
        let found = self.run(async {
            on_connection!(self, |connection| {
                let mut query = self.query_as::<_, Columns>(&sql);
                for value in &values {
                    query = match value {
                        Value::Text(text) => query.bind(text),
                        Value::Number(number) => query.bind(number),
                        Value::Bytes(bytes) => query.bind(bytes),
                    };
                }
                query.fetch_all(connection).await
            })
        });
        found.await?.into_iter().map(session).collect()
    }

    /// Returns sessions without the keyed hash of their reference, after the id `after`. A relay of an earlier version
    /// stored them, or they were encrypted again under another key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn untagged_sessions(&self, after: &str, limit: i64) -> Result<Vec<Untagged>, StoreError> {
        const SQL: &str = "SELECT id, api_key, sealed FROM sessions WHERE reference_tag IS NULL AND id > $1 \
            ORDER BY id LIMIT $2";
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (String, String, Vec<u8>)>(SQL)
                .bind(after)
                .bind(limit)
                .fetch_all(connection)
                .await)
        });
        let untagged = |(id, api_key, sealed)| Untagged { id, api_key, sealed };
        Ok(found.await?.into_iter().map(untagged).collect())
    }

    /// Stores the keyed hash of a session's reference, unless the session was encrypted again in the meantime.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tag_session(&self, session: &Untagged, tag: &[u8]) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE sessions SET reference_tag = $3 WHERE id = $1 AND sealed = $2";
        self.write(async {
            on_connection!(self, |connection| self
                .query(SQL)
                .bind(&session.id)
                .bind(&session.sealed)
                .bind(tag)
                .execute(connection)
                .await
                .map(drop))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::{SessionFilter, State};

    #[test]
    fn each_part_of_a_filter_is_a_condition() {
        let (sql, values) = SessionFilter { api_key: "bank".to_owned(), ..SessionFilter::default() }.query();
        assert!(sql.contains("WHERE api_key = $1 ORDER BY") && values.len() == 1, "{sql}");
        let all = SessionFilter {
            api_key: "bank".to_owned(),
            state: Some(State::Unknown),
            reference_tags: Some(vec![vec![1], vec![2]]),
            created_from: Some(1),
            created_before: Some(2),
            after: Some((1, "ses_1".to_owned())),
        };
        let (sql, values) = all.query();
        let conditions = "api_key = $1 AND state = $2 AND due_at IS NOT NULL AND reference_tag IN ($3, $4) AND created_at >= $5 \
                          AND created_at < $6 AND (created_at, id) < ($7, $8) ORDER BY";
        assert!(sql.contains(conditions) && values.len() == 8, "{sql}");
    }
}
