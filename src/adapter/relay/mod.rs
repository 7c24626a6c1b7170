//! The relay's two calls ([`request_link`], [`verify`]) over `fetch`, and the handle that gives one up ([`Abort`]).
//!
//! Each is one try with a typed outcome; what an answer means stands in `answer`, and whether to try again is the
//! flow's decision.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::{CustomerType, VerifyRequest};
use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Function, JSON, JsString, Promise, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect};

use self::answer::{Answer, Call};
pub use self::reply::{IssuedLink, NotText, Verdict};
use self::session::{Bearer, Reason};
use super::delay::milliseconds;
use crate::config::Config;
use crate::flow::RelayFailure;

pub mod answer;
mod reply;
pub mod session;
mod token;

/// How long the first call may take, its answer read.
pub const LINK_LIMIT: Duration = Duration::from_secs(20);
/// How long the second call may take, its answer read: the vendor compares faces meanwhile.
pub const VERIFY_LIMIT: Duration = Duration::from_secs(60);
/// The longest answer that is read, in UTF-16 units or bytes. The vendor's are a few kilobytes.
pub const LONGEST_ANSWER: u32 = 1_000_000;

/// The owner of one call: dropping it gives the call up, which then ends as [`RelayFailure::Unreachable`].
#[derive(Debug)]
#[must_use = "dropping it gives the call up"]
pub struct Abort {
    controller: Option<AbortController>,
    limit: Duration,
}

impl Abort {
    /// For a call to [`request_link`]: gives up after [`LINK_LIMIT`].
    pub fn for_link() -> Self {
        Self::after(LINK_LIMIT)
    }

    /// For a call to [`verify`]: gives up after [`VERIFY_LIMIT`].
    pub fn for_verify() -> Self {
        Self::after(VERIFY_LIMIT)
    }

    /// For a call that is given up after `limit`, counted from when the session is known.
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

/// The body of the first call: [`LinkRequest`](akiba_protocol::LinkRequest), less the identifier where the session
/// knows it.
#[derive(Serialize)]
struct LinkBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'a str>,
    #[serde(rename = "type")]
    customer_type: CustomerType,
}

/// Asks for a signed link, once. The file name is left to the vendor.
///
/// # Errors
/// [`RelayFailure`].
pub fn request_link(
    config: &Config,
    bearer: &Bearer,
    abort: &Abort,
) -> impl Future<Output = Result<IssuedLink, RelayFailure>> + use<> {
    let body = LinkBody { identifier: config.identifier.as_deref(), customer_type: config.customer_type };
    let text = post(Call::Link, &config.link_url, json(&body), None, bearer, abort);
    async move { IssuedLink::read(&text.await?).ok_or(RelayFailure::Reply) }
}

/// Asks for the verdict, once. The id is the one of the settings; where the session knows it, it is what the first
/// call's answer says of it. `key` is the link's own, the same for each try.
///
/// # Errors
/// [`RelayFailure`].
pub fn verify(
    config: &Config,
    bearer: &Bearer,
    link: &IssuedLink,
    key: &str,
    abort: &Abort,
) -> impl Future<Output = Result<Verdict, RelayFailure>> + use<> {
    let body = VerifyRequest {
        selfie_filename: link.selfie_filename.clone(),
        id: config.identifier.clone().unwrap_or_else(|| link.identifier.clone()),
        user_type: config.customer_type,
        s3_key: link.s3_key.clone(),
    };
    let text = post(Call::Verify, &config.verify_url, json(&body), Some(key), bearer, abort);
    async move { Verdict::read(&text.await?).ok_or(RelayFailure::Reply) }
}

/// A body's JSON, by the browser's own writer.
fn json(body: &impl Serialize) -> Option<String> {
    let body = body.serialize(&Serializer::json_compatible()).ok()?;
    JSON::stringify(&body).ok()?.as_string()
}

/// One call: JSON there, and the answer's text back. Where the relay does not accept the session, and a function can
/// give another one, it is made once more: the relay has done nothing.
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
            match answer.check(call, token.is_some(), reply::problem_code(&text).as_deref()) {
                Err(RelayFailure::Session) if reason == Reason::Start && bearer.can_renew() => {
                    reason = Reason::Expired;
                }
                checked => return checked.map(|()| text),
            }
        }
    }
}

/// The request: no cookies, no cache, no redirect, no referrer. The key goes with a session alone: a plain proxy on
/// another origin need not allow its header.
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
/// `gloo-net`'s own `send` panics when `fetch` is rejected with anything but an `Error` of this realm, which a page
/// that wraps `fetch` can do; so the promises are awaited here.
async fn exchange(request: web_sys::Request) -> Result<(Answer, String), RelayFailure> {
    let global = js_sys::global();
    let promise = Reflect::get(&global, &JsValue::from_str("fetch"))
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|fetch| fetch.call1(&global, &request))
        .map_err(|_| RelayFailure::Unreachable)?;
    let response = JsFuture::from(Promise::resolve(&promise)).await.map_err(|_| RelayFailure::Unreachable)?;
    let response: web_sys::Response = response.dyn_into().map_err(|_| RelayFailure::Reply)?;
    // The handle, not JavaScript's own `clone()`, which would read the body twice.
    let handle = Clone::clone(&response);
    let response = Response::from(response);
    let headers = response.headers();
    let answer = Answer {
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

/// Milliseconds since 1970 of a date in text, as the browser reads it; not a number where it can't.
fn date(text: &str) -> f64 {
    js_sys::Date::parse(text)
}
