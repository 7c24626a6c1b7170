//! Other names for the fields of the vendor's calls ([`RequestMap`], [`ReplyMap`]): from the published ones to a profile's,
//! and back. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Our name for whether the person has agreed; the published API has no such field.
const CONSENT: &str = "consent";

/// What the published answer to the first call repeats of it. In no other request are they answered.
const ECHO: [&str; 2] = ["identifier", "selfie_filename"];

/// What the fields of a request are called, and what stands in it always.
#[derive(Clone, Debug, Deserialize)]
pub struct RequestMap {
    #[serde(default)]
    constants: Map<String, Value>,
    #[serde(flatten)]
    fields: BTreeMap<String, FieldName>,
}

/// A field of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum FieldName {
    Name(String),
    Mapped { name: String, values: BTreeMap<String, Value> },
}

/// Where the fields of an answer are: ours, with slashes for what is nested, to a JSON pointer (RFC 6901) into theirs.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ReplyMap(BTreeMap<String, FieldPointer>);

/// Where a field of an answer is.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum FieldPointer {
    At(String),
    Mapped { at: String, values: BTreeMap<String, Value> },
}

/// A value of a request for which the profile has no word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the vendor's profile has no word for a value of the request")]
pub struct UnmappedValue;

impl RequestMap {
    /// Whether all fields are ours.
    ///
    /// # Errors
    /// A sentence on one that is not.
    pub fn check(&self, ours: &[&str]) -> Result<(), String> {
        match self.fields.keys().find(|field| !ours.contains(&field.as_str())) {
            Some(field) => Err(format!("{field} is no field of the request; there are {}", ours.join(", "))),
            None => Ok(()),
        }
    }

    /// A request in the profile's words. What the profile does not name is not sent.
    ///
    /// # Errors
    /// [`UnmappedValue`].
    pub fn apply(&self, ours: &Value, consent: bool) -> Result<Value, UnmappedValue> {
        let mut theirs = self.constants.clone();
        for (field, target) in &self.fields {
            let value = match field.as_str() {
                CONSENT => Value::Bool(consent),
                field => match ours.get(field) {
                    Some(value) => value.clone(),
                    None => continue,
                },
            };
            let (name, value) = match target {
                FieldName::Name(name) => (name, value),
                FieldName::Mapped { name, values } => (name, values.get(&word(&value)).ok_or(UnmappedValue)?.clone()),
            };
            theirs.insert(name.clone(), value);
        }
        Ok(Value::Object(theirs))
    }
}

impl ReplyMap {
    /// Whether all pointers are some, and the fields that must be there are.
    ///
    /// # Errors
    /// A sentence on what is wrong.
    pub fn check(&self, wanted: &[&str]) -> Result<(), String> {
        if let Some(missing) = wanted.iter().find(|field| !self.0.contains_key(**field)) {
            return Err(format!("{missing} is missing in the answer"));
        }
        match self.0.iter().find(|(_, source)| !source.pointer().starts_with('/')) {
            Some((field, _)) => Err(format!("where {field} is must begin with a slash")),
            None => Ok(()),
        }
    }

    /// An answer to `request` in the published words: what only repeats the request, and the profile does not name, is the
    /// request's. What the profile does not name is dropped. A value that is to be mapped and for which there is no word is
    /// dropped, and the status with it: where a word for fraud may be missing, nothing is a success.
    #[must_use]
    pub fn apply(&self, theirs: &Value, request: &Value) -> Value {
        let repeated = ECHO.iter().filter(|field| !self.0.contains_key(**field));
        let repeated = repeated.filter_map(|field| Some(((*field).to_owned(), request.get(field)?.clone())));
        let mut ours: Map<String, Value> = repeated.collect();
        let mut understood = true;
        // In the order of the names, so that an object is there before what is put into it.
        for (field, source) in &self.0 {
            let Some(value) = theirs.pointer(source.pointer()) else { continue };
            let value = match source {
                FieldPointer::At(_) => value.clone(),
                FieldPointer::Mapped { values, .. } => match values.get(&word(value)) {
                    Some(value) => value.clone(),
                    None => {
                        understood = false;
                        continue;
                    }
                },
            };
            set_nested(&mut ours, field, value);
        }
        if !understood {
            ours.remove("status");
        }
        Value::Object(ours)
    }
}

impl FieldPointer {
    fn pointer(&self) -> &str {
        match self {
            Self::At(at) | Self::Mapped { at, .. } => at,
        }
    }
}

/// A value as a key of a table: a text by itself, another one as JSON has it.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn set_nested(into: &mut Map<String, Value>, field: &str, value: Value) {
    match field.split_once('/') {
        None => {
            into.insert(field.to_owned(), value);
        }
        Some((outer, inner)) => {
            let nested = into.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if !nested.is_object() {
                *nested = Value::Object(Map::new());
            }
            if let Value::Object(nested) = nested {
                set_nested(nested, inner, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ReplyMap, RequestMap, UnmappedValue};

    #[test]
    fn a_request_is_put_into_other_words() {
        let map: RequestMap = toml::from_str(
            "identifier = \"number\"\ntype = { name = \"kind\", values = { 1 = \"IDNumber\" } }\nconsent = \"agreed\"\n\
             constants = { channel = \"selfie\" }",
        )
        .unwrap();
        let ours = json!({ "identifier": "8001", "type": "1", "selfie_filename": "a.jpg" });
        assert_eq!(
            map.apply(&ours, true),
            Ok(json!({ "number": "8001", "kind": "IDNumber", "agreed": true, "channel": "selfie" }))
        );
        assert_eq!(map.apply(&ours, false).unwrap()["agreed"], false);
        assert_eq!(map.apply(&json!({ "type": "2" }), true), Err(UnmappedValue));
    }

    #[test]
    fn an_answer_is_put_back() {
        let map: ReplyMap = toml::from_str(
            "status = { at = \"/ok\", values = { true = \"success\" } }\n\"data/identity\" = \"/person\"\n\
             \"data/identity/fraud_score\" = \"/scores/0\"\nmessage = \"/why\"",
        )
        .unwrap();
        let theirs = json!({ "ok": true, "person": { "name": "F" }, "scores": [0.1], "secret": 1 });
        assert_eq!(
            map.apply(&theirs, &json!({})),
            json!({ "status": "success", "data": { "identity": { "name": "F", "fraud_score": 0.1 } } })
        );
        let request = json!({ "identifier": "8001", "selfie_filename": "a.jpg", "type": "1" });
        let repeated = map.apply(&json!({}), &request);
        assert_eq!(repeated, json!({ "identifier": "8001", "selfie_filename": "a.jpg" }));
        for no_success in
            [json!({ "ok": false }), json!({ "ok": "success" }), json!({ "status": "success" }), json!([])]
        {
            assert_eq!(map.apply(&no_success, &json!({})).get("status"), None, "{no_success}");
        }
    }

    #[test]
    fn a_word_for_fraud_that_nobody_knows_is_no_success() {
        let map: ReplyMap = toml::from_str(
            "status = \"/status\"\n\
             \"data/identity/fraud_detected\" = { at = \"/fraud\", values = { none = \"Low\", sure = \"High\" } }",
        )
        .unwrap();
        let status =
            |fraud: &str| map.apply(&json!({ "status": "success", "fraud": fraud }), &json!({}))["status"].clone();
        assert_eq!(status("none"), "success");
        assert_eq!(status("likely"), serde_json::Value::Null);
    }
}
