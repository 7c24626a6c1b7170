//! The files of the widget ([`file`]), for pages without a web server of their own for them.

use akiba_protocol::ProblemCode;
use axum::Router;
use axum::extract::{Path, State};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;

use super::fallback;
use crate::error::RelayError;
use crate::http::etag;
use crate::http::rate_limit;
use crate::http::state::SharedState;
use crate::http::widget::coding::Accepted;

/// The route of all files.
pub const ROUTE: &str = "/widget/{*path}";

/// The path has the version, so a file never changes.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A cache may keep the file, but must ask each time whether it has changed.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Builds the route of the files. They are public and the same for everybody, so every page may load them, whatever the
/// list of origins says: the origin decides about calls, and a script makes calls with the origin of its page.
pub fn router(state: &SharedState) -> Router<SharedState> {
    Router::new()
        .route(ROUTE, get(file))
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(from_fn_with_state(state.clone(), rate_limit::limit_widget))
        .layer(map_response(allow_all))
}

async fn allow_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

/// Returns a file of the widget.
async fn file(
    State(state): State<SharedState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, RelayError> {
    let file = state.widget.as_ref().and_then(|widget| widget.file(&path));
    let file = file.ok_or_else(|| RelayError::new(ProblemCode::NotFound))?;
    let found = file.representation(Accepted::of(&headers));
    let is_known = etag::is_known(&found.etag, &headers);
    let cache = if file.is_immutable { IMMUTABLE } else { REVALIDATED };
    let common = [(CACHE_CONTROL, cache), (ETAG, found.etag), (VARY, HeaderValue::from_static("accept-encoding"))];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let mut response = (common, [(CONTENT_TYPE, file.media_type)], found.bytes).into_response();
    if let Some(coding) = found.coding {
        response.headers_mut().insert(CONTENT_ENCODING, coding);
    }
    Ok(response)
}
