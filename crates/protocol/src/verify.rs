//! The vendor's second call, `POST /v1/customer/verify`: it compares the uploaded selfie with the photo on record
//! ([`VerifyRequest`], [`VerifyReply`]).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::link::CustomerType;
use crate::score::{Score, lenient};

/// The body of the second call. The vendor uses other names than in the first call: `id` is its `identifier`,
/// `user_type` its `type`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "selfie_filename": "selfie.jpg",
    "id": "8001015009087",
    "user_type": "1",
    "s3_key": "selfies/selfie.jpg",
})))]
pub struct VerifyRequest {
    /// File name of the selfie, from the first call's answer.
    pub selfie_filename: String,
    /// National id or company registration number. Personal data.
    pub id: String,
    /// What the id names.
    pub user_type: CustomerType,
    /// The object's key, from the first call's answer.
    pub s3_key: String,
}

/// Returns the members of the second call's body, for a caller that writes its JSON without serde.
#[must_use]
pub fn verify_members<'a>(
    selfie_filename: &'a str,
    id: &'a str,
    user_type: CustomerType,
    s3_key: &'a str,
) -> [(&'static str, &'a str); 4] {
    [("selfie_filename", selfie_filename), ("id", id), ("user_type", user_type.as_str()), ("s3_key", s3_key)]
}

/// The answer to the second call. Every field may be missing; a missing field never counts as success (see
/// [`Verdict`](crate::Verdict)).
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(
    description = "The vendor's answer. Every member may be missing; a missing member never counts as success.",
    example = json!({
        "status": "success",
        "message": "Identity and Selfie succesfully verified",
        "data": { "identity": { "fraud_score": 0.21, "fraud_detected": "Low", "facial_recognition_confidence": 0.95 } },
    }),
))]
pub struct VerifyReply {
    /// `"success"`, or another word. Missing if the vendor sent something other than a string.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The vendor's explanation, in English.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The record that the selfie was compared with.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub data: Option<VerifyData>,
    /// All other fields that the vendor sent, unchanged.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub extra: Map<String, Value>,
}

/// The envelope around the identity.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyData {
    /// The person on record.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// All other fields that the vendor sent, unchanged.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub extra: Map<String, Value>,
}

/// The person on record. Personal data throughout; every field may be missing, and one of a wrong type counts as
/// missing.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Identity {
    /// The vendor's record id.
    #[serde(rename = "_id", default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// National id or registration.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub id_number: Option<String>,
    /// Given name.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub firstname: Option<String>,
    /// Family name.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub lastname: Option<String>,
    /// Middle name.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub middlename: Option<String>,
    /// All names together.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fullname: Option<String>,
    /// Date of birth, `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub dob: Option<String>,
    /// Gender on record, `M` or `F`.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Marital status on record.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<String>,
    /// Photos on record.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub photo_id: Option<Vec<PhotoId>>,
    /// The vendor's fraud score of the selfie, 0 to 1.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub fraud_score: Option<Score>,
    /// The vendor's fraud word: `Low`, `Medium` or `High` (its reference shows only `Low`). A verdict is judged by the
    /// JSON instead, where a word of a wrong type is not the same as a missing one.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fraud_detected: Option<String>,
    /// The vendor's confidence that both photos show the same person, 0 to 1.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub facial_recognition_confidence: Option<Score>,
    /// When the record was created, RFC 3339.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When the record was last changed, RFC 3339.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
    /// All other fields that the vendor sent, unchanged.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub extra: Map<String, Value>,
}

/// One photo on record.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhotoId {
    /// The vendor's photo id.
    #[serde(rename = "_id", default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub photo_id: Option<String>,
    /// URL of the photo.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// All other fields that the vendor sent, unchanged.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub extra: Map<String, Value>,
}

/// Reads a string; returns `None` for any other value.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// Reads a `T`; returns `None` for a value of another shape.
fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

/// Debug output of types with personal data: only their name.
macro_rules! opaque_debug {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
opaque_debug!(VerifyRequest, VerifyReply, VerifyData, Identity, PhotoId);
