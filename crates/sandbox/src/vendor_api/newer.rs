//! One of the vendor's newer APIs ([`newer_app`]): OAuth2 tokens, `identity_type` and `consent`. Nothing else about it is
//! public. The paths and all other names are invented here; the relay's template of a profile uses the same ones.

use std::sync::Arc;

use akiba_protocol::{CustomerType, LinkRequest, VerifyRequest};
use axum::extract::{Form, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{answer_link, answer_verify, error};
use super::vendor::Vendor;

/// The id of the only client. Its secret is the vendor's token.
const CLIENT_ID: &str = "sandbox";

/// Serves `POST /oauth2/token`, `POST /v2/selfies` and `POST /v2/selfies/verify`.
pub(super) fn newer_app(vendor: Arc<Vendor>) -> Router {
    Router::new()
        .route("/v2/selfies", post(link))
        .route("/v2/selfies/verify", post(verify))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&vendor), check_token))
        .route("/oauth2/token", post(token))
        .with_state(vendor)
}

async fn check_token(State(vendor): State<Arc<Vendor>>, request: Request, next: Next) -> Response {
    let value = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    if token.is_some_and(|token| vendor.tokens.is_valid(token)) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
}

async fn token(State(vendor): State<Arc<Vendor>>, headers: HeaderMap, Form(request): Form<TokenRequest>) -> Response {
    if !vendor.tokens.count_request() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let refused = |status, word| (status, Json(json!({ "error": word }))).into_response();
    let basic = base64_simd::STANDARD.encode_to_string(format!("{CLIENT_ID}:{}", vendor.token));
    let in_header = headers.get(header::AUTHORIZATION).is_some_and(|value| *value == format!("Basic {basic}"));
    let in_body =
        request.client_id.as_deref() == Some(CLIENT_ID) && request.client_secret.as_ref() == Some(&vendor.token);
    if !in_header && !in_body {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if request.grant_type != "client_credentials" {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    match vendor.tokens.issue() {
        Ok((token, life)) => {
            Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": life })).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    identity_number: String,
    identity_type: IdentityType,
    file_name: String,
    consent: bool,
    upload_key: Option<String>,
}

/// The kind of document that the number belongs to. The sandbox treats all of them as a person's.
#[derive(Deserialize)]
enum IdentityType {
    #[serde(rename = "IDNumber")]
    IdNumber,
    Passport,
    #[serde(rename = "TempIDNumber")]
    TempIdNumber,
}

fn without_consent() -> Response {
    error(StatusCode::UNPROCESSABLE_ENTITY, "`consent` must be true")
}

async fn link(State(vendor): State<Arc<Vendor>>, Json(call): Json<Call>) -> Response {
    if !call.consent {
        return without_consent();
    }
    let request = LinkRequest {
        identifier: call.identity_number,
        customer_type: person(&call.identity_type),
        selfie_filename: Some(call.file_name),
    };
    match answer_link(&vendor, request).await {
        Ok(reply) => {
            let upload = json!({ "url": reply.signed_link, "key": reply.s3_key });
            Json(json!({ "customer_id": reply.customer_id, "upload": upload })).into_response()
        }
        Err(response) => response,
    }
}

async fn verify(State(vendor): State<Arc<Vendor>>, Json(call): Json<Call>) -> Response {
    if !call.consent {
        return without_consent();
    }
    let request = VerifyRequest {
        selfie_filename: call.file_name,
        id: call.identity_number,
        user_type: person(&call.identity_type),
        s3_key: call.upload_key.unwrap_or_default(),
    };
    match answer_verify(&vendor, request).await {
        Ok(reply) => Json(in_newer_words(&reply)).into_response(),
        Err(response) => response,
    }
}

fn person(identity_type: &IdentityType) -> CustomerType {
    match identity_type {
        IdentityType::IdNumber | IdentityType::Passport | IdentityType::TempIdNumber => CustomerType::Individual,
    }
}

/// Translates a published answer into the newer API's JSON.
fn in_newer_words(reply: &Value) -> Value {
    let result = if reply["status"] == "success" { "VERIFIED" } else { "NOT_VERIFIED" };
    let identity = &reply["data"]["identity"];
    let mut person = identity.clone();
    let mut scores = json!({});
    if let (Some(person), Some(record)) = (person.as_object_mut(), identity.as_object()) {
        let names =
            [("fraud_score", "fraud"), ("fraud_detected", "fraud_level"), ("facial_recognition_confidence", "face")];
        for (published, newer) in names {
            person.remove(published);
            scores[newer] = record.get(published).cloned().unwrap_or_default();
        }
    }
    let mut newer = json!({ "result": result, "description": reply["message"] });
    if identity.is_object() {
        newer["record"] = json!({ "person": person, "scores": scores });
    }
    newer
}
