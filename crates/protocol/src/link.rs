//! The vendor's first call, `POST /v1/customer`: it registers the customer and returns a signed link for the selfie
//! ([`LinkRequest`], [`LinkReply`]).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// What an identifier names: a person or a company. The vendor writes `"1"` or `"2"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CustomerType {
    /// A person; the identifier is a national id.
    #[default]
    #[serde(rename = "1")]
    Individual,
    /// A company; the identifier is its registration number.
    #[serde(rename = "2")]
    Business,
}

/// The text is not a [`CustomerType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the type must be `individual` (1) or `business` (2)")]
pub struct UnknownCustomerType;

impl FromStr for CustomerType {
    type Err = UnknownCustomerType;

    /// Parses `individual` and `business`, and the vendor's `1` and `2`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" | "individual" => Ok(Self::Individual),
            "2" | "business" => Ok(Self::Business),
            _ => Err(UnknownCustomerType),
        }
    }
}

impl CustomerType {
    /// Returns the vendor's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "1",
            Self::Business => "2",
        }
    }
}

/// Returns the members of the first call's body, for a caller that writes its JSON without serde. Only a session knows
/// an absent identifier. The vendor chooses the file name.
#[must_use]
pub fn link_members(identifier: Option<&str>, customer_type: CustomerType) -> Vec<(&'static str, &str)> {
    let identifier = identifier.map(|identifier| ("identifier", identifier));
    identifier.into_iter().chain([("type", customer_type.as_str())]).collect()
}

/// The body of the first call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "identifier": "8001015009087", "type": "1" })))]
pub struct LinkRequest {
    /// National id of a person or registration number of a company. Personal data.
    pub identifier: String,
    /// What the identifier names.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// File name of the selfie; the vendor chooses one when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selfie_filename: Option<String>,
}

/// The answer to the first call.
///
/// It is a secret until the link expires: anyone with the link can replace the selfie.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "identifier": "8001015009087",
    "signed_link": "https://bucket.s3.amazonaws.com/selfies/selfie.jpg?X-Amz-Signature=00",
    "s3_key": "selfies/selfie.jpg",
    "selfie_filename": "selfie.jpg",
    "customer_id": "A3020FM2PX",
})))]
pub struct LinkReply {
    /// The identifier of the request.
    pub identifier: String,
    /// The presigned S3 URL for the selfie.
    pub signed_link: String,
    /// The object's key. The second call must repeat it.
    pub s3_key: String,
    /// File name of the selfie. The second call must repeat it.
    pub selfie_filename: String,
    /// The vendor's own id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The form fields of an S3 POST policy. If present, the selfie is sent to `signed_link` as `multipart/form-data`
    /// with these fields before the file; if absent, with `PUT`. This is an extension that a relay may use; the vendor's
    /// reference does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub fields: Option<Map<String, Value>>,
    /// The headers to send with a `PUT` if the link signs them, such as `x-amz-server-side-encryption`. An extension, too.
    #[serde(default, skip_serializing_if = "Map::is_empty", deserialize_with = "object_or_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub headers: Map<String, Value>,
    /// All other fields that the vendor sent, unchanged.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub extra: Map<String, Value>,
}

/// Reads an object. Anything else is something of the vendor's own and counts as empty.
fn object_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(headers) => headers,
        _ => Map::new(),
    })
}

impl fmt::Debug for LinkRequest {
    /// Omits the identifier, so that it can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkRequest").field("customer_type", &self.customer_type).finish_non_exhaustive()
    }
}

impl fmt::Debug for LinkReply {
    /// Omits the link, its key and the identifier, so that they can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkReply").finish_non_exhaustive()
    }
}
