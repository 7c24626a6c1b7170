//! The relay's two calls ([`request_link`], [`verify`]) over `fetch`, and the handle that aborts one ([`Abort`]).
//!
//! Each call is one attempt with a typed outcome. The meaning of an answer is in `answer`; the flow decides whether to
//! retry.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::link::link_members;
use akiba_protocol::verify::verify_members;
use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Function, JSON, JsString, Promise, Reflect};
use serde::Serializer as _;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect};

use self::answer::{Answer, Call};
pub use self::reply::{IssuedLink, JudgedReply, NotText};
use self::session::{Bearer, Reason};
use super::delay::milliseconds;
use crate::config::Config;
use crate::flow::{PhotoOrigin, RelayFailure};

pub mod answer;
mod reply;
pub mod session;
mod token;

/// Time limit of the link request, including reading its answer.
pub const LINK_LIMIT: Duration = Duration::from_secs(20);
/// Time limit of the verdict request, including reading its answer: the vendor compares faces meanwhile.
pub const VERIFY_LIMIT: Duration = Duration::from_secs(60);
/// The longest accepted answer, in UTF-16 units or bytes. The vendor's answers have a few kilobytes.
pub const LONGEST_ANSWER: u32 = 1_000_000;

/// The owner of one call. Dropping it aborts the call, which then fails with [`RelayFailure::Unreachable`].
#[derive(Debug)]
#[must_use = "dropping it aborts the call"]
pub struct Abort {
    controller: Option<AbortController>,
    limit: Duration,
}

impl Abort {
    /// For [`request_link`]: aborts after [`LINK_LIMIT`].
    pub fn for_link() -> Self {
        Self::after(LINK_LIMIT)
    }

    /// For [`verify`]: aborts after [`VERIFY_LIMIT`].
    pub fn for_verify() -> Self {
        Self::after(VERIFY_LIMIT)
    }

