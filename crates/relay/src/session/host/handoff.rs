//! Links to the page for phones that a back end sends to the person itself, by SMS for example ([`Sessions::send_handoff`]). No
//! desktop takes part, so there is no number to compare: what counts is that the link reaches the right person.

use std::fmt;
use std::time::Duration;

use akiba_protocol::ProblemCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create::whole_number;
use crate::audit::Action;
use crate::clock::{milliseconds, rfc3339};
use crate::error::RelayError;
use crate::handoff::Kind;
use crate::handoff::code::new_code;
use crate::session::Sessions;
use crate::session::audit::AuditedCall;
use crate::session::handoff::no_random;
use crate::store::handoffs::HandoffRow;

/// The life of a link whose request does not set one: a person may read a message the next day.
const LIFE: Duration = Duration::from_secs(24 * 3_600);

/// The body of `POST /v1/sessions/{id}/handoffs`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "ttl": 86400 }))]
pub struct NewHandoffLink {
    /// How long the link can be opened, in seconds, up to `--handoff-link-ttl-max`. A day by default, or that if it is shorter.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(format = "int64", minimum = 1, maximum = 4294967295_i64)]
    pub ttl: Option<u32>,
}

/// A link for the person's phone.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "handoff_id": "hof_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "url": "https://relay.bank.example/s#3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "expires_at": "2026-02-04T02:04:05Z",
}))]
pub struct HandoffLink {
    /// The id of the hand-off.
    #[schema(pattern = "^hof_[0-9a-f]{32}$")]
    pub handoff_id: String,
    /// The link for the person's phone. It works once, and is as secret as a password.
    #[schema(format = "uri")]
    pub url: String,
    /// Until when the link can be opened.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

impl fmt::Debug for HandoffLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandoffLink").finish_non_exhaustive()
    }
}

impl Sessions {
    /// Makes a link to the page for phones. The link before it no longer works, and a phone that has the session loses it.
    ///
    /// # Errors
    /// [`RelayError`] if the operator allows no links, the session allows no hand-off, or the database fails.
    pub async fn send_handoff(
        &self,
        call: AuditedCall<'_>,
        session_id: &str,
        new: &NewHandoffLink,
    ) -> Result<HandoffLink, RelayError> {
        let _permit = self.capacity.host.acquire()?;
        let page = self.handoff_page()?;
        let ttl = self.link_life(new.ttl)?;
        let session = self.current_of(call.key, session_id).await?;
        self.may_hand_over(&session)?;
        let now = self.clock.now();
        // The session that the link opens must end before it is deleted.
        let last = session.row.created_at.saturating_add(self.limits.retention).saturating_sub(self.limits.leeway);
        let last = last.saturating_sub(milliseconds(self.life(&session.personal)));
        let ends_at = self.ends_at(now, ttl).min(last);
        if ends_at <= now {
            let detail = "The session is too old for another link.";
            return Err(RelayError::new(ProblemCode::SessionLimit).with_detail(detail));
        }
        let code = new_code(Kind::Link).ok_or_else(no_random)?;
        let row = HandoffRow::new(session_id, now, ends_at);
        let entry = call.entry(Action::Handoff, session_id, now).with_detail(row.state.as_str());
        self.store_handoff(&row, &code, &entry).await?;
        Ok(HandoffLink {
            handoff_id: row.id,
            url: self.handoff_url(page, &session, &code),
            expires_at: rfc3339(ends_at),
        })
    }

    fn link_life(&self, seconds: Option<u32>) -> Result<Duration, RelayError> {
        let off = || {
            let detail = "This relay makes no links for back ends: see --handoff-link-ttl-max.";
            RelayError::new(ProblemCode::Forbidden).with_detail(detail)
        };
        let max = self.handoffs.handoff_link_ttl_max.ok_or_else(off)?;
        let Some(seconds) = seconds else { return Ok(LIFE.min(max)) };
        let ttl = Duration::from_secs(seconds.into());
        if ttl.is_zero() || ttl > max {
            let detail = format!("`ttl` must be from 1 to {} seconds.", max.as_secs());
            return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
        }
        Ok(ttl)
    }
}
