//! The vendor's answers to its two calls, shared by the published API and the newer one.

use akiba_protocol::{LinkReply, LinkRequest, VerifyRequest};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::record;
use super::vendor::Vendor;
use crate::identities::Scenario;
use crate::selfie;

/// Answers a link call.
pub(super) async fn answer_link(vendor: &Vendor, request: LinkRequest) -> Result<LinkReply, Response> {
    let scenario = Scenario::of(&request.identifier);
    match scenario {
        Scenario::LinkDown => return Err(error(StatusCode::SERVICE_UNAVAILABLE, "the service is down")),
        Scenario::UnknownCustomer => return Err(error(StatusCode::NOT_FOUND, "unknown customer")),
        Scenario::TokenRefused => return Err(StatusCode::UNAUTHORIZED.into_response()),
        Scenario::Slow => tokio::time::sleep(vendor.slow).await,
        _ => {}
    }
    let failed = |_| error(StatusCode::INTERNAL_SERVER_ERROR, "the link could not be created");
    vendor.issue(scenario, request).map_err(failed)
}

/// Answers a verify call with the published JSON.
pub(super) async fn answer_verify(vendor: &Vendor, request: VerifyRequest) -> Result<Value, Response> {
    if !vendor.registry.issued(&request.s3_key).is_some_and(|issued| issued.matches(&request)) {
        let message = "`s3_key`, `id`, `user_type` and `selfie_filename` must all come from one link call";
        return Err(error(StatusCode::BAD_REQUEST, message));
    }
    let scenario = Scenario::of(&request.id);
    match scenario {
        Scenario::VerifyDown => return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the service has failed")),
        Scenario::Slow => tokio::time::sleep(vendor.slow).await,
        _ => {}
    }
    let verdict = judge(vendor, scenario, &request).await;
    if vendor.take_verdict_loss() {
        return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the service has failed"));
    }
    verdict
}

/// Reads the selfie from S3 and returns the verdict. The reference does not say how the vendor answers if the selfie is
/// missing, not an image or without a face; here the status is `failed`, without a record.
async fn judge(vendor: &Vendor, scenario: Scenario, request: &VerifyRequest) -> Result<Value, Response> {
    let object = match vendor.storage.read(&request.s3_key).await {
        Ok(Some(object)) => object,
        Ok(None) => return Ok(record::failure("No selfie was uploaded under this key")),
        Err(_) => return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the selfie could not be read")),
    };
    let seen = tokio::task::spawn_blocking(move || {
        let picture = selfie::decode(&object).map_err(selfie::DecodeError::message)?;
        scenario.flaw(|| selfie::find_flaw(&picture)).map_or(Ok(()), |flaw| Err(flaw.message()))
    });
    match seen.await {
        Ok(Ok(())) => {}
        Ok(Err(message)) => return Ok(record::failure(message)),
        Err(_) => return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the selfie could not be decoded")),
    }
    vendor.registry.finish(&request.id);
    Ok(record::verify_reply(scenario, &request.id, request.user_type, &request.s3_key))
}

/// Returns an error with a body. The reference documents no body, so clients must rely on the status only.
pub(super) fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "status": "error", "message": message }))).into_response()
}
