//! The widget's first call with a session ([`Sessions::link`]). It returns a signed link, which the relay binds to the
//! session before the page gets it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use akiba_protocol::{LinkRequest, ProblemCode, Reason};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::task::JoinHandle;
use tracing::Instrument;
use utoipa::ToSchema;

use super::binding::{LinkCall, agreed, check_person, file_name};
use crate::audit::{Action, Entry};
use crate::clock::rfc3339;
use crate::error::RelayError;
use crate::id::new_id;
use crate::lifecycle::State;
use crate::limits::capacity::Permit;
use crate::session::Sessions;
use crate::session::link_host::allows;
use crate::session::record::{Issued, OpenSession};
use crate::session::refusal::refusal;
use crate::store::links::Agreement;
use crate::vendor_api::Work;

/// The answer to the page: a [`LinkReply`](akiba_protocol::LinkReply) without personal data.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[schema(description = "A signed link, bound to the session.", example = json!({
    "identifier": "ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "signed_link": "https://bucket.s3.amazonaws.com/selfies/selfie-0197f3a1.jpg?X-Amz-Signature=00",
    "s3_key": "selfies/selfie-0197f3a1.jpg",
    "selfie_filename": "selfie-0197f3a1.jpg",
}))]
pub struct SessionLink {
    /// The session's id. It replaces the identifier, which the page need not know.
    pub identifier: String,
    /// The URL for the upload of the photo: a presigned S3 URL of an allowed host.
    #[schema(format = "uri")]
    pub signed_link: String,
    /// The object's key, for the second call.
    pub s3_key: String,
    /// The file name, for the second call.
    pub selfie_filename: String,
    /// Form fields of an S3 POST policy. If present, upload the photo by `POST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub fields: Option<Map<String, Value>>,
    /// Headers to send with a `PUT`. The link signs each of them.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(test, serde(default))]
    #[schema(value_type = Option<Object>)]
    pub headers: Map<String, Value>,
}

impl fmt::Debug for SessionLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLink").finish_non_exhaustive()
    }
}

/// A link that counts for its session. If it is dropped before the vendor may have been asked, it is given back: the
/// caller has hung up, or a check has failed.
struct CountedLink {
    sessions: Arc<Sessions>,
    session_id: String,
    /// Whether the vendor may have got the request.
    asked: AtomicBool,
    _permit: Permit,
}

impl CountedLink {
    fn new(sessions: Arc<Sessions>, session_id: String, permit: Permit) -> Self {
        Self { sessions, session_id, asked: AtomicBool::new(false), _permit: permit }
    }

    /// Gives the link back: the vendor certainly did nothing for it. The answer to the caller waits for it, so that the
    /// caller can try again.
    async fn give_back(self) {
        self.asked.store(true, Ordering::Relaxed);
        // A task, because the caller may hang up now, too.
        let _ = self.giving_back().await;
    }

    fn giving_back(&self) -> JoinHandle<()> {
        let (sessions, session_id) = (Arc::clone(&self.sessions), self.session_id.clone());
        let work = async move {
            if let Err(error) = sessions.store.give_back_link(&session_id, sessions.clock.now()).await {
                tracing::warn!(%error, "a link that the vendor did not issue stays counted");
            }
        };
        self.sessions.tasks.spawn(work.in_current_span())
    }
}

impl Drop for CountedLink {
    fn drop(&mut self) {
        if !self.asked.load(Ordering::Relaxed) {
            drop(self.giving_back());
        }
    }
}

