//! What the relay's answers hold, read straight from the browser's own JSON ([`IssuedLink`], [`Verdict`]).
//!
//! `JSON.parse` is in every browser; a second parser and a tree of values would be a third of what a page loads.

use std::fmt;

use akiba_protocol::Judgement;
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The answer to the first call; see [`LinkReply`](akiba_protocol::LinkReply).
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedLink {
    /// The identifier that was sent.
    pub identifier: String,
    /// Where the selfie goes. A secret while it lives.
    pub signed_link: String,
    /// The object's key, which the second call wants back.
    pub s3_key: String,
    /// File name of the selfie, which the second call wants back.
    pub selfie_filename: String,
    /// The fields of a POST policy, where the relay gives one; `Err` where they are no text.
    pub fields: Option<Result<Vec<(String, String)>, NotText>>,
}

/// A field is neither text nor a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotText;

impl fmt::Debug for IssuedLink {
    /// Leaves everything out, so that it can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedLink").finish_non_exhaustive()
    }
}

impl IssuedLink {
    /// Reads an answer's text; `None` where it is of another shape.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let reply = object(text)?;
        let fields = get(&reply, "fields");
        Some(Self {
            identifier: get(&reply, "identifier").as_string()?,
            signed_link: get(&reply, "signed_link").as_string()?,
            s3_key: get(&reply, "s3_key").as_string()?,
            selfie_filename: get(&reply, "selfie_filename").as_string()?,
            fields: (!fields.is_null() && !fields.is_undefined()).then(|| texts(&fields)),
        })
    }
}

/// The answer to the second call, judged.
#[derive(Clone, PartialEq)]
pub struct Verdict {
    /// Verified or not.
    pub judgement: Judgement,
    /// The answer as the browser's JSON reader gave it. Personal data.
    pub response: JsValue,
}

impl fmt::Debug for Verdict {
    /// Leaves the response out, so that a person's record can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict").field("judgement", &self.judgement).finish_non_exhaustive()
    }
}

impl Verdict {
    /// Reads an answer's text; `None` where it is no object.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let response = object(text)?;
        let status = get(&response, "status").as_string();
        let fraud = get(&identity(&response), "fraud_detected").as_string();
        let judgement = Judgement::of(status.as_deref(), fraud.as_deref());
        Some(Self { judgement, response })
    }

    /// The vendor's sentence, if there is one.
    #[must_use]
    pub fn message(&self) -> JsValue {
        Some(get(&self.response, "message")).filter(JsValue::is_string).unwrap_or(JsValue::NULL)
    }

    /// Who the vendor says this is: `data.identity`, or `null`.
    #[must_use]
    pub fn identity(&self) -> JsValue {
        identity(&self.response)
    }

    /// A score of the identity as a number, which the vendor writes as text; or `null`.
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

/// The code of a [`Problem`](akiba_protocol::Problem), if the text is one.
pub(super) fn problem_code(text: &str) -> Option<String> {
    get(&object(text)?, "code").as_string()
}

/// The JSON object that a text holds.
fn object(text: &str) -> Option<JsValue> {
    let value = JSON::parse(text).ok()?;
    (value.is_object() && !Array::is_array(&value)).then_some(value)
}

/// A field of an object; `undefined` where there is none, or no object.
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
