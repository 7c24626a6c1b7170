//! The page's session ([`Session`]), which authorises the page at the relay. The page's back end provides it, as text
//! or through a function. The function is called at the start of an attempt, and again if the relay says that the
//! session has expired ([`Bearer`], [`Reason`]).

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::token::sendable;
use crate::adapter::delay::milliseconds;
use crate::adapter::js::in_time;
use crate::flow::RelayFailure;

#[wasm_bindgen(module = "/src/adapter/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = token)]
    fn ask(function: &Function, reason: &str, limit: u32) -> Promise;
}

/// Time limit of the page's function.
pub const SESSION_LIMIT: Duration = Duration::from_secs(15);

/// A session provided by a Rust program; `None` if it has none.
pub type SessionFuture = Pin<Box<dyn Future<Output = Option<String>>>>;

/// Authorises the page at the relay. Sent as `Authorization: Bearer`.
#[derive(Clone, Default)]
pub enum Session {
    /// The relay requires none.
    #[default]
    None,
    /// This text. Secret.
    Token(String),
    /// A function of the page that returns a string or a promise of one.
    Function(Function),
    /// The same for a Yew application.
    Provider(Rc<dyn Fn(Reason) -> SessionFuture>),
}

/// Why the function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An attempt begins.
    Start,
    /// The relay rejected the session, most likely because it has expired.
    Expired,
}

impl Reason {
    /// The word that the page's function receives.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Expired => "expired",
        }
    }
}

/// The token that a function returned, shared by the calls of one attempt.
pub type TokenCache = Rc<RefCell<Option<String>>>;

/// The session of one attempt, from its start to the verdict.
#[derive(Clone, Debug, Default)]
pub struct Bearer {
    session: Session,
    cache: TokenCache,
}

impl Bearer {
    /// Creates the session of an attempt. The function may have been called before.
    #[must_use]
    pub fn new(session: Session, cache: TokenCache) -> Self {
        Self { session, cache }
    }

    /// Returns the token to send, if any. Calls the function if it was not called yet, and always for
    /// [`Reason::Expired`].
    ///
    /// # Errors
    /// As for [`Session::token_within`].
    pub async fn token(&self, reason: Reason) -> Result<Option<String>, RelayFailure> {
        // Text needs no cache, and must not be mistaken for the result of a function that replaces it later.
        if !self.can_renew() {
            return self.session.token_within(reason, SESSION_LIMIT).await;
        }
        let token = match self.cache.take().filter(|_| reason == Reason::Start) {
            Some(token) => Some(token),
            None => self.session.token_within(reason, SESSION_LIMIT).await?,
        };
        self.cache.replace(token.clone());
        Ok(token)
    }

    /// Whether the calls carry a session.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        !matches!(self.session, Session::None)
    }

    /// Whether there is a function that can be called again.
    #[must_use]
    pub fn can_renew(&self) -> bool {
        matches!(self.session, Session::Function(_) | Session::Provider(_))
    }
}

impl From<Session> for Bearer {
    fn from(session: Session) -> Self {
        Self::new(session, TokenCache::default())
    }
}

/// The value is neither absent, nor a function, nor a string that fits into a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the property `session` must be a string of printable ASCII or a function that returns one")]
pub struct SessionError;

impl Session {
    /// Reads the property's value. `undefined`, `null` and `""` mean no session.
    ///
    /// # Errors
    /// [`SessionError`] for a value that can never be sent.
    pub fn from_js(value: &JsValue) -> Result<Self, SessionError> {
        if let Some(function) = value.dyn_ref::<Function>() {
            return Ok(Self::Function(function.clone()));
        }
        match value.as_string() {
            Some(text) if text.is_empty() => Ok(Self::None),
            Some(text) => sendable(text).map(Self::Token).ok_or(SessionError),
            None if value.is_undefined() || value.is_null() => Ok(Self::None),
            None => Err(SessionError),
        }
    }

    /// Whether both are texts and differ: the session may belong to another customer. Functions can't be compared that
    /// way.
    #[must_use]
    pub fn is_other_token(&self, other: &Self) -> bool {
        matches!(self, Self::Token(_)) && matches!(other, Self::Token(_)) && self != other
    }

    /// Returns the token to send, if any. A function has this much time.
    ///
    /// # Errors
    /// - [`RelayFailure::SessionUnavailable`] if the page's function fails or takes too long: most likely it has no
    ///   network.
    /// - [`RelayFailure::Session`] if it returns a value that can't be sent, or fails with a `status` of 401 or 403.
    pub async fn token_within(&self, reason: Reason, limit: Duration) -> Result<Option<String>, RelayFailure> {
        let answer = match self {
            Self::None => return Ok(None),
            Self::Token(text) => return sendable(text.clone()).map(Some).ok_or(RelayFailure::Session),
            Self::Function(function) => {
                let answer = ask(function, reason.as_str(), milliseconds(limit));
                JsFuture::from(answer).await.map_err(|error| failure(&error))?.as_string()
            }
            Self::Provider(provider) => {
                in_time(provider(reason), milliseconds(limit)).await.ok_or(RelayFailure::SessionUnavailable)?
            }
        };
        answer.and_then(sendable).map(Some).ok_or(RelayFailure::Session)
    }
}

/// Returns the failure for an error of the page's function. Browsers give errors of the network no name of their own,
/// so only an error that says otherwise counts as a refusal.
fn failure(error: &JsValue) -> RelayFailure {
    let status = Reflect::get(error, &JsValue::from_str("status")).ok().and_then(|status| status.as_f64());
    if status == Some(401.0) || status == Some(403.0) {
        RelayFailure::Session
    } else {
        RelayFailure::SessionUnavailable
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Token(one), Self::Token(other)) => one == other,
            (Self::Function(one), Self::Function(other)) => Object::is(one, other),
            (Self::Provider(one), Self::Provider(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for Session {
    /// Omits the session's text, so that it does not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Token(_) => "Token(..)",
            Self::Function(_) => "Function(..)",
            Self::Provider(_) => "Provider(..)",
        })
    }
}
