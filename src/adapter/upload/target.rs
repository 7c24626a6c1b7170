//! The destination of a photo ([`Target`]): a signed link or a POST policy, its headers, and its expiry.
//!
//! Sources: "Authenticating Requests: Browser-Based Uploads Using POST" and "Common Request Headers" in the Amazon S3
//! reference.

use std::fmt;
use std::time::Duration;

use akiba_protocol::s3::Sent;
use akiba_protocol::signed_link::Scheme;
use akiba_protocol::{SignedLink, SignedLinkError};
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::JsValue;
use web_sys::window;

use super::fields::{JPEG, Pair, form_fields, put_headers};
use crate::adapter::relay::{IssuedLink, NotText};
use crate::flow::RelayFailure;

/// A link this close to its expiry is not tried, and a failure this close to it is attributed to it: S3's clock and the
/// count on this machine differ by the travel time of the answer.
const MARGIN: Duration = Duration::from_secs(2);

/// The destination of a photo, with its expiry. Secret while it is valid.
#[derive(Clone)]
pub struct Target {
    link: SignedLink,
    headers: Vec<(String, String)>,
    fields: Option<Vec<(String, String)>>,
    life: Option<Duration>,
    received: Moment,
}

impl Target {
    /// Reads a reply that was received just now.
    ///
    /// A `PUT` link may sign only headers whose value is known here. The browser sends `host` and `content-length`.
    /// `content-type` is `image/jpeg`. `if-none-match` is `*` unless the reply says otherwise. `x-amz-content-sha256` can
    /// only be `UNSIGNED-PAYLOAD`, because the body did not exist when the link was signed. The reply's `headers` have
    /// the values of all others.
    ///
    /// # Errors
    /// - [`RelayFailure::LinkChecksum`] if the link contains a body's checksum,
    /// - [`RelayFailure::LinkHeaders`] if it requires an unknown header,
    /// - [`RelayFailure::LinkUnusable`] if it is not https; or if the policy's fields are not text, or require a redirect,
    ///   which a page can't follow.
    pub fn from_reply(reply: &IssuedLink) -> Result<Self, RelayFailure> {
        let link = SignedLink::parse(&reply.signed_link).map_err(|error| match error {
            SignedLinkError::EmptyChecksum | SignedLinkError::OtherChecksum => RelayFailure::LinkChecksum,
            SignedLinkError::NotAUrl | SignedLinkError::Insecure => RelayFailure::LinkUnusable,
        })?;
        let fields = match &reply.fields {
            None => None,
            Some(Ok(fields)) => Some(form_fields(fields, policy(fields).as_deref())?),
            Some(Err(NotText)) => return Err(RelayFailure::LinkUnusable),
        };
        let (headers, life) = match &fields {
            Some(fields) => (Vec::new(), policy_life(fields)),
            None => {
                (put_headers(link.signed_headers(), &reply.headers)?, link.life((js_sys::Date::now() / 1000.0) as i64))
            }
        };
        Ok(Self { link, headers, fields, life, received: Moment::now() })
    }

    /// Returns how long it was valid when it was received; `None` if it does not say.
    #[must_use]
    pub fn life(&self) -> Option<Duration> {
        self.life
    }

    /// Whether it has expired, or will within two seconds.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.life.is_some_and(|life| self.received.age() + MARGIN >= life)
    }

    /// Returns the URL.
    pub(super) fn url(&self) -> &str {
        self.link.url()
    }

    /// Returns the headers of a `PUT` that the browser does not send by itself, or the fields of a POST policy's form, and
    /// whether it is a form.
    pub(super) fn pairs(&self, omit_content_type: bool) -> (Array, bool) {
        let pair = |(name, value): &Pair| Array::of2(&name.into(), &value.into());
        let pairs: Array = self.fields.as_ref().unwrap_or(&self.headers).iter().map(pair).collect();
        let is_form = self.fields.is_some();
        if !is_form && !omit_content_type {
            pairs.push(&Array::of2(&"Content-Type".into(), &JPEG.into()));
        }
        (pairs, is_form)
    }

    /// Describes a request that is answered now, for [`classify`](akiba_protocol::s3::classify).
    pub(super) fn sent(&self, omit_content_type: bool, tried_before: bool) -> Sent {
        let v2 = self.fields.is_none() && self.link.scheme() == Scheme::V2;
        Sent { link_over: self.is_over(), v2_with_content_type: v2 && !omit_content_type, tried_before }
    }
}

impl fmt::Debug for Target {
    /// Omits the link and the fields, so that they do not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("link", &self.link).field("life", &self.life).finish_non_exhaustive()
    }
}

/// Returns the policy's JSON, which is sent in Base64.
fn policy(fields: &[(String, String)]) -> Option<String> {
    let (_, encoded) = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("policy"))?;
    window()?.atob(encoded).ok()
}

/// Returns how long a policy is valid, from its `expiration`. A policy that has expired when it is received indicates a
/// wrong clock on one side, and only S3 can decide.
fn policy_life(fields: &[(String, String)]) -> Option<Duration> {
    let policy = JSON::parse(&policy(fields)?).ok()?;
    let expiration = Reflect::get(&policy, &JsValue::from_str("expiration")).ok()?.as_string()?;
    let left = js_sys::Date::parse(&expiration) - js_sys::Date::now();
    (left > 0.0).then(|| Duration::from_millis(left as u64))
}

/// A moment on both of the browser's clocks, in milliseconds: the monotonic clock, which nobody sets but which stops
/// while some devices sleep, and the calendar, which goes on.
#[derive(Clone, Copy)]
struct Moment {
    counted: f64,
    calendar: f64,
}

impl Moment {
    fn now() -> Self {
        let counted = window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
        Self { counted, calendar: js_sys::Date::now() }
    }

    /// Returns the time since then, by the clock that shows more. Treating a valid link as expired costs one request;
    /// treating an expired link as valid costs a whole upload.
    fn age(self) -> Duration {
        let now = Self::now();
        Duration::from_millis((now.counted - self.counted).max(now.calendar - self.calendar).max(0.0) as u64)
    }
}