    /// Aborts after `limit`, counted from the moment when the session is known.
    pub fn after(limit: Duration) -> Self {
        Self { controller: AbortController::new().ok(), limit }
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// Requests a signed link, once. The vendor chooses the file name.
///
/// # Errors
/// [`RelayFailure`].
pub fn request_link(
    config: &Config,
    bearer: &Bearer,
    abort: &Abort,
) -> impl Future<Output = Result<IssuedLink, RelayFailure>> + use<> {
    let body = link_members(config.identifier.as_deref(), config.customer_type);
    let text = post(Call::Link, &config.link_url, json(&body), None, bearer, abort);
    async move { IssuedLink::read(&text.await?).ok_or(RelayFailure::Reply) }
}

/// Requests the verdict, once. The id comes from the settings; if only the session knows it, it comes from the link.
/// `key` is the link's idempotency key, the same for each attempt.
///
/// # Errors
/// [`RelayFailure`].
pub fn verify(
    config: &Config,
    bearer: &Bearer,
    link: &IssuedLink,
    key: &str,
    origin: PhotoOrigin,
    abort: &Abort,
) -> impl Future<Output = Result<JudgedReply, RelayFailure>> + use<> {
    let session = bearer.is_sent();
    let id = config.identifier.as_ref().unwrap_or(&link.identifier);
    let mut body = verify_members(&link.selfie_filename, id, config.customer_type, &link.s3_key).to_vec();
    // Without a session the body may reach the vendor as it is, so nothing is added.
    if session {
        body.push(("source", origin.as_str()));
    }
    let text = post(Call::Verify, &config.verify_url, json(&body), Some(key), bearer, abort);
    async move { JudgedReply::read(&text.await?, session).ok_or(RelayFailure::Reply) }
}

/// Serialises a body to JSON with the browser's own `JSON.stringify`. As a map: for a struct, serde-wasm-bindgen keeps
/// a table of all names of members, and each struct is code of its own.
fn json(members: &[(&str, &str)]) -> Option<String> {
    let body = Serializer::json_compatible().collect_map(members.iter().copied()).ok()?;
    JSON::stringify(&body).ok()?.as_string()
}

/// Makes one call: sends JSON and returns the answer's text. If the relay rejects the session and a function can
/// provide another one, the call is made once more: the relay has done nothing.
fn post(
    call: Call,
    url: &str,
    body: Option<String>,
    key: Option<&str>,
    bearer: &Bearer,
    abort: &Abort,
) -> impl Future<Output = Result<String, RelayFailure>> + use<> {
    let (url, key, bearer) = (url.to_owned(), key.map(str::to_owned), bearer.clone());
    let (controller, limit) = (abort.controller.clone(), abort.limit);
    async move {
        let body = body.ok_or(RelayFailure::Refused)?;
        let controller = controller.ok_or(RelayFailure::Unreachable)?;
        let mut reason = Reason::Start;
        loop {
            let token = bearer.token(reason).await?;
            if controller.signal().aborted() {
                return Err(RelayFailure::Unreachable);
            }
            let request = build(&url, &body, token.as_deref(), key.as_deref(), &controller.signal());
            let late = Rc::new(Cell::new(false));
            let timeout = Timeout::new(milliseconds(limit), {
                let (late, controller) = (Rc::clone(&late), controller.clone());
                move || {
                    late.set(true);
                    controller.abort();
                }
            });
            let answer = exchange(request.ok_or(RelayFailure::Refused)?).await;
            drop(timeout);
            let (answer, text) = answer.map_err(|failure| if late.get() { RelayFailure::Timeout } else { failure })?;
            let (json, code) = reply::problem_code(&text);
            match (Answer { json, ..answer }).check(call, token.is_some(), code.as_deref()) {
                Err(RelayFailure::Session) if reason == Reason::Start && bearer.can_renew() => {
                    reason = Reason::Expired;
                }
                checked => return checked.map(|()| text),
            }
        }
    }
}

/// Builds the request: no cookies, no cache, no redirect, no referrer. The idempotency key is sent only with a session:
/// a plain proxy on another origin need not allow its header.
fn build(
    url: &str,
    body: &str,
    token: Option<&str>,
    key: Option<&str>,
    signal: &AbortSignal,
) -> Option<web_sys::Request> {
    let mut request = Request::post(url)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(signal))
        .header("Accept", "application/json, application/problem+json")
        .header("Content-Type", "application/json");
    if let Some(token) = token {
        request = request.header("Authorization", &("Bearer ".to_owned() + token));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
    }
    request.body(body).ok().map(web_sys::Request::from)
}

/// Sends a request and reads its answer.
///
/// `send` of `gloo-net` panics if `fetch` is rejected with anything but an `Error` of this realm. A page that wraps
/// `fetch` can do that, so the promises are awaited here.
async fn exchange(request: web_sys::Request) -> Result<(Answer, String), RelayFailure> {
    let global = js_sys::global();
    let promise = Reflect::get(&global, &JsValue::from_str("fetch"))
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|fetch| fetch.call1(&global, &request))
        .map_err(|_| RelayFailure::Unreachable)?;
    let response = JsFuture::from(Promise::resolve(&promise)).await.map_err(|_| RelayFailure::Unreachable)?;
    let response: web_sys::Response = response.dyn_into().map_err(|_| RelayFailure::Reply)?;
    // The Rust handle, not JavaScript's `clone()`, which would read the body twice.
    let handle = Clone::clone(&response);
    let response = Response::from(response);
    let headers = response.headers();
    let answer = Answer {
        json: false,
        status: response.status(),
        retry_after: headers.get("Retry-After").and_then(|text| answer::retry_after(&text, js_sys::Date::now(), date)),
    };
    if headers.get("Content-Length").and_then(|text| text.parse::<u32>().ok()).is_some_and(|it| it > LONGEST_ANSWER) {
        return Err(RelayFailure::Reply);
    }
    let text = JsFuture::from(handle.text().map_err(|_| RelayFailure::Unreachable)?);
    let text: JsString = text.await.map_err(|_| RelayFailure::Unreachable)?.into();
    if text.length() > LONGEST_ANSWER {
        return Err(RelayFailure::Reply);
    }
    Ok((answer, text.into()))
}

/// Parses a date with the browser: milliseconds since 1970, or NaN if it is not a date.
fn date(text: &str) -> f64 {
    js_sys::Date::parse(text)
}
