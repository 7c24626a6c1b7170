//! The vendor's API as it is published ([`vendor_app`], [`Vendor`]): its two calls, its token, its words.
//!
//! What its reference leaves open is decided here, and marked so: the bodies of errors other than 401, and the answer
//! to a selfie that is missing or can't be read.

mod fields;
mod newer;
mod record;
mod registry;
mod tokens;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use akiba_protocol::{LinkReply, LinkRequest, VerifyRequest};
use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::identities::Scenario;
use crate::random;
use crate::selfie;
use crate::storage::{Signer, Storage};
use registry::{Issued, Registry};
pub use tokens::Tokens;

/// Bytes that a request body may have.
const MAX_BODY: usize = 16 * 1024;

/// What [`vendor_app`] needs.
pub struct VendorSettings {
    /// The token that the calls must carry.
    pub token: String,
    /// How long a signed link lives.
    pub link_life: Duration,
    /// How late [`Scenario::Slow`] answers.
    pub slow: Duration,
}

/// The vendor: its settings, the S3 it keeps selfies in, and the links it has handed out.
pub struct Vendor {
    token: String,
    link_life_seconds: AtomicU64,
    verdicts_to_lose: AtomicU32,
    slow: Duration,
    storage: Arc<Storage>,
    signer: Signer,
    registry: Registry,
    tokens: Tokens,
}

impl Vendor {
    /// A vendor that keeps its selfies in `storage` and signs links to it with `signer`.
    #[must_use]
    pub fn new(settings: VendorSettings, storage: Arc<Storage>, signer: Signer) -> Self {
        let vendor = Self {
            token: settings.token,
            link_life_seconds: AtomicU64::default(),
            verdicts_to_lose: AtomicU32::default(),
            slow: settings.slow,
            storage,
            signer,
            registry: Registry::default(),
            tokens: Tokens::default(),
        };
        vendor.set_link_life(settings.link_life);
        vendor
    }

    /// Changes the life of the links that are handed out from now on. It is a whole number of seconds, one at least.
    pub fn set_link_life(&self, life: Duration) {
        self.link_life_seconds.store(life.as_secs().max(1), Ordering::Relaxed);
    }

    /// How many verdicts from now on are found and then lost: the call is answered with 500.
    pub fn lose_verdicts(&self, count: u32) {
        self.verdicts_to_lose.store(count, Ordering::Relaxed);
    }

    fn loses_verdict(&self) -> bool {
        let next = |count: u32| count.checked_sub(1);
        self.verdicts_to_lose.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// The object key of the last link that was handed out.
    #[must_use]
    pub fn last_key(&self) -> Option<String> {
        self.registry.last_key()
    }

    /// The access tokens of its newer API.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    fn issue(&self, scenario: Scenario, request: LinkRequest) -> io::Result<LinkReply> {
        // A person's own file name never becomes part of a key.
        let key = format!("selfies/{}", random::hex(32)?);
        let selfie_filename = match request.selfie_filename {
            Some(name) => name,
            None => format!("selfie-{}.jpg", random::hex(8)?),
        };
        let life = Duration::from_secs(self.link_life_seconds.load(Ordering::Relaxed));
        let freshness = self.registry.freshness(scenario, &request.identifier);
        let signed_link = self.signer.put_link(&key, life, freshness);
        self.storage.turn_away(&key, scenario.refused_uploads());
        self.registry.issue(
            key.clone(),
            Issued {
                identifier: request.identifier.clone(),
                customer_type: request.customer_type,
                selfie_filename: selfie_filename.clone(),
            },
        );
        Ok(LinkReply {
            identifier: request.identifier,
            signed_link,
            s3_key: key,
            selfie_filename,
            customer_id: Some(random::upper(10)?),
            fields: None,
            extra: Map::new(),
        })
    }
}

impl fmt::Debug for Vendor {
    /// Leaves the token and the links out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendor").finish_non_exhaustive()
    }
}

/// The vendor's API, `POST /v1/customer` and `POST /v1/customer/verify`, and beside it one of the newer generation.
pub fn vendor_app(vendor: Arc<Vendor>) -> Router {
    Router::new()
        .route("/v1/customer", post(link))
        .route("/v1/customer/verify", post(verify))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&vendor), check_token))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::clone(&vendor))
        .merge(newer::newer_app(vendor))
}

