//! Parses the vendor's two request bodies ([`link_request`], [`verify_request`]). Every required field must be present
//! with the right type. Pure.

use akiba_protocol::{CustomerType, LinkRequest, VerifyRequest};
use serde_json::{Map, Value};

/// What is wrong with a body: a sentence that quotes none of its values.
pub(crate) type FieldError = String;

/// Parses the body of the link call.
pub(crate) fn link_request(body: &[u8]) -> Result<LinkRequest, FieldError> {
    let fields = object(body)?;
    Ok(LinkRequest {
        identifier: text(&fields, "identifier")?,
        customer_type: customer_type(&fields, "type")?,
        selfie_filename: match fields.get("selfie_filename") {
            None | Some(Value::Null) => None,
            Some(_) => Some(text(&fields, "selfie_filename")?),
        },
    })
}

/// Parses the body of the verify call.
pub(crate) fn verify_request(body: &[u8]) -> Result<VerifyRequest, FieldError> {
    let fields = object(body)?;
    Ok(VerifyRequest {
        selfie_filename: text(&fields, "selfie_filename")?,
        id: text(&fields, "id")?,
        user_type: customer_type(&fields, "user_type")?,
        s3_key: text(&fields, "s3_key")?,
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, FieldError> {
    serde_json::from_slice(body).map_err(|_| "the body must be a JSON object".to_owned())
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<String, FieldError> {
    match fields.get(name) {
        None => Err(format!("`{name}` is required")),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.clone()),
        Some(_) => Err(format!("`{name}` must be a string that is not empty")),
    }
}

fn customer_type(fields: &Map<String, Value>, name: &str) -> Result<CustomerType, FieldError> {
    let value = fields.get(name).ok_or_else(|| format!("`{name}` is required"))?;
    serde_json::from_value(value.clone()).map_err(|_| format!("`{name}` must be \"1\" or \"2\""))
}