impl Sessions {
    /// Asks the vendor for a signed link for the session's person, and stores what the vendor issued with it. `handoff` is the
    /// one of the caller's token.
    ///
    /// # Errors
    /// [`RelayError`] if the session does not allow the call, or the vendor returns no usable link.
    pub async fn link(
        self: &Arc<Self>,
        session_id: &str,
        handoff: Option<&str>,
        call: LinkCall,
    ) -> Result<SessionLink, RelayError> {
        let agreed = agreed(&call, rfc3339(self.clock.now()))?;
        let permit = self.capacity.links.acquire()?;
        // Before the link is counted: a refused call must not use up the session's links.
        let pass = self.vendor.link_pass()?;
        let (counted, session) = match self.count_link(session_id, permit).await {
            Ok(counted) => counted,
            Err(error) => return Err(self.because_of_phone(session_id, handoff).await.unwrap_or(error)),
        };
        if let Err(error) = self.check_link(&session, handoff, &call).await {
            counted.give_back().await;
            return Err(error);
        }
        let id = new_id("lnk");
        let mut personal = session.personal;
        let request = LinkRequest {
            identifier: personal.identifier.clone(),
            customer_type: session.customer_type,
            selfie_filename: Some(file_name(&id, call.selfie_filename.as_deref())),
        };
        let consent = personal.consent.is_some();
        let reply = match self.vendor.link(pass, &request, consent, &counted.asked).await {
            Ok(reply) => reply,
            Err(error) => {
                if error.work() == Work::NotStarted {
                    counted.give_back().await;
                }
                return Err(error.into());
            }
        };
        if !allows(&self.link_hosts, &reply.signed_link) {
            let cause = "the host of the signed link is not in --link-host";
            return Err(RelayError::new(ProblemCode::VendorReply).caused_by(cause));
        }
        let issued = Issued {
            s3_key: reply.s3_key.clone(),
            selfie_filename: reply.selfie_filename.clone(),
            customer_id: reply.customer_id,
        };
        let sealed = self.seal_issued(session_id, &id, &issued)?;
        // The page sends it with each link.
        let agreed = agreed.filter(|new| personal.agreed.as_ref().is_none_or(|old| !old.same_words(new)));
        let agreement = match agreed {
            Some(agreed) => {
                let entry =
                    Entry::of_page(Action::Consent, session_id, self.clock.now()).with_detail(&agreed.detail()).text();
                personal.agreed = Some(agreed);
                Some(Agreement { sealed: self.seal_personal(session_id, &personal)?, entry })
            }
            None => None,
        };
        if !self.store.issue_link(&session.row, &id, &sealed, agreement.as_ref(), self.clock.now()).await? {
            let error = self.why_no_link(session_id).await?;
            return Err(self.because_of_phone(session_id, handoff).await.unwrap_or(error));
        }
        self.following.wake(session_id);
        Ok(SessionLink {
            identifier: session_id.to_owned(),
            signed_link: reply.signed_link,
            s3_key: reply.s3_key,
            selfie_filename: reply.selfie_filename,
            fields: reply.fields,
            headers: reply.headers,
        })
    }

    /// Counts a link, in a task: a caller that hangs up can't stop it between the database and [`CountedLink`].
    async fn count_link(
        self: &Arc<Self>,
        session_id: &str,
        permit: Permit,
    ) -> Result<(CountedLink, OpenSession), RelayError> {
        let (sessions, id) = (Arc::clone(self), session_id.to_owned());
        let work = async move {
            let now = sessions.clock.now();
            let caps = (sessions.limits.links, sessions.limits.verifies);
            let counted = |sessions, session_id| CountedLink::new(sessions, session_id, permit);
            match sessions.store.try_reserve_link(&id, caps, sessions.latest_end(), now).await? {
                Some(row) => {
                    let counted = counted(Arc::clone(&sessions), id);
                    Ok((counted, sessions.open_session(row)?))
                }
                None => {
                    let session = sessions.reserve(&id).await?;
                    Ok((counted(sessions, id), session))
                }
            }
        };
        let panicked = |_| RelayError::new(ProblemCode::Internal).caused_by("the task that counts a link panicked");
        self.tasks.spawn(work.in_current_span()).await.map_err(panicked)?
    }

    /// Checks the call, before the vendor is asked.
    async fn check_link(
        &self,
        session: &OpenSession,
        handoff: Option<&str>,
        call: &LinkCall,
    ) -> Result<(), RelayError> {
        self.check_holder(session, handoff).await?;
        check_person(session, call.identifier.as_deref(), call.customer_type)?;
        // Before the person takes a photo for which there is no verdict.
        self.check_attempts(&session.row.api_key, session.customer_type, &session.personal.identifier).await
    }

    /// Returns the reason for which a session gives no link to this page, if that is a phone: the page can follow it to the verdict.
    async fn because_of_phone(&self, session_id: &str, handoff: Option<&str>) -> Option<RelayError> {
        let session = self.current(session_id).await.ok()?;
        self.check_holder(&session, handoff).await.err()
    }

    /// Counts a link for a session that [`Store::try_reserve_link`](crate::store::Store::try_reserve_link) did not
    /// match: one with a verdict, or one that allows no more links. Fails in the second case.
    async fn reserve(&self, session_id: &str) -> Result<OpenSession, RelayError> {
        let session = self.current(session_id).await?;
        if session.row.state == State::Rejected && self.last_rejection(&session).await?.0 == Some(Reason::Fraud) {
            return Err(refusal(State::Verified));
        }
        self.may_issue(&session.row)?;
        if !self.store.reserve_link(&session.row, self.limits.links, self.clock.now()).await? {
            return Err(self.why_no_link(session_id).await?);
        }
        Ok(session)
    }

    async fn why_no_link(&self, session_id: &str) -> Result<RelayError, RelayError> {
        let row = self.current(session_id).await?.row;
        let pending = || RelayError::new(ProblemCode::SessionState);
        Ok(self.may_issue(&row).err().unwrap_or_else(pending))
    }
}
