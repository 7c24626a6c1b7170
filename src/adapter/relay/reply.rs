//! The contents of the relay's answers, read from the browser's own JSON ([`IssuedLink`], [`JudgedReply`]).
//!
//! Every browser has `JSON.parse`. A second parser with its tree of values would be a third of the download.

use std::fmt;

use akiba_protocol::{Json, Judgement, MayBeMissing};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The answer to the link request; see [`LinkReply`](akiba_protocol::LinkReply).
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedLink {
    /// The identifier that was sent.
    pub identifier: String,
    /// The URL for the selfie. Secret while it is valid.
    pub signed_link: String,
    /// The object's key, required by the verdict request.
    pub s3_key: String,
    /// The selfie's file name, required by the verdict request.
    pub selfie_filename: String,
    /// The fields of a POST policy, if the relay sent one; `Err` if they are not text.
    pub fields: Option<Result<Vec<(String, String)>, NotText>>,
    /// The headers that the link may sign; empty if one of them is not text.
    pub headers: Vec<(String, String)>,
}

/// A field is neither text nor a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotText;

impl fmt::Debug for IssuedLink {
    /// Omits everything, so that nothing reaches a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedLink").finish_non_exhaustive()
    }
}

impl IssuedLink {
    /// Reads an answer. Returns `None` if it has another shape.
    #[must_use]
    pub fn read(reply: &JsValue) -> Option<Self> {
        let text = |name| get(reply, name).as_string();
        let fields = get(reply, "fields");
        Some(Self {
            identifier: text("identifier")?,
            signed_link: text("signed_link")?,
            s3_key: text("s3_key")?,
            selfie_filename: text("selfie_filename")?,
            fields: (!fields.is_null() && !fields.is_undefined()).then(|| texts(&fields)),
            headers: texts(&get(reply, "headers")).unwrap_or_default(),
        })
    }
}

/// The answer to the verdict request, with its judgement. The browser has parsed it; see [`Verdict`](akiba_protocol::Verdict)
/// for the same as a Rust type.
#[derive(Clone, PartialEq)]
pub struct JudgedReply {
    /// Verified or not.
    pub judgement: Judgement,
    /// The answer as parsed by the browser. Personal data.
    pub response: JsValue,
    /// The relay's proof for the back end, or `null`.
    pub proof: JsValue,
}

impl fmt::Debug for JudgedReply {
    /// Omits the response, so that a person's record does not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgedReply").field("judgement", &self.judgement).finish_non_exhaustive()
    }
}

impl JudgedReply {
    /// Reads an answer. Returns `None` if it is not an object.
    ///
    /// `session` says whether a session was sent. Only then has a relay judged the vendor's answer. Without a session the
    /// answer is the vendor's own, which must not speak in a relay's name.
    #[must_use]
    pub fn read(response: &JsValue, session: bool) -> Option<Self> {
        let reply = Parsed(response.clone());
        if !is_object(response) {
            return None;
        }
        let judgement =
            if session { Judgement::of_page_reply(&reply) } else { Judgement::of(&reply, MayBeMissing::Nothing) };
        let proof = Some(get(response, "proof")).filter(|proof| session && proof.is_string());
        Some(Self { judgement, response: response.clone(), proof: proof.unwrap_or(JsValue::NULL) })
    }

    /// Returns the vendor's sentence, if there is one.
    #[must_use]
    pub fn message(&self) -> JsValue {
        Some(get(&self.response, "message")).filter(JsValue::is_string).unwrap_or(JsValue::NULL)
    }

    /// Returns the identity according to the vendor: `data.identity`, or `null`.
    #[must_use]
    pub fn identity(&self) -> JsValue {
        identity(&self.response)
    }

    /// Returns a score of the identity as a number, or `null`. The vendor sends it as text.
    #[must_use]
    pub fn score(&self, name: &str) -> JsValue {
        let value = get(&self.identity(), name);
        let blank = value.as_string().is_some_and(|text| text.trim().is_empty());
        if blank || !(value.is_string() || value.as_f64().is_some()) {
            return JsValue::NULL;
        }
        Some(value.unchecked_into_f64()).filter(|number| number.is_finite()).map_or(JsValue::NULL, JsValue::from)
    }
}

/// Returns the code of a [`Problem`](akiba_protocol::Problem), if the answer is one.
pub(super) fn problem_code(answer: &JsValue) -> Option<String> {
    get(answer, "code").as_string()
}

/// JSON as parsed by the browser.
struct Parsed(JsValue);

impl Json for Parsed {
    fn member(&self, name: &str) -> Option<Self> {
        Some(Self(get(&self.0, name))).filter(|member| !member.0.is_undefined())
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn is_object(&self) -> bool {
        is_object(&self.0)
    }
}

/// Whether a parsed value is a JSON object: not an array and not `null`.
pub(super) fn is_object(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

/// Returns a field of an object; `undefined` if it is missing or the value is not an object.
fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn identity(response: &JsValue) -> JsValue {
    Some(get(&get(response, "data"), "identity")).filter(JsValue::is_object).unwrap_or(JsValue::NULL)
}

fn texts(fields: &JsValue) -> Result<Vec<(String, String)>, NotText> {
    let fields: &Object = fields.dyn_ref().ok_or(NotText)?;
    let text = |value: JsValue| match value.as_f64() {
        Some(_) => JSON::stringify(&value).ok().and_then(|text| text.as_string()).ok_or(NotText),
        None => value.as_string().ok_or(NotText),
    };
    Object::entries(fields)
        .iter()
        .map(|entry| {
            let entry = Array::from(&entry);
            Ok((entry.get(0).as_string().ok_or(NotText)?, text(entry.get(1))?))
        })
        .collect()
}
