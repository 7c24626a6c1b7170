//! The page's session ([`Session`]): what shows the relay that this page may ask. It comes from the page's own back
//! end as text, or as a function that is asked at the start of an attempt, and again when the relay says that what it
//! gave is over ([`Bearer`], [`Reason`]).

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::token::sendable;
use crate::adapter::delay::milliseconds;
use crate::flow::RelayFailure;

/// How long the page's function may take.
pub const SESSION_LIMIT: Duration = Duration::from_secs(15);

/// A session that a Rust program hands out: `None` where it has none to give.
pub type SessionFuture = Pin<Box<dyn Future<Output = Option<String>>>>;

/// What shows the relay that this page may ask. Sent as `Authorization: Bearer`.
#[derive(Clone, Default)]
pub enum Session {
    /// The relay asks for none.
    #[default]
    None,
    /// This text. A secret.
    Token(String),
    /// A function of the page that returns a string, or a promise of one.
    Function(Function),
    /// The same for a Yew application.
    Provider(Rc<dyn Fn(Reason) -> SessionFuture>),
}

/// Why a function is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An attempt begins.
    Start,
    /// The relay does not accept what the function gave, most likely as its time is over.
    Expired,
}

impl Reason {
    /// The word for it, as the page's function gets it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Expired => "expired",
        }
    }
}

/// What a function gave, for the calls of one attempt.
pub type TokenCache = Rc<RefCell<Option<String>>>;

/// A session as one attempt uses it, from its start to the verdict.
#[derive(Clone, Debug, Default)]
pub struct Bearer {
    session: Session,
    cache: TokenCache,
}

impl Bearer {
    /// The session of an attempt for which a function may have been asked before.
    #[must_use]
    pub fn new(session: Session, cache: TokenCache) -> Self {
        Self { session, cache }
    }

    /// The text to send, if there is to be one. A function is asked where that was not done yet, and always for
    /// [`Reason::Expired`].
    ///
    /// # Errors
    /// As for [`Session::token_within`].
    pub async fn token(&self, reason: Reason) -> Result<Option<String>, RelayFailure> {
        // Text is at hand anyway, and must not be taken for what a function gave that comes after it.
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

    /// Whether there is a function that can be asked again.
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

/// The value is neither a string that fits into a header, nor a function, nor absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionError;

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the property `session` must be a string of printable ASCII or a function that returns one")
    }
}

impl std::error::Error for SessionError {}

impl Session {
    /// The session of a property's value; `undefined`, `null` and `""` are no session.
    ///
    /// # Errors
    /// [`SessionError`] for anything that could never be sent.
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

    /// Whether this is another text than that: another customer's session, perhaps. Of two functions nobody can tell.
    #[must_use]
    pub fn is_other_token(&self, other: &Self) -> bool {
        matches!(self, Self::Token(_)) && matches!(other, Self::Token(_)) && self != other
    }

    /// The text to send, if there is to be one; a function is given so much time.
    ///
    /// # Errors
    /// [`RelayFailure::Session`] when the page's function fails, takes too long, or returns something that can't be
    /// sent.
    pub async fn token_within(&self, reason: Reason, limit: Duration) -> Result<Option<String>, RelayFailure> {
        let answer = match self {
            Self::None => return Ok(None),
            Self::Token(text) => return sendable(text.clone()).map(Some).ok_or(RelayFailure::Session),
            Self::Function(function) => {
                // A promise or any other «thenable» is waited for; a string is an answer already.
                let why = Object::new();
                // Setting a property of a new object can't fail.
                let _ = Reflect::set(&why, &JsValue::from_str("reason"), &JsValue::from_str(reason.as_str()));
                Promise::resolve(&function.call1(&JsValue::UNDEFINED, &why).map_err(|_| RelayFailure::Session)?)
            }
            Self::Provider(provider) => {
                let answer = provider(reason);
                future_to_promise(async move { Ok(answer.await.into()) })
            }
        };
        let answer = within(limit, &answer).await.ok_or(RelayFailure::Session)?;
        answer.as_string().and_then(sendable).map(Some).ok_or(RelayFailure::Session)
    }
}

/// What a promise resolves to; `None` if it is rejected or takes longer than `limit`.
async fn within(limit: Duration, promise: &Promise) -> Option<JsValue> {
    let mut timeout = None;
    let over = Promise::new(&mut |_, reject| {
        timeout = Some(Timeout::new(milliseconds(limit), move || {
            // Calling a promise's own reject function can't throw.
            let _ = reject.call0(&JsValue::UNDEFINED);
        }));
    });
    let first = JsFuture::from(Promise::race(&Array::of2(promise, &over))).await;
    drop(timeout);
    first.ok()
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
    /// Leaves the session's text out, so that it can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Token(_) => "Token(..)",
            Self::Function(_) => "Function(..)",
            Self::Provider(_) => "Provider(..)",
        })
    }
}
