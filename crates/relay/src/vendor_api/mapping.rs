//! Translates field names ([`RequestMap`], [`ReplyMap`]): of a request from the published API's to a profile's, and of
//! an answer back. Pure functions.
//!
//! In this module "published" names and values are the relay's own; "vendor" ones are the profile's.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The published name of the consent flag. The published API does not have this field; only profiles use it.
const CONSENT: &str = "consent";

/// The published names of the fields that decide a verdict.
const STATUS: &str = "status";
const RECORD: [&str; 2] = ["data", RECORD_FIELD];
/// The person's record, which holds the fraud word.
pub(super) const RECORD_FIELD: &str = "data/identity";
pub(super) const FRAUD_WORD: &str = "data/identity/fraud_detected";

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

    /// Returns whether the profile says where this field is.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Translates the answer to `request`. Fields that the profile does not name are dropped, except that fields which
    /// only repeat the request are copied from it.
    ///
    /// If the evidence for a success is not where the profile says, or is not understood, the fraud word or the record
    /// becomes `null`. Then the answer does not count as a success. This applies if a record that the profile names is
    /// missing, if the answer has a fraud word in another place only, or if a value is not in its table of values. A
    /// status that is not in its table is dropped instead.
    #[must_use]
    pub fn apply(&self, vendor: &Value, request: &Value) -> Value {
        let repeated = ECHOED.iter().filter(|field| !self.0.contains_key(**field));
        let repeated = repeated.filter_map(|field| Some(((*field).to_owned(), request.get(field)?.clone())));
        let mut translated: Map<String, Value> = repeated.collect();
        let mut is_clear = true;
        // In the order of the names, so that an object is set before its nested fields.
        for (field, source) in &self.0 {
            let value = match (vendor.pointer(source.pointer()), source) {
                (Some(value), FieldPointer::At(_)) => Some(value),
                (Some(value), FieldPointer::Mapped { values, .. }) => {
                    let known = values.get(&table_key(value));
                    is_clear &= known.is_some() || field == STATUS;
                    known
                }
                (None, _) if RECORD.contains(&field.as_str()) => Some(&Value::Null),
                // A record may bring a word of the same name, which the profile does not mean.
                (None, _) if field == FRAUD_WORD => get_nested(&translated, field).map(|_| &Value::Null),
                (None, _) => None,
            };
            if let Some(value) = value {
                set_nested(&mut translated, field, value.clone());
            }
        }
        if !is_clear {
            set_nested(&mut translated, FRAUD_WORD, Value::Null);
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

/// Returns a nested field.
fn get_nested<'a>(from: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    match field.split_once('/') {
        None => from.get(field),
        Some((outer, inner)) => get_nested(from.get(outer)?.as_object()?, inner),
    }
}

