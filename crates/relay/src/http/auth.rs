//! Authentication as axum extractors: the host's back end by its API key ([`HostCaller`]), a page by its session token
//! ([`PageCaller`]). A phone in a hand-off has no token yet ([`PhoneCaller`]). [`SessionId`] and [`HandoffId`] read an id from
//! the path.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::extract::{FromRequestParts, Path};
use http::HeaderMap;
use http::header::{AUTHORIZATION, ORIGIN, USER_AGENT};
use http::request::Parts;

use super::rate_limit::{Tally, client, count_address, count_page};
use super::request_log::{RequestId, SessionSlot};
use super::state::{AppState, SharedState};
use crate::clock::milliseconds;
use crate::error::RelayError;
use crate::handoff::device::Device;
use crate::id::is_id;
use crate::secrets::session_keys::{Bearer, TokenError};
use crate::session::Sessions;
use crate::session::audit::AuditedCall;
use crate::session::page::handoff::Visitor;

/// The host's back end, with a valid API key.
#[derive(Debug)]
pub struct HostCaller {
    /// The sessions of this relay.
    pub sessions: Arc<Sessions>,
    /// The name of its key. It can access only the sessions created under this name.
    pub key: String,
    /// The id of its request.
    request: String,
}

impl HostCaller {
    /// Returns the call for the audit trail.
    #[must_use]
    pub fn audited(&self) -> AuditedCall<'_> {
        AuditedCall { key: &self.key, request: &self.request }
    }
}

/// A page with a valid session token.
#[derive(Debug)]
pub struct PageCaller {
    /// The sessions of this relay.
    pub sessions: Arc<Sessions>,
    /// The id of its session.
    pub session_id: String,
    /// The hand-off by which a phone got its token.
    pub handoff: Option<String>,
}

impl PageCaller {
    /// Fails if the caller is a phone: only the desktop hands a session over.
    ///
    /// # Errors
    /// [`ProblemCode::Forbidden`].
    pub fn at_desktop(self) -> Result<Self, RelayError> {
        match self.handoff {
            None => Ok(self),
            Some(_) => Err(RelayError::new(ProblemCode::Forbidden).with_detail("A phone's token can't hand over.")),
        }
    }
}

/// A page that reads its verdict again. Its session token may have expired shortly before.
#[derive(Debug)]
pub struct ReturningPage(pub PageCaller);

/// How long after its expiry a token can still read the verdict of its session: long enough for a person who comes back
/// to a page, and short, because a page keeps the token where scripts can read it.
const READABLE_AFTER_EXPIRY: Duration = Duration::from_secs(15 * 60);

impl FromRequestParts<SharedState> for HostCaller {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        let sessions = sessions(state)?;
        if parts.headers.contains_key(ORIGIN) {
            let detail = "Only the host's back end can make this call: an API key in a page is public.";
            return Err(RelayError::new(ProblemCode::Forbidden).with_detail(detail));
        }
        let key = bearer(&parts.headers).and_then(|key| sessions.key_name(key));
        let Some(key) = key else {
            // A back end is counted by its key; a caller that guesses keys, by its address.
            count_address(&state.limits, &parts.extensions, &parts.headers)?;
            return Err(RelayError::new(ProblemCode::Unauthorized).with_detail("This call needs a valid API key."));
        };
        Tally::record(&parts.extensions, state.limits.api_key(&key))?;
        let request = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone()).unwrap_or_default();
        Ok(Self { sessions, key, request })
    }
}

impl FromRequestParts<SharedState> for PageCaller {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        page_caller(parts, state, Duration::ZERO)
    }
}

impl FromRequestParts<SharedState> for ReturningPage {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        page_caller(parts, state, READABLE_AFTER_EXPIRY).map(Self)
    }
}

/// Returns the page with a session token that is valid, or that expired less than `grace` ago.
fn page_caller(parts: &mut Parts, state: &AppState, grace: Duration) -> Result<PageCaller, RelayError> {
    let sessions = sessions(state)?;
    let opened = bearer(&parts.headers).ok_or(TokenError::Invalid).and_then(|token| sessions.bearer(token));
    let Bearer { session_id, handoff } = match opened {
        Ok(bearer) => bearer,
        Err(TokenError::Expired { bearer, at }) if sessions.clock().now() < at.saturating_add(milliseconds(grace)) => {
            bearer
        }
        // Not counted by address: many people can share one, and a flood from it must not lock out a page whose
        // session has just expired and which needs to learn that.
        Err(TokenError::Expired { bearer, .. }) => {
            count_page(&state.limits, parts, &bearer.session_id)?;
            return Err(RelayError::new(ProblemCode::SessionExpired));
        }
        Err(TokenError::Invalid) => {
            count_address(&state.limits, &parts.extensions, &parts.headers)?;
            return Err(RelayError::new(ProblemCode::Unauthorized));
        }
    };
    if let Some(slot) = parts.extensions.get::<SessionSlot>() {
        slot.fill(&session_id);
    }
    count_page(&state.limits, parts, &session_id)?;
    Ok(PageCaller { sessions, session_id, handoff })
}

/// A phone in a hand-off, which has no token yet. It is counted by its address.
#[derive(Debug)]
pub struct PhoneCaller {
    /// The sessions of this relay.
    pub sessions: Arc<Sessions>,
    slot: Option<SessionSlot>,
}

impl PhoneCaller {
    /// Names the session in the log, once the call has proved that it belongs to it.
    pub fn belongs_to(&self, session_id: &str) {
        if let Some(slot) = &self.slot {
            slot.fill(session_id);
        }
    }
}

impl FromRequestParts<SharedState> for PhoneCaller {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        count_address(&state.limits, &parts.extensions, &parts.headers)?;
        Ok(Self { sessions: sessions(state)?, slot: parts.extensions.get::<SessionSlot>().cloned() })
    }
}

impl FromRequestParts<SharedState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, Infallible> {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let address = client(&state.limits, &parts.extensions, &parts.headers);
        Ok(Self { address, device: Device::of(agent) })
    }
}

/// The id of a hand-off in the path.
#[derive(Debug)]
pub struct HandoffId(pub String);

impl FromRequestParts<SharedState> for HandoffId {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        let unknown = || RelayError::new(ProblemCode::UnknownHandoff);
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        if is_id(&id, "hof") { Ok(Self(id)) } else { Err(unknown()) }
    }
}

/// The id of a session in the path. An id of the wrong form is rejected without a look-up.
#[derive(Debug)]
pub struct SessionId(pub String);

impl FromRequestParts<SharedState> for SessionId {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, RelayError> {
        let unknown = || RelayError::new(ProblemCode::UnknownSession);
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        if !is_id(&id, "ses") {
            return Err(unknown());
        }
        if let Some(slot) = parts.extensions.get::<SessionSlot>() {
            slot.fill(&id);
        }
        Ok(Self(id))
    }
}

fn sessions(state: &AppState) -> Result<Arc<Sessions>, RelayError> {
    state.sessions.clone().ok_or_else(|| RelayError::new(ProblemCode::NotFound))
}

/// Returns the token of `Authorization: Bearer`; `None` if the header is missing, repeated or of another scheme.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
