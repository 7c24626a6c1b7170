//! Translates field names ([`RequestMap`], [`ReplyMap`]): of a request from the published API's to a profile's, and of
//! an answer back. Pure functions.
//!
//! In this module "published" names and values are the relay's own; "vendor" ones are the profile's.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The published name of the consent flag. The published API does not have this field; only profiles use it.
const CONSENT: &str = "consent";

/// The fields of the link request that the published answer repeats.
const ECHOED: [&str; 2] = ["identifier", "selfie_filename"];

/// The vendor's names of the fields of a request, and constant fields to add.
#[derive(Clone, Debug, Deserialize)]
pub struct RequestMap {
    #[serde(default)]
    constants: Map<String, Value>,
    #[serde(flatten)]
    fields: BTreeMap<String, FieldName>,
}

/// The vendor's name of a field of a request, with or without a table of values.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum FieldName {
    Name(String),
    Mapped { name: String, values: BTreeMap<String, Value> },
}

/// Where the fields of an answer are: maps a published name, with slashes for nested fields, to a JSON pointer (RFC
/// 6901) into the vendor's answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ReplyMap(BTreeMap<String, FieldPointer>);

/// Where a field of an answer is, with or without a table of values.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum FieldPointer {
    At(String),
    Mapped { at: String, values: BTreeMap<String, Value> },
}

/// The profile's table of values lacks a value of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value of the request is not in the table of values of the vendor's profile")]
pub struct UnmappedValue;

impl RequestMap {
    /// Fails if the map has a field that the published request does not have.
    ///
    /// # Errors
    /// A sentence that names the field.
    pub fn check(&self, published: &[&str]) -> Result<(), String> {
        match self.fields.keys().find(|field| !published.contains(&field.as_str())) {
            Some(field) => Err(format!("unknown field {field} of the request: use one of {}", published.join(", "))),
            None => Ok(()),
        }
    }

    /// Translates a request. Drops fields that the profile does not name.
    ///
    /// # Errors
    /// [`UnmappedValue`].
    pub fn apply(&self, published: &Value, consent: bool) -> Result<Value, UnmappedValue> {
        let mut translated = self.constants.clone();
        for (field, target) in &self.fields {
            let value = match field.as_str() {
                CONSENT => Value::Bool(consent),
                field => match published.get(field) {
                    Some(value) => value.clone(),
                    None => continue,
                },
            };
            let (name, value) = match target {
                FieldName::Name(name) => (name, value),
                FieldName::Mapped { name, values } => {
                    (name, values.get(&table_key(&value)).ok_or(UnmappedValue)?.clone())
                }
            };
            translated.insert(name.clone(), value);
        }
        Ok(Value::Object(translated))
    }
}

impl ReplyMap {
    /// Fails if a required field is missing or a pointer is invalid.
    ///
    /// # Errors
    /// A sentence that names the field.
    pub fn check(&self, required: &[&str]) -> Result<(), String> {
        if let Some(missing) = required.iter().find(|field| !self.0.contains_key(**field)) {
            return Err(format!("the field {missing} of the answer is missing"));
        }
        match self.0.iter().find(|(_, source)| !source.pointer().starts_with('/')) {
            Some((field, _)) => Err(format!("the JSON pointer of {field} must begin with a slash")),
            None => Ok(()),
        }
    }

    /// Translates the answer to `request`. Fields that the profile does not name are dropped, except that fields which
    /// only repeat the request are copied from it.
    ///
    /// If a value is not in its table of values, it is dropped, and the status too. Then the answer is not a success,
    /// as the unknown value may mean fraud.
    #[must_use]
    pub fn apply(&self, vendor: &Value, request: &Value) -> Value {
        let repeated = ECHOED.iter().filter(|field| !self.0.contains_key(**field));
        let repeated = repeated.filter_map(|field| Some(((*field).to_owned(), request.get(field)?.clone())));
        let mut translated: Map<String, Value> = repeated.collect();
        let mut all_known = true;
        // In the order of the names, so that an object is set before its nested fields.
        for (field, source) in &self.0 {
            let Some(value) = vendor.pointer(source.pointer()) else { continue };
            let value = match source {
                FieldPointer::At(_) => value.clone(),
                FieldPointer::Mapped { values, .. } => match values.get(&table_key(value)) {
                    Some(value) => value.clone(),
                    None => {
                        all_known = false;
                        continue;
                    }
                },
            };
            set_nested(&mut translated, field, value);
        }
        if !all_known {
            translated.remove("status");
        }
        Value::Object(translated)
    }
}

impl FieldPointer {
    fn pointer(&self) -> &str {
        match self {
            Self::At(at) | Self::Mapped { at, .. } => at,
        }
    }
}

/// Returns a value as a key of a table of values: a string as it is, any other value as JSON.
fn table_key(value: &Value) -> String {
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
    fn a_request_is_translated() {
        let map: RequestMap = toml::from_str(
            "identifier = \"number\"\ntype = { name = \"kind\", values = { 1 = \"IDNumber\" } }\nconsent = \"agreed\"\n\
             constants = { channel = \"selfie\" }",
        )
        .unwrap();
        let published = json!({ "identifier": "8001", "type": "1", "selfie_filename": "a.jpg" });
        assert_eq!(
            map.apply(&published, true),
            Ok(json!({ "number": "8001", "kind": "IDNumber", "agreed": true, "channel": "selfie" }))
        );
        assert_eq!(map.apply(&published, false).unwrap()["agreed"], false);
        assert_eq!(map.apply(&json!({ "type": "2" }), true), Err(UnmappedValue));
    }

    #[test]
    fn an_answer_is_translated_back() {
        let map: ReplyMap = toml::from_str(
            "status = { at = \"/ok\", values = { true = \"success\" } }\n\"data/identity\" = \"/person\"\n\
             \"data/identity/fraud_score\" = \"/scores/0\"\nmessage = \"/why\"",
        )
        .unwrap();
        let vendor = json!({ "ok": true, "person": { "name": "F" }, "scores": [0.1], "secret": 1 });
        assert_eq!(
            map.apply(&vendor, &json!({})),
            json!({ "status": "success", "data": { "identity": { "name": "F", "fraud_score": 0.1 } } })
        );
        let request = json!({ "identifier": "8001", "selfie_filename": "a.jpg", "type": "1" });
        let repeated = map.apply(&json!({}), &request);
        assert_eq!(repeated, json!({ "identifier": "8001", "selfie_filename": "a.jpg" }));
        for without_success in
            [json!({ "ok": false }), json!({ "ok": "success" }), json!({ "status": "success" }), json!([])]
        {
            assert_eq!(map.apply(&without_success, &json!({})).get("status"), None, "{without_success}");
        }
    }

    #[test]
    fn an_unknown_fraud_level_is_not_a_success() {
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
