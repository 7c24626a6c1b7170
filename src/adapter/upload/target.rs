//! Where a photo goes ([`Target`]): a signed link or a POST policy, the headers that it allows, and how long it lives.
//!
//! Sources: «Authenticating Requests: Browser-Based Uploads Using POST» and «Common Request Headers» in the Amazon S3
//! reference.

use std::fmt;
use std::time::Duration;

use akiba_protocol::SignedLink;
use akiba_protocol::s3::Sent;
use akiba_protocol::signed_link::Scheme;
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FormData, window};

use super::fields::{form_fields, put_headers};
use crate::adapter::relay::{IssuedLink, NotText};
use crate::flow::RelayFailure;

/// A link this close to its end is not tried, and a refusal this close to it is put down to it: S3's clock and this
/// machine's start of the count are apart by the time that the answer travelled.
const MARGIN: Duration = Duration::from_secs(2);

/// Where a photo goes, and how long that holds. A secret while it lives.
#[derive(Clone)]
pub struct Target {
    link: SignedLink,
    headers: Vec<(&'static str, &'static str)>,
    fields: Option<Vec<(String, String)>>,
    life: Option<Duration>,
    received: Moment,
}

impl Target {
    /// Reads a reply that was received this moment.
    ///
    /// A `PUT` link may sign only headers whose value this side knows: `host` and `content-length` are the browser's,
    /// `content-type` is that of a JPEG, `if-none-match` can be nothing but `*`, and `x-amz-content-sha256` of a body
    /// that was not there when the link was signed can be nothing but `UNSIGNED-PAYLOAD`.
    ///
    /// # Errors
    /// [`RelayFailure::LinkUnusable`] when the link is not https, holds an empty body's checksum, or wants a header
    /// that can't be known; or when the policy's fields are not text, or ask for a redirect, which a page can't follow.
    pub fn from_reply(reply: &IssuedLink) -> Result<Self, RelayFailure> {
        let link = SignedLink::parse(&reply.signed_link).map_err(|_| RelayFailure::LinkUnusable)?;
        let fields = match &reply.fields {
            None => None,
            Some(Ok(fields)) => Some(form_fields(fields, policy(fields).as_deref())?),
            Some(Err(NotText)) => return Err(RelayFailure::LinkUnusable),
        };
        let (headers, life) = match &fields {
            Some(fields) => (Vec::new(), policy_life(fields)),
            None => (put_headers(link.signed_headers())?, link.life((js_sys::Date::now() / 1000.0) as i64)),
        };
        Ok(Self { link, headers, fields, life, received: Moment::now() })
    }

    /// How long it lived when it was received; `None` where it does not say.
    #[must_use]
    pub fn life(&self) -> Option<Duration> {
        self.life
    }

    /// Whether its life is over, or within two seconds of its end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.life.is_some_and(|life| self.received.age() + MARGIN >= life)
    }

    /// The URL.
    pub(super) fn url(&self) -> &str {
        self.link.url()
    }

    /// The signed headers that the browser does not send by itself, less `Content-Type`.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.headers.iter().copied()
    }

    /// What [`classify`](akiba_protocol::s3::classify) is told of a request that is answered now.
    pub(super) fn sent(&self, plain: bool, again: bool) -> Sent {
        let v2 = self.fields.is_none() && self.link.scheme() == Scheme::V2;
        Sent { link_over: self.is_over(), v2_with_content_type: v2 && !plain, again }
    }

    /// The form of a POST policy, if this is one: `Some(None)` where the browser can't make it. S3 reads nothing that
    /// comes after the file.
    pub(super) fn form(&self, photo: &Blob) -> Option<Option<FormData>> {
        self.fields.as_ref().map(|fields| fill(fields, photo))
    }
}

impl fmt::Debug for Target {
    /// Leaves the link and the fields out, so that they can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("link", &self.link).field("life", &self.life).finish_non_exhaustive()
    }
}

fn fill(fields: &[(String, String)], photo: &Blob) -> Option<FormData> {
    let form = FormData::new().ok()?;
    for (name, value) in fields {
        form.append_with_str(name, value).ok()?;
    }
    form.append_with_blob_and_filename("file", photo, "selfie.jpg").ok()?;
    Some(form)
}

/// The policy's JSON, which travels in Base64.
fn policy(fields: &[(String, String)]) -> Option<String> {
    let (_, encoded) = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("policy"))?;
    window()?.atob(encoded).ok()
}

/// How long a policy lives, from its `expiration`. A policy that is over when it is received speaks of a wrong clock
/// here or there, and then only S3 can tell.
fn policy_life(fields: &[(String, String)]) -> Option<Duration> {
    let policy = JSON::parse(&policy(fields)?).ok()?;
    let expiration = Reflect::get(&policy, &JsValue::from_str("expiration")).ok()?.as_string()?;
    let left = js_sys::Date::parse(&expiration) - js_sys::Date::now();
    (left > 0.0).then(|| Duration::from_millis(left as u64))
}

/// A moment by both of the browser's clocks, in milliseconds: one that nobody sets, but that stands still while some
/// devices sleep, and the calendar, that goes on.
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

    /// The time since then, by the clock that says more: a link that is thought dead too early costs one request, one
    /// that is thought alive too long costs a whole upload.
    fn age(self) -> Duration {
        let now = Self::now();
        Duration::from_millis((now.counted - self.counted).max(now.calendar - self.calendar).max(0.0) as u64)
    }
}
