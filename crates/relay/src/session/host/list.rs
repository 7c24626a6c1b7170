//! Lists and searches sessions ([`SessionSearch`], [`Sessions::list`]).

use akiba_protocol::{CustomerType, ProblemCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create::is_text;
use super::create::whole_number;
use crate::clock::{parse_rfc3339, rfc3339};
use crate::error::RelayError;
use crate::id::is_id;
use crate::lifecycle::State;
use crate::session::Sessions;
use crate::session::record::OpenSession;
use crate::store::session_list::SessionFilter;

/// Number of sessions on a page, by default and at most.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 100;

/// The body of `POST /v1/sessions/search`. Every member narrows the search.
#[derive(Default, Deserialize, ToSchema)]
#[schema(example = json!({ "reference": "order-4711" }))]
pub struct SessionSearch {
    /// The host's own reference for the case, exactly as it was given.
    #[serde(default)]
    pub reference: Option<String>,
    /// The state of the sessions, as it is stored: a timeout appears within 15 seconds.
    #[serde(default)]
    pub state: Option<State>,
    /// Only sessions that were created at this time or later.
    #[serde(default)]
    #[schema(format = "date-time")]
    pub created_from: Option<String>,
    /// Only sessions that were created before this time.
    #[serde(default)]
    #[schema(format = "date-time")]
    pub created_before: Option<String>,
    /// Number of sessions on a page: 50 by default.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(format = "int64", minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before, with the same search.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{1,15}-[0-9a-f]{32}$")]
    pub cursor: Option<String>,
}

/// A page of sessions, the newest first.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize), serde(deny_unknown_fields))]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<ListedSession>,
    /// The cursor of the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A session in a list, without its verdict.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "session_id": "ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "state": "verified",
    "type": "1",
    "reference": "order-4711",
    "created_at": "2026-02-03T02:04:05Z",
    "expires_at": "2026-02-03T02:19:05Z",
    "updated_at": "2026-02-03T02:05:06.123Z",
    "links": 1,
    "verifies": 1,
}))]
pub struct ListedSession {
    /// The id of the session.
    #[schema(pattern = "^ses_[0-9a-f]{32}$")]
    pub session_id: String,
    /// The state of the session.
    pub state: State,
    /// What the identifier names: a person or a company.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// The host's own reference for the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When the session was created.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When the session expires.
    #[schema(format = "date-time")]
    pub expires_at: String,
    /// When the session last changed.
    #[schema(format = "date-time")]
    pub updated_at: String,
    /// Number of links that the page asked for.
    #[schema(minimum = 0)]
    pub links: i64,
    /// Number of calls to the vendor for a verdict.
    #[schema(minimum = 0)]
    pub verifies: i64,
}

impl From<OpenSession> for ListedSession {
    fn from(session: OpenSession) -> Self {
        let OpenSession { row, personal, customer_type } = session;
        Self {
            session_id: row.id,
            state: row.state,
            customer_type,
            reference: personal.reference,
            created_at: rfc3339(row.created_at),
            expires_at: rfc3339(row.expires_at),
            updated_at: rfc3339(row.updated_at),
            links: row.links,
            verifies: row.verifies,
        }
    }
}

impl Sessions {
    /// Lists the sessions that an API key of this name created, the newest first.
    ///
    /// # Errors
    /// [`RelayError`] if a member of the search is invalid, the database fails, or a state is not the one of the verdict.
    pub async fn list(&self, api_key: &str, search: SessionSearch) -> Result<SessionPage, RelayError> {
        let _permit = self.capacity.host.acquire()?;
        let limit = search.limit.unwrap_or(PAGE);
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(bad("`limit` must be from 1 to 100."));
        }
        let reference = search.reference.as_deref();
        if reference.is_some_and(|reference| !is_text(reference)) {
            return Err(bad("`reference` must be 1 to 128 characters, with no control characters."));
        }
        let filter = SessionFilter {
            api_key: api_key.to_owned(),
            state: search.state,
            reference_tags: reference.map(|reference| self.reference_tags(api_key, reference)),
            created_from: time(search.created_from.as_deref())?,
            created_before: time(search.created_before.as_deref())?,
            after: search.cursor.as_deref().map(read_cursor).transpose()?,
        };
        // One more than the page shows whether there is a next page.
        let mut rows = self.store.list_sessions(&filter, limit.saturating_add(1)).await?;
        let has_next = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next_cursor = rows.last().filter(|_| has_next).map(|row| cursor(row.created_at, &row.id));
        self.check_states(&mut rows).await?;
        let sessions = rows.into_iter().map(|row| self.open_session(row).map(ListedSession::from));
        Ok(SessionPage { sessions: sessions.collect::<Result<_, _>>()?, next_cursor })
    }
}

fn bad(detail: &'static str) -> RelayError {
    RelayError::new(ProblemCode::BadRequest).with_detail(detail)
}

fn time(text: Option<&str>) -> Result<Option<i64>, RelayError> {
    let wrong = || bad("`created_from` and `created_before` must be times as in RFC 3339.");
    text.map(|text| parse_rfc3339(text).ok_or_else(wrong)).transpose()
}

/// Returns the cursor of the page after a session. It is opaque to callers, and holds no personal data.
fn cursor(created_at: i64, id: &str) -> String {
    format!("{created_at}-{}", id.trim_start_matches("ses_"))
}

fn read_cursor(cursor: &str) -> Result<(i64, String), RelayError> {
    let read = || {
        let (created_at, uuid) = cursor.split_once('-')?;
        let id = format!("ses_{uuid}");
        let is_time = created_at.len() <= 15 && created_at.bytes().all(|byte| byte.is_ascii_digit());
        Some((created_at.parse().ok()?, id)).filter(|(_, id)| is_time && is_id(id, "ses"))
    };
    read().ok_or_else(|| bad("`cursor` must be the `next_cursor` of an earlier page."))
}

#[cfg(test)]
mod tests {
    use super::{cursor, read_cursor};

    #[test]
    fn a_cursor_reads_back_and_others_are_rejected() {
        let id = crate::id::new_id("ses");
        assert_eq!(read_cursor(&cursor(7, &id)).unwrap(), (7, id.clone()));
        for wrong in
            ["", "-", "AAAA", &cursor(7, "ses_1"), &cursor(7, &id)[1..], &cursor(-7, &id), &cursor(i64::MAX, &id)]
        {
            assert!(read_cursor(wrong).is_err(), "{wrong}");
        }
    }
}
