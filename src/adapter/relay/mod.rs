//! The relay's two calls ([`request_link`], [`verify`]) over `fetch`, and the handle that aborts one ([`Abort`]).
//!
//! Each call is one attempt with a typed outcome. The meaning of an answer is in `answer`; the flow decides whether to
//! retry.

use std::fmt;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::link::link_members;
use akiba_protocol::verify::verify_members;
use gloo_net::http::{Request, Response};
use js_sys::{Array, JSON, Promise};
use serde::Serializer as _;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use self::answer::{Answer, Call};
pub use self::reply::{IssuedLink, JudgedReply, NotText};
use self::session::{Bearer, Reason};
use super::delay::milliseconds;
use crate::config::Config;
use crate::flow::{PhotoOrigin, RelayFailure};
use crate::text::Text;

pub mod answer;
mod reply;
pub mod session;
mod token;

/// Time limit of the link request, including reading its answer.
pub const LINK_LIMIT: Duration = Duration::from_secs(20);
/// Time limit of the verdict request, including reading its answer: the vendor compares faces meanwhile.
pub const VERIFY_LIMIT: Duration = Duration::from_secs(60);
/// The length of a SHA-256 in hex. A page without https can't compute it.
const HASH_LENGTH: usize = 64;
/// The longest accepted answer, in UTF-16 units or bytes. The vendor's answers have a few kilobytes.
pub const LONGEST_ANSWER: u32 = 1_000_000;

#[wasm_bindgen(module = "/src/adapter/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = Call)]
    type JsCall;
    #[wasm_bindgen(constructor, js_class = Call)]
    fn new() -> JsCall;
    #[wasm_bindgen(method)]
    fn abort(this: &JsCall);
    #[wasm_bindgen(method)]
    fn send(this: &JsCall, request: web_sys::Request, limit: u32, longest: u32) -> Promise;
}

/// The owner of one call. Dropping it aborts the call, which then fails with [`RelayFailure::Unreachable`].
#[must_use = "dropping it aborts the call"]
pub struct Abort {
    call: Rc<JsCall>,
    limit: Duration,
}

impl fmt::Debug for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abort").field("limit", &self.limit).finish_non_exhaustive()
    }
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
        Self { call: Rc::new(JsCall::new()), limit }
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.call.abort();
    }
}

/// Requests a signed link, once. The vendor chooses the file name. A relay with sessions hears what the person agreed to.
///
/// # Errors
/// [`RelayFailure`].
pub fn request_link(
    config: &Config,
    text: Text,
    bearer: &Bearer,
    abort: &Abort,
) -> impl Future<Output = Result<IssuedLink, RelayFailure>> + use<> {
    let mut body = link_members(config.identifier.as_deref(), config.customer_type);
    let hash = text.consent_hash();
    if config.consent && bearer.is_sent() && hash.len() == HASH_LENGTH {
        body.extend([
            ("consent_version", text.consent_version()),
            ("consent_hash", hash),
            ("consent_lang", text.of_consent().lang()),
        ]);
    }
    let reply = post(Call::Link, &config.link_url, &body, None, bearer, abort);
    async move { IssuedLink::read(&reply.await?).ok_or(RelayFailure::Reply) }
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
        if let PhotoOrigin::Camera(kind) = origin {
            body.push(("camera", kind.as_str()));
        }
    }
    let reply = post(Call::Verify, &config.verify_url, &body, Some(key), bearer, abort);
    async move { JudgedReply::read(&reply.await?, session).ok_or(RelayFailure::Reply) }
}

/// Makes one call: sends JSON and returns the answer's JSON. If the relay rejects the session and a function can provide
/// another one, the call is made once more: the relay has done nothing.
fn post(
    call: Call,
    url: &str,
    body: &[(&str, &str)],
    key: Option<&str>,
    bearer: &Bearer,
    abort: &Abort,
) -> impl Future<Output = Result<JsValue, RelayFailure>> + use<> {
    let body = json(body);
    let (url, key, bearer) = (url.to_owned(), key.map(str::to_owned), bearer.clone());
    let (open, limit) = (Rc::clone(&abort.call), milliseconds(abort.limit));
    async move {
        let mut reason = Reason::Start;
        loop {
            let token = bearer.token(reason).await?;
            let request = build(&url, &body, token.as_deref(), key.as_deref()).ok_or(RelayFailure::Refused)?;
            let answer = JsFuture::from(open.send(request, limit, LONGEST_ANSWER)).await;
            let (answer, reply) = received(answer.unwrap_or_default())?;
            match answer.check(call, token.is_some(), reply::problem_code(&reply).as_deref()) {
                Err(RelayFailure::Session) if reason == Reason::Start && bearer.can_renew() => {
                    reason = Reason::Expired;
                }
                checked => return checked.map(|()| reply),
            }
        }
    }
}

/// Serialises a body to JSON with the browser's own `JSON.stringify`. As a map: for a struct, serde-wasm-bindgen keeps
/// a table of all names of members, and each struct is code of its own.
fn json(members: &[(&str, &str)]) -> JsValue {
    let body = Serializer::json_compatible().collect_map(members.iter().copied()).unwrap_or_default();
    JSON::stringify(&body).map_or(JsValue::NULL, JsValue::from)
}

/// Builds the request. `page.js` adds how it is sent. The idempotency key is sent only with a session: a plain proxy on
/// another origin need not allow its header. Returns `None` if the URL is not one.
fn build(url: &str, body: &JsValue, token: Option<&str>, key: Option<&str>) -> Option<web_sys::Request> {
    let mut request = Request::post(url)
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

/// Reads what `page.js` received: the response and its JSON, or the reason for a missing response.
fn received(answer: JsValue) -> Result<(Answer, JsValue), RelayFailure> {
    let Some(parts) = answer.dyn_ref::<Array>() else {
        return Err(match answer.as_string().as_deref() {
            Some("reply") => RelayFailure::Reply,
            Some("timeout") => RelayFailure::Timeout,
            _ => RelayFailure::Unreachable,
        });
    };
    let response = Response::from(parts.get(0).unchecked_into::<web_sys::Response>());
    let reply = parts.get(1);
    let retry_after = response.headers().get("Retry-After");
    let answer = Answer {
        json: reply::is_object(&reply),
        status: response.status(),
        retry_after: retry_after.and_then(|text| answer::retry_after(&text, js_sys::Date::now(), date)),
    };
    Ok((answer, reply))
}

/// Parses a date with the browser: milliseconds since 1970, or NaN if it is not a date.
fn date(text: &str) -> f64 {
    js_sys::Date::parse(text)
}