async fn check_token(State(vendor): State<Arc<Vendor>>, request: Request, next: Next) -> Response {
    let token = request.headers().get("token").map(header::HeaderValue::as_bytes);
    if token == Some(vendor.token.as_bytes()) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

async fn link(State(vendor): State<Arc<Vendor>>, headers: HeaderMap, body: Bytes) -> Response {
    match json_only(&headers).and_then(|()| fields::link_request(&body)) {
        Ok(request) => match answer_link(&vendor, request).await {
            Ok(reply) => Json(reply).into_response(),
            Err(response) => response,
        },
        Err(message) => error(StatusCode::BAD_REQUEST, &message),
    }
}

/// Answers a link call, whatever its fields were called.
async fn answer_link(vendor: &Vendor, request: LinkRequest) -> Result<LinkReply, Response> {
    let scenario = Scenario::of(&request.identifier);
    match scenario {
        Scenario::LinkDown => return Err(error(StatusCode::SERVICE_UNAVAILABLE, "the service is down")),
        Scenario::UnknownCustomer => return Err(error(StatusCode::NOT_FOUND, "the customer is not known")),
        Scenario::TokenRefused => return Err(StatusCode::UNAUTHORIZED.into_response()),
        Scenario::Slow => tokio::time::sleep(vendor.slow).await,
        _ => {}
    }
    let failed = |_| error(StatusCode::INTERNAL_SERVER_ERROR, "no link could be made");
    vendor.issue(scenario, request).map_err(failed)
}

async fn verify(State(vendor): State<Arc<Vendor>>, headers: HeaderMap, body: Bytes) -> Response {
    match json_only(&headers).and_then(|()| fields::verify_request(&body)) {
        Ok(request) => match answer_verify(&vendor, request).await {
            Ok(reply) => Json(reply).into_response(),
            Err(response) => response,
        },
        Err(message) => error(StatusCode::BAD_REQUEST, &message),
    }
}

/// Answers a verify call, in the published shape, whatever its fields were called.
async fn answer_verify(vendor: &Vendor, request: VerifyRequest) -> Result<Value, Response> {
    if !vendor.registry.issued(&request.s3_key).is_some_and(|issued| issued.fits(&request)) {
        let message = "`s3_key`, `id`, `user_type` and `selfie_filename` must be those of one link call";
        return Err(error(StatusCode::BAD_REQUEST, message));
    }
    let scenario = Scenario::of(&request.id);
    match scenario {
        Scenario::VerifyDown => return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the service has failed")),
        Scenario::Slow => tokio::time::sleep(vendor.slow).await,
        _ => {}
    }
    let verdict = judge(vendor, scenario, &request).await;
    if vendor.loses_verdict() {
        return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the service has failed"));
    }
    verdict
}

/// Reads the selfie from S3 and answers for it. The reference does not say how the vendor answers for a selfie that is
/// missing, is no image or shows no face; here the status is `failed` and there is no record.
async fn judge(vendor: &Vendor, scenario: Scenario, request: &VerifyRequest) -> Result<Value, Response> {
    let object = match vendor.storage.read(&request.s3_key).await {
        Ok(Some(object)) => object,
        Ok(None) => return Ok(record::failure("No selfie was uploaded under this key")),
        Err(_) => return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the selfie could not be read")),
    };
    let seen = tokio::task::spawn_blocking(move || {
        let picture = selfie::decode(&object).map_err(selfie::Unusable::message)?;
        scenario.flaw(|| selfie::flaw(&picture)).map_or(Ok(()), |flaw| Err(flaw.message()))
    });
    match seen.await {
        Ok(Ok(())) => {}
        Ok(Err(message)) => return Ok(record::failure(message)),
        Err(_) => return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the selfie could not be decoded")),
    }
    vendor.registry.finish(&request.id);
    Ok(record::judged(scenario, &request.id, request.user_type, &request.s3_key))
}

fn json_only(headers: &HeaderMap) -> Result<(), fields::FieldError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err("`Content-Type` must be `application/json`".to_owned())
}

/// An error with a body. The reference documents none; a consumer may rely on the status alone.
fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "status": "error", "message": message }))).into_response()
}
