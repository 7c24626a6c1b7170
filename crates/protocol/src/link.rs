//! The vendor's first call, `POST /v1/customer`: it registers the customer and answers with a signed link for the
//! selfie ([`LinkRequest`], [`LinkReply`]).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whom an identifier names. The vendor writes it as `"1"` or `"2"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CustomerType {
    /// A person, named by a national id.
    #[default]
    #[serde(rename = "1")]
    Individual,
    /// A company, named by its registration.
    #[serde(rename = "2")]
    Business,
}

/// The text names no [`CustomerType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCustomerType;

impl fmt::Display for UnknownCustomerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type must be `individual` (1) or `business` (2)")
    }
}

impl std::error::Error for UnknownCustomerType {}

impl FromStr for CustomerType {
    type Err = UnknownCustomerType;

    /// Reads the words `individual` and `business` and the vendor's `1` and `2`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" | "individual" => Ok(Self::Individual),
            "2" | "business" => Ok(Self::Business),
            _ => Err(UnknownCustomerType),
        }
    }
}

/// The body of the first call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "identifier": "8001015009087", "type": "1" })))]
pub struct LinkRequest {
    /// National id of a person or registration of a company. Personal data.
    pub identifier: String,
    /// Whom the identifier names.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// File name of the selfie; the vendor chooses one when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selfie_filename: Option<String>,
}

/// The answer to the first call.
///
/// Its text is a secret while the link lives: whoever holds the link can replace the selfie.
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
    /// The identifier that was sent.
    pub identifier: String,
    /// Where the selfie goes: a presigned S3 URL.
    pub signed_link: String,
    /// The object's key, which the second call wants back.
    pub s3_key: String,
    /// File name of the selfie, which the second call wants back.
    pub selfie_filename: String,
    /// The vendor's own id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The form fields of an S3 POST policy. When they are there, the selfie is sent as `multipart/form-data` to
    /// `signed_link` with these fields before the file; when they are not, it is sent with `PUT`. Not in the vendor's
    /// reference: an extension that a relay may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub fields: Option<Map<String, Value>>,
    /// What else the vendor sent, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub extra: Map<String, Value>,
}

impl fmt::Debug for LinkRequest {
    /// Leaves the identifier out, so that it can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkRequest").field("customer_type", &self.customer_type).finish_non_exhaustive()
    }
}

impl fmt::Debug for LinkReply {
    /// Leaves the link, its key and the identifier out, so that they can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkReply").finish_non_exhaustive()
    }
}
