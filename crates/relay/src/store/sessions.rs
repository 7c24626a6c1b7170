//! Sessions, made and read ([`SessionRow`]).

use super::{Store, StoreError, on_connection};
use crate::lifecycle::{Event, State};
use crate::telemetry::metrics::metrics;

/// A session, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// Name of the API key that made it.
    pub api_key: String,
    /// The vendor's `"1"` or `"2"`.
    pub customer_type: String,
    /// The personal fields, encrypted.
    pub sealed: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// Counts the moves.
    pub version: i64,
    /// When it was made.
    pub created_at: i64,
    /// When its life ends.
    pub expires_at: i64,
    /// When it was last moved.
    pub updated_at: i64,
    /// Links that were asked for.
    pub links: i64,
    /// Verdicts that were asked for.
    pub verifies: i64,
    /// The vendor's call that is under way, or was the last one.
    pub attempt: Option<String>,
    /// The link of that call.
    pub link_id: Option<String>,
    /// Until when that call must have ended.
    pub lease_until: Option<i64>,
}

pub(super) const COLUMNS: &str = "id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links, \
                       verifies, attempt, link_id, lease_until";

pub(super) type Columns = (
    String,
    String,
    String,
    Vec<u8>,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
);

pub(super) fn session(columns: Columns) -> Result<SessionRow, StoreError> {
    #[rustfmt::skip]
    let (
        id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links,
        verifies, attempt, link_id, lease_until,
    ) = columns;
    let state = state.parse().map_err(|_| StoreError::Fault("a session's state is none".to_owned()))?;
    #[rustfmt::skip]
    let row = SessionRow {
        id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links,
        verifies, attempt, link_id, lease_until,
    };
    Ok(row)
}

/// Counts a move, if it was made.
pub(super) fn count(moved: bool, to: State) {
    if moved {
        metrics().session_moved(to.as_str());
    }
}

/// The words of the states in which an event may happen, for a condition in SQL: `'created','link_issued'`. They are
/// words of this program, so they need no escape.
pub(super) fn states_before(event: Event) -> String {
    let words = State::ALL.into_iter().filter(|state| state.after(event).is_some());
    words.map(|state| format!("'{}'", state.as_str())).collect::<Vec<_>>().join(",")
}

impl Store {
    /// Keeps a new session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_session(&self, row: &SessionRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO sessions \
            (id, api_key, customer_type, sealed, state, created_at, expires_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $6)";
        self.write(async {
            on_connection!(self, |connection| sqlx::query(SQL)
                .bind(&row.id)
                .bind(&row.api_key)
                .bind(&row.customer_type)
                .bind(&row.sealed)
                .bind(row.state.as_str())
                .bind(row.created_at)
                .bind(row.expires_at)
                .execute(connection)
                .await
                .map(drop))
        })
        .await
        .inspect(|()| metrics().session_moved(row.state.as_str()))
    }

    /// How many sessions there are in each state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_sessions(&self) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "SELECT state, count(*) FROM sessions GROUP BY state";
        self.run(async {
            on_connection!(self, |connection| sqlx::query_as::<_, (String, i64)>(SQL).fetch_all(connection).await)
        })
        .await
    }

    /// The session of an id, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, id: &str) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id = $1");
        let found = self.run(async {
            on_connection!(self, |connection| sqlx::query_as::<_, Columns>(&sql)
                .bind(id)
                .fetch_optional(connection)
                .await)
        });
        found.await?.map(session).transpose()
    }

    /// The session that was made last, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_session(&self) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions ORDER BY created_at DESC LIMIT 1");
        let found = self.run(async {
            on_connection!(self, |connection| sqlx::query_as::<_, Columns>(&sql).fetch_optional(connection).await)
        });
        found.await?.map(session).transpose()
    }
}
