//! Resolves a lost verdict ([`Action`], [`Sessions::reconcile`]). The host's back end decides how: only the host can
//! find out whether the vendor has billed, and whether a second bill is acceptable.

use std::sync::Arc;

use akiba_protocol::ProblemCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::report::Session;
use crate::audit;
use crate::error::RelayError;
use crate::lifecycle::{Event, State};
use crate::session::Sessions;
use crate::session::audit::AuditedCall;
use crate::session::refusal::refusal;

/// What to do about a lost verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask the vendor again for the same link. It may bill again.
    Repeat,
    /// Give up the verdict. The page may then ask for a new link.
    Release,
}

/// The body of `POST /v1/sessions/{id}/reconcile`.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "action": "release" }))]
pub struct Reconcile {
    /// What to do.
    pub action: Action,
}

impl Sessions {
    /// Resolves a lost verdict. If the verdict has arrived in the meantime, the session stays as it is. It holds no permit
    /// of host calls, as it may wait for the vendor: then it holds one for a verdict.
    ///
    /// # Errors
    /// [`RelayError`] if no verdict was lost, or the repeated call returns no verdict either.
    pub async fn reconcile(
        self: &Arc<Self>,
        call: AuditedCall<'_>,
        id: &str,
        action: Action,
    ) -> Result<Session, RelayError> {
        let session = self.current_of(call.key, id).await?;
        let detail = match action {
            Action::Repeat => "repeat",
            Action::Release => "release",
        };
        if session.row.state == State::Unknown {
            // Before the call to the vendor, which may bill: it is recorded that the back end asked for it.
            let entry = call.entry(audit::Action::Reconcile, id, self.clock.now()).with_detail(detail);
            self.store.append_audit(&entry).await?;
        }
        match (session.row.state, action) {
            // Nothing is reconciled, but the answer has the session.
            (State::Verified | State::Rejected, _) => self.record_read(call, id).await?,
            (State::Unknown, Action::Release) => {
                if !self.move_with_webhook(&session.row, Event::Released).await? {
                    return Err(refusal(State::LinkIssued));
                }
            }
            (State::Unknown, Action::Repeat) => {
                let links = self.open_links(id).await?;
                let link = links.iter().find(|link| Some(&link.row.id) == session.row.link_id.as_ref());
                let link =
                    link.ok_or_else(|| RelayError::new(ProblemCode::Internal).caused_by("the link is missing"))?;
                match self.attempt(&session, link, Event::Repeated, None, None).await {
                    Ok(Some(_)) => {}
                    Ok(None) => return Err(refusal(State::Verifying)),
                    Err(error) if self.is_decided(id).await? => {
                        tracing::info!(
                            cause = error.cause(),
                            "the repeated call failed, but the first has its verdict"
                        );
                    }
                    Err(error) => return Err(error),
                }
            }
            // `session-expired` is a 401, but the API key has not expired.
            (State::Expired, _) => {
                let detail = "The session has expired, and no verdict was lost.";
                return Err(RelayError::new(ProblemCode::SessionState).with_detail(detail));
            }
            (state, _) => return Err(refusal(state)),
        }
        self.report_of(self.current_of(call.key, id).await?).await
    }

    /// Returns whether there is a verdict. The first answer may have arrived while the vendor was asked again.
    async fn is_decided(&self, id: &str) -> Result<bool, RelayError> {
        Ok(matches!(self.current(id).await?.row.state, State::Verified | State::Rejected))
    }
}
