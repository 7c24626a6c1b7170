//! The links of a session ([`LinkRow`]).

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::change::{Change, OnPostgres};
use super::connection::Pool;
use super::group::Grouped;
use super::sessions::{COLUMNS, Columns as SessionColumns, SessionRow, count, session, states_before};
use super::{Store, StoreError, on_connection};
use crate::lifecycle::{Event, State};

/// The row of an issued link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// The id of the link.
    pub id: String,
    /// The id of its session.
    pub session_id: String,
    /// The data that the vendor issued, encrypted.
    pub sealed: Vec<u8>,
    /// SHA-256 of the idempotency key of its verify call.
    pub idempotency: Option<Vec<u8>>,
    /// Whether the back end released the link after its verdict was lost.
    pub released: bool,
    /// The verdict, encrypted.
    pub verdict: Option<Vec<u8>>,
    /// When the verdict arrived.
    pub decided_at: Option<i64>,
}

/// What the person agreed to, to store with a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The session's personal fields with it, encrypted.
    pub sealed: Vec<u8>,
    /// The text of its entry in the audit trail.
    pub entry: String,
}

type Columns = (String, String, Vec<u8>, Option<Vec<u8>>, i64, Option<Vec<u8>>, Option<i64>);

fn link((session_id, id, sealed, idempotency, released, verdict, decided_at): Columns) -> LinkRow {
    LinkRow { id, session_id, sealed, idempotency, released: released != 0, verdict, decided_at }
}

/// A row of a session with one of its links, or with none.
struct Joined(SessionColumns, Option<Columns>);

impl<'r, R: Row> FromRow<'r, R> for Joined
where
    SessionColumns: FromRow<'r, R>,
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let session = SessionColumns::from_row(row)?;
        let Some(session_id) = row.try_get(16)? else { return Ok(Self(session, None)) };
        let link = (
            session_id,
            row.try_get(17)?,
            row.try_get(18)?,
            row.try_get(19)?,
            row.try_get(20)?,
            row.try_get(21)?,
            row.try_get(22)?,
        );
        Ok(Self(session, Some(link)))
    }
}

