//! The HTTP side of the S3 ([`s3_app`]): CORS, the checks, then `s3s`.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tower_http::cors::{AllowHeaders, CorsLayer};

use super::bucket::{Bucket, KeyPair, Policy};
use super::checks;
use super::objects::{BUCKET, MAX_OBJECT, Storage};

/// Number of bytes of a too large body that are read before the answer. A browser that is still sending when the
/// connection closes never sees the answer.
const MAX_DRAIN: u64 = 8 * MAX_OBJECT;
/// Bytes that a form may have besides its file.
const FORM_OVERHEAD: u64 = 64 * 1024;

/// Serves a storage as an S3, for pages of these origins.
///
/// # Errors
/// Fails if the storage's folder can't be opened.
pub fn s3_app(storage: Arc<Storage>, origins: Vec<HeaderValue>) -> io::Result<Router> {
    let credentials = storage.credentials().clone();
    let files = FileSystem::new(storage.root()).map_err(|error| io::Error::other(format!("{error:?}")))?;
    let mut config = S3Config::default();
    config.post_object_max_file_size = MAX_OBJECT;

    let mut builder = S3ServiceBuilder::new(Bucket { files, storage });
    builder.set_auth(KeyPair { credentials });
    builder.set_access(Policy { bucket: BUCKET.to_owned() });
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));

    let cors = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::PUT, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([header::ETAG]);
    Ok(Router::new().fallback(answer).with_state(builder.build()).layer(cors))
}

/// Reads the whole request before it decides, so that no answer is sent while the body is still arriving.
async fn answer(State(service): State<S3Service>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let limit = if parts.method == Method::POST { MAX_OBJECT + FORM_OVERHEAD } else { MAX_OBJECT };
    let body = match read(body, limit).await {
        Ok(body) => body,
        Err(ReadError::TooLarge(proposed)) => return checks::too_large(proposed, MAX_OBJECT).into_response(),
        Err(ReadError::Broken) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let checks = checks::unsigned_headers(&parts)
        .and_then(|()| checks::stated_length(&parts))
        .and_then(|()| checks::digest(&parts.headers, &body))
        .and_then(|()| checks::checksum(&parts, &body));
    if let Err(refusal) = checks {
        return refusal.into_response();
    }
    match service.call(Request::from_parts(parts, s3s::Body::from(body))).await {
        Ok(response) => response.map(Body::new),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Why a body could not be read.
enum ReadError {
    /// It exceeds the limit and has at least this many bytes.
    TooLarge(u64),
    /// The connection ended before the body did.
    Broken,
}

async fn read(mut body: Body, limit: u64) -> Result<Bytes, ReadError> {
    let mut bytes = BytesMut::new();
    let mut total: u64 = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ReadError::Broken)?.into_data() else { continue };
        total = total.saturating_add(data.len() as u64);
        if total > MAX_DRAIN {
            break;
        }
        if total <= limit {
            bytes.extend_from_slice(&data);
        }
    }
    if total > limit { Err(ReadError::TooLarge(total)) } else { Ok(bytes.freeze()) }
}
