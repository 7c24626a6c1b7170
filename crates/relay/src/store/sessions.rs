//! Reads sessions ([`SessionRow`]).

use super::{Store, StoreError, on_connection};
use crate::lifecycle::{Event, State};
use crate::telemetry::metrics::metrics;

/// The row of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The id of the session.
    pub id: String,
    /// The name of the API key that created it.
    pub api_key: String,
    /// The vendor's `"1"` or `"2"`.
    pub customer_type: String,
    /// The personal fields, encrypted.
    pub sealed: Vec<u8>,
    /// The state of the session.
    pub state: State,
    /// Increases with every change.
    pub version: i64,
    /// When it was created.
    pub created_at: i64,
    /// When it expires.
    pub expires_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// Number of links that the page asked for.
    pub links: i64,
    /// Number of calls to the vendor for a verdict.
    pub verifies: i64,
    /// The id of the current or last call to the vendor for a verdict.
    pub attempt: Option<String>,
    /// The link of that call.
    pub link_id: Option<String>,
    /// When that call counts as lost.
    pub lease_until: Option<i64>,
    /// When it closed: nothing more can happen. An open session has none. It is set together with the last webhook.
    pub closed_at: Option<i64>,
    /// The hand-off whose phone has the session. `None` while the page that got the session's token has it.
    pub holder: Option<String>,
}

pub(super) const COLUMNS: &str = "id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links, \
                       verifies, attempt, link_id, lease_until, closed_at, holder";

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
    Option<i64>,
    Option<String>,
);

pub(super) fn session(columns: Columns) -> Result<SessionRow, StoreError> {
    #[rustfmt::skip]
    let (
        id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links,
        verifies, attempt, link_id, lease_until, closed_at, holder,
    ) = columns;
    let state = state.parse().map_err(|_| StoreError::Fault("unknown state in a session".to_owned()))?;
    #[rustfmt::skip]
    let row = SessionRow {
        id, api_key, customer_type, sealed, state, version, created_at, expires_at, updated_at, links,
        verifies, attempt, link_id, lease_until, closed_at, holder,
    };
    Ok(row)
}

/// Counts a change of state in the metrics, if there was one.
pub(super) fn count(moved: bool, to: State) {
    if moved {
        metrics().session_moved(to.as_str());
    }
}

/// Returns the states in which an event may happen, for a condition in SQL: `'created','link_issued'`. They are
/// constants, so they need no escaping.
pub(super) fn states_before(event: Event) -> String {
    let words = State::ALL.into_iter().filter(|state| state.after(event).is_some());
    words.map(|state| format!("'{}'", state.as_str())).collect::<Vec<_>>().join(",")
}

impl Store {
    /// Counts the sessions in each state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_sessions(&self) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "SELECT state, count(*) FROM sessions GROUP BY state";
        self.run(async {
            on_connection!(self, |connection| self.query_as::<_, (String, i64)>(SQL).fetch_all(connection).await)
        })
        .await
    }

    /// Returns the session with an id, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, id: &str) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id = $1");
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, Columns>(&sql)
                .bind(id)
                .fetch_optional(connection)
                .await)
        });
        found.await?.map(session).transpose()
    }

    /// Returns the session that was created last, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_session(&self) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions ORDER BY created_at DESC LIMIT 1");
        let found = self.run(async {
            on_connection!(self, |connection| self.query_as::<_, Columns>(&sql).fetch_optional(connection).await)
        });
        found.await?.map(session).transpose()
    }
}