/// Sets a nested field, and creates the objects around it. Does nothing if one of them is already there with another type:
/// an answer with a record of a wrong type must not become one with a record.
fn set_nested(into: &mut Map<String, Value>, field: &str, value: Value) {
    match field.split_once('/') {
        None => {
            into.insert(field.to_owned(), value);
        }
        Some((outer, inner)) => {
            if let Value::Object(nested) = into.entry(outer).or_insert_with(|| Value::Object(Map::new())) {
                set_nested(nested, inner, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use akiba_protocol::{MayBeMissing, Reason, Verdict};
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
        assert_eq!(
            repeated,
            json!({ "identifier": "8001", "selfie_filename": "a.jpg", "data": { "identity": null } }),
            "a record that the profile names and the answer lacks is not understood"
        );
        for without_success in
            [json!({ "ok": false }), json!({ "ok": "success" }), json!({ "status": "success" }), json!([])]
        {
            assert_eq!(map.apply(&without_success, &json!({})).get("status"), None, "{without_success}");
        }
    }

    /// A profile with a record, a fraud word and a field with a table of values.
    const JUDGED: &str = "status = { at = \"/result\", values = { OK = \"success\" } }\n\
        \"data/identity\" = \"/person\"\n\
        \"data/identity/fraud_score\" = \"/score\"\n\
        \"data/identity/gender\" = { at = \"/sex\", values = { f = \"F\" } }\n\
        \"data/identity/fraud_detected\" = { at = \"/fraud\", values = { none = \"Low\", sure = \"High\" } }";

    #[test]
    fn evidence_that_is_not_where_the_profile_says_verifies_nobody() {
        let unclear = Some(Reason::Unclear);
        let rows = [
            (json!({ "result": "OK", "person": {}, "fraud": "none" }), None, None),
            (json!({ "result": "OK", "person": {}, "fraud": "none", "score": 0.1, "sex": "f" }), None, None),
            (json!({ "result": "OK", "person": {}, "fraud": "sure" }), Some(Reason::Fraud), Some(Reason::Fraud)),
            (
                json!({ "result": "no", "person": {}, "fraud": "none" }),
                Some(Reason::NotMatched),
                Some(Reason::NotMatched),
            ),
            // Only here does the profile's setting matter.
            (json!({ "result": "OK", "person": {} }), unclear, None),
            // The fraud word is not in its table.
            (json!({ "result": "OK", "person": {}, "fraud": "likely" }), unclear, unclear),
            (json!({ "result": "OK", "person": {}, "fraud": "Low" }), unclear, unclear),
            (json!({ "result": "OK", "person": {}, "fraud": null }), unclear, unclear),
            (json!({ "result": "OK", "person": {}, "fraud": ["none"] }), unclear, unclear),
            // Another value is not in its table.
            (json!({ "result": "OK", "person": {}, "fraud": "none", "sex": "x" }), unclear, unclear),
            // The record has a fraud word of its own, and the profile's pointer finds nothing.
            (json!({ "result": "OK", "person": { "fraud_detected": "Low" } }), unclear, unclear),
            (json!({ "result": "OK", "person": { "fraud_detected": "High" } }), unclear, unclear),
            (
                json!({ "result": "OK", "person": { "fraud_detected": "Low" }, "fraud": "sure" }),
                Some(Reason::Fraud),
                Some(Reason::Fraud),
            ),
            // The record is missing or not an object.
            (json!({ "result": "OK", "fraud": "none" }), unclear, unclear),
            (json!({ "result": "OK" }), unclear, unclear),
            (json!({ "result": "OK", "person": null, "fraud": "none" }), unclear, unclear),
            (json!({ "result": "OK", "person": [{}], "fraud": "none", "score": 0.1 }), unclear, unclear),
            (json!({ "result": "OK", "person": "F", "fraud": "none", "score": 0.1 }), unclear, unclear),
        ];
        let map: ReplyMap = toml::from_str(JUDGED).unwrap();
        for (vendor, strict, lenient) in rows {
            let reply = map.apply(&vendor, &json!({}));
            assert_eq!(Verdict::of(&reply, MayBeMissing::Nothing).unwrap().reason, strict, "{vendor}");
            assert_eq!(Verdict::of(&reply, MayBeMissing::FraudWord).unwrap().reason, lenient, "{vendor}");
        }
    }

    #[test]
    fn a_missing_envelope_verifies_nobody() {
        let map: ReplyMap =
            toml::from_str("status = \"/status\"\n\"data\" = \"/data\"\n\"data/identity/fraud_detected\" = \"/fraud\"")
                .unwrap();
        let reason = |vendor| Verdict::of(&map.apply(&vendor, &json!({})), MayBeMissing::FraudWord).unwrap().reason;
        assert_eq!(reason(json!({ "status": "success", "fraud": "Low", "data": {} })), None);
        assert_eq!(reason(json!({ "status": "success", "fraud": "Low" })), Some(Reason::Unclear));
        assert_eq!(reason(json!({ "status": "success", "fraud": "Low", "data": [] })), Some(Reason::Unclear));
    }
}
