//! What the host's back end does about a lost verdict ([`Action`], [`Sessions::reconcile`]): it alone knows whether the
//! vendor has billed, and what that is worth.

use std::sync::Arc;

use akiba_protocol::ProblemCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::report::Session;
use crate::error::RelayError;
use crate::lifecycle::{Event, State};
use crate::session::Sessions;
use crate::session::refusal::refusal;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask the vendor again for the same link. It may bill again.
    Repeat,
    /// Give the verdict up; the page may ask for a new link.
    Release,
}

/// The body of `POST /v1/sessions/{id}/reconcile`.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "action": "release" }))]
pub struct Reconcile {
    /// What is to be done.
    pub action: Action,
}

impl Sessions {
    /// Moves a session on whose verdict was lost. A session that has its verdict meanwhile is left as it is.
    ///
    /// # Errors
    /// [`RelayError`] when no verdict was lost, or the vendor gives none again.
    pub async fn reconcile(self: &Arc<Self>, key: &str, id: &str, action: Action) -> Result<Session, RelayError> {
        let session = self.current_of(key, id).await?;
        match (session.row.state, action) {
            (State::Verified | State::Rejected, _) => {}
            (State::Unknown, Action::Release) => {
                if !self.move_with_webhook(&session.row, Event::Released).await? {
                    return Err(refusal(State::LinkIssued));
                }
            }
            (State::Unknown, Action::Repeat) => {
                let links = self.open_links(id).await?;
                let link = links.iter().find(|link| Some(&link.row.id) == session.row.link_id.as_ref());
                let link = link.ok_or_else(|| RelayError::new(ProblemCode::Internal).caused_by("a link is gone"))?;
                match self.begin_attempt(&session, link, Event::Repeated, None).await? {
                    Some(pending) => {
                        if let Err(error) = pending.wait().await
                            && !self.is_decided(id).await?
                        {
                            return Err(error);
                        }
                    }
                    None => return Err(refusal(State::Verifying)),
                }
            }
            // Nobody's credentials are over, so this is no 401.
            (State::Expired, _) => {
                let detail = "The session's life is over, and no verdict was lost.";
                return Err(RelayError::new(ProblemCode::SessionState).with_detail(detail));
            }
            (state, _) => return Err(refusal(state)),
        }
        self.report(key, id).await
    }

    /// Whether there is a verdict: the first answer may have come while the vendor was asked again.
    async fn is_decided(&self, id: &str) -> Result<bool, RelayError> {
        Ok(matches!(self.current(id).await?.row.state, State::Verified | State::Rejected))
    }
}