impl Store {
    /// Returns a session with its links, the oldest first, if there is one with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_with_links(&self, id: &str) -> Result<Option<(SessionRow, Vec<LinkRow>)>, StoreError> {
        let columns = COLUMNS.split(", ").map(|column| format!("sessions.{column}")).collect::<Vec<_>>().join(", ");
        let columns = format!(
            "{columns}, links.session_id, links.id, links.sealed, links.idempotency, links.released, links.verdict, \
             links.decided_at"
        );
        let joined = "sessions LEFT JOIN links ON links.session_id = sessions.id";
        let order = "ORDER BY links.issued_at, links.id";
        let found: Vec<Joined> = match &self.pool {
            Pool::Sqlite(_) => {
                let sql = format!("SELECT {columns} FROM {joined} WHERE sessions.id = $1 {order}");
                let found = self.run(async {
                    on_connection!(self, |connection| self.query_as(&sql).bind(id).fetch_all(connection).await)
                });
                found.await?
            }
            Pool::Postgres(_) => {
                let sql = format!("SELECT {columns}, n FROM change JOIN ({joined}) ON sessions.id = $1 {order}");
                let found = self.observed(self.grouped(Grouped { sql: &sql, locks: false }, vec![id.into()]));
                found.await?.iter().map(Joined::from_row).collect::<Result<_, _>>()?
            }
        };
        let mut found = found.into_iter().peekable();
        let Some(Joined(columns, _)) = found.peek() else { return Ok(None) };
        let session = session(columns.clone())?;
        Ok(Some((session, found.filter_map(|Joined(_, columns)| columns).map(link).collect())))
    }

    /// Returns the links of a session, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn links(&self, session_id: &str) -> Result<Vec<LinkRow>, StoreError> {
        const SQL: &str = "SELECT session_id, id, sealed, idempotency, released, verdict, decided_at FROM links \
            WHERE session_id = $1 ORDER BY issued_at, id";
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, Columns>(SQL)
                .bind(session_id)
                .fetch_all(connection)
                .await)
        });
        Ok(found.await?.into_iter().map(link).collect())
    }

    /// Returns the links with these ids, in any order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn links_by_id(&self, ids: &[&str]) -> Result<Vec<LinkRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let values: Vec<_> = (1..=ids.len()).map(|number| format!("${number}")).collect();
        let sql = format!(
            "SELECT session_id, id, sealed, idempotency, released, verdict, decided_at FROM links WHERE id IN ({})",
            values.join(", ")
        );
        let found = self.run(async {
            on_connection!(self, |connection| {
                // The number of ids differs, so the statement is not worth keeping.
                let mut query = self.query_as::<_, Columns>(&sql).persistent(false);
                for id in ids {
                    query = query.bind(id);
                }
                query.fetch_all(connection).await
            })
        });
        Ok(found.await?.into_iter().map(link).collect())
    }

    /// Counts a link and reads the session in one statement, for the usual case: a session without a verdict, within
    /// its limits, that expires after `late`. Returns `None` in any other case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn try_reserve_link(
        &self,
        id: &str,
        caps: (i64, i64),
        late: i64,
        now: i64,
    ) -> Result<Option<SessionRow>, StoreError> {
        const COUNT: &str = "UPDATE sessions SET links = links + 1, version = version + 1, updated_at = $5, \
            due_at = CASE WHEN links + 1 < $2 OR due_at < $5 THEN due_at ELSE $5 END";
        const USUAL: &str = "WHERE id = $1 AND links < $2 AND verifies < $3 AND expires_at > $4 \
            AND state IN ('created', 'link_issued') AND closed_at IS NULL";
        let sqlite = format!("{COUNT} {USUAL} RETURNING {COLUMNS}");
        let postgres = format!("{COUNT} FROM change {USUAL} RETURNING {COLUMNS}, n");
        let postgres = OnPostgres::Grouped(Grouped { sql: &postgres, locks: true });
        let values = vec![id.into(), caps.0.into(), caps.1.into(), late.into(), now.into()];
        let change = Change { sqlite: &[sqlite.as_str()], postgres, values };
        self.change_quickly::<SessionColumns>(change).await?.pop().map(session).transpose()
    }

    /// Counts a link before the vendor is asked for it. Returns `false` if the session's state allows no link, the
    /// vendor was asked for a verdict since the session was read, or the links are used up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reserve_link(&self, read: &SessionRow, cap: i64, now: i64) -> Result<bool, StoreError> {
        let states = states_before(Event::LinkIssued);
        let sql = format!(
            "UPDATE sessions SET links = links + 1, version = version + 1, updated_at = $3, \
             due_at = CASE WHEN links + 1 < $2 OR due_at < $3 THEN due_at ELSE $3 END \
             WHERE id = $1 AND links < $2 AND state IN ({states}) AND attempt IS NOT DISTINCT FROM $4 AND closed_at IS NULL \
             RETURNING CAST(1 AS BIGINT)"
        );
        let values = vec![read.id.as_str().into(), cap.into(), now.into(), read.attempt.as_deref().into()];
        let change = Change { sqlite: &[sql.as_str()], postgres: OnPostgres::Alone(&sql), values };
        Ok(!self.change_quickly::<(i64,)>(change).await?.is_empty())
    }

    /// Gives back a counted link that the vendor was certainly not asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_back_link(&self, session_id: &str, now: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE sessions SET links = links - 1, version = version + 1, updated_at = $2 \
            WHERE id = $1 AND links > 0";
        let values = vec![session_id.into(), now.into()];
        self.change_quickly::<(i64,)>(Change { sqlite: &[SQL], postgres: OnPostgres::Alone(SQL), values })
            .await
            .map(drop)
    }

    /// Stores an issued link. Returns `false` if the session's state no longer allows it, if a hand-off has given the session
    /// to another page, or if the vendor was asked for a verdict since the session was read: the decision to issue the link
    /// did not consider that verdict.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issue_link(
        &self,
        read: &SessionRow,
        id: &str,
        sealed: &[u8],
        agreement: Option<&Agreement>,
        now: i64,
    ) -> Result<bool, StoreError> {
        const NOTE: &str = "INSERT INTO audit_new (record) SELECT $9";
        let states = states_before(Event::LinkIssued);
        const MOVE: &str =
            "UPDATE sessions SET state = $2, version = version + 1, updated_at = $3, sealed = coalesce($5, sealed)";
        let allows = format!(
            "WHERE id = $1 AND state IN ({states}) AND attempt IS NOT DISTINCT FROM $4 AND closed_at IS NULL \
             AND holder IS NOT DISTINCT FROM $6"
        );
        let insert =
            |from: &str| format!("INSERT INTO links (id, session_id, issued_at, sealed) SELECT $7, $1, $3, $8 {from}");
        let sqlite = [
            &format!("{MOVE} {allows} RETURNING 1"),
            &insert("WHERE changes() = 1"),
            &format!("{NOTE} WHERE changes() = 1 AND $9 IS NOT NULL"),
        ];
        let postgres = format!(
            ", moved AS ({MOVE} FROM change {allows} RETURNING change.*), \
             noted AS ({NOTE} FROM moved WHERE $9 IS NOT NULL), issued AS ({}) SELECT 1::bigint, n FROM moved",
            insert("FROM moved")
        );
        let values = vec![
            read.id.as_str().into(),
            State::LinkIssued.as_str().into(),
            now.into(),
            read.attempt.as_deref().into(),
            agreement.map(|new| new.sealed.as_slice()).into(),
            read.holder.as_deref().into(),
            id.into(),
            sealed.into(),
            agreement.map(|new| new.entry.as_str()).into(),
        ];
        let postgres = OnPostgres::Grouped(Grouped { sql: &postgres, locks: true });
        let change = Change { sqlite: &sqlite.map(String::as_str), postgres, values };
        let moved = !self.change_quickly::<(i64,)>(change).await?.is_empty();
        count(moved, State::LinkIssued);
        Ok(moved)
    }
}
