//! Who calls: the host's back end by its API key ([`HostCaller`]), a page by its session's token ([`PageCaller`]); and
//! which session a path names ([`SessionId`]).

use std::sync::Arc;

use akiba_protocol::ProblemCode;
use axum::extract::{FromRequestParts, Path};
use http::HeaderMap;
use http::header::{AUTHORIZATION, ORIGIN};
use http::request::Parts;

use super::rate_limit::count_address;
use super::request_log::SessionSlot;
use super::state::AppState;
use crate::error::RelayError;
use crate::id::is_id;
use crate::secrets::session_keys::TokenError;
use crate::session::Sessions;

/// The host's back end.
#[derive(Debug)]
pub struct HostCaller {
    /// Where its sessions are kept.
    pub sessions: Arc<Sessions>,
    /// The name of its key. It may see the sessions that were made under this name.
    pub key: String,
}

/// A page with a session.
#[derive(Debug)]
pub struct PageCaller {
    /// Where its session is kept.
    pub sessions: Arc<Sessions>,
    /// Its session.
    pub session_id: String,
}

impl FromRequestParts<AppState> for HostCaller {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RelayError> {
        let sessions = sessions(state)?;
        if parts.headers.contains_key(ORIGIN) {
            let detail = "This call is for the host's back end: an API key in a page is everybody's.";
            return Err(RelayError::new(ProblemCode::Forbidden).with_detail(detail));
        }
        let key = bearer(&parts.headers).and_then(|sent| sessions.key_name(sent));
        let Some(key) = key.map(str::to_owned) else {
            // A back end is counted by its key, and who guesses keys by the address.
            count_address(&state.limits, &parts.extensions, &parts.headers)?;
            return Err(RelayError::new(ProblemCode::Unauthorized).with_detail("This call wants an API key."));
        };
        state.limits.api_key(&key)?;
        Ok(Self { sessions, key })
    }
}

impl FromRequestParts<AppState> for PageCaller {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RelayError> {
        let sessions = sessions(state)?;
        let opened = bearer(&parts.headers).ok_or(TokenError::Invalid).and_then(|token| sessions.session_of(token));
        let session_id = match opened {
            Ok(session_id) => session_id,
            // Many share an address: who floods it from there must not turn away those who have a session, or had one and
            // are to ask for another.
            Err(TokenError::Expired) => return Err(RelayError::new(ProblemCode::SessionExpired)),
            Err(TokenError::Invalid) => {
                count_address(&state.limits, &parts.extensions, &parts.headers)?;
                return Err(RelayError::new(ProblemCode::Unauthorized));
            }
        };
        if let Some(slot) = parts.extensions.get::<SessionSlot>() {
            slot.fill(&session_id);
        }
        state.limits.session(&session_id)?;
        Ok(Self { sessions, session_id })
    }
}

/// The id of a session in the path. What can be none is not looked up.
#[derive(Debug)]
pub struct SessionId(pub String);

impl FromRequestParts<AppState> for SessionId {
    type Rejection = RelayError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RelayError> {
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

/// The token of the one `Authorization: Bearer` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
