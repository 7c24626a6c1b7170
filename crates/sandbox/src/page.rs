//! The demo page's server ([`page_app`]): static files with the content security policy that a customer would set, a
//! proxy to the relay on the same origin, and the host's back end if the relay requires sessions.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::bank::{Bank, bank_app};

/// A compromise: good compression without a noticeable wait.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(5);
/// How long an idle connection to the relay is kept: less than the relay keeps it, so that it is never stale.
const RELAY_IDLE: Duration = Duration::from_secs(5);
/// Hop-by-hop headers, which a proxy does not forward (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The settings of [`page_app`].
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// The folder with `index.html`.
    pub site: PathBuf,
    /// Origin of the S3, which the page may connect to.
    pub upload_origin: String,
    /// Address of the relay.
    pub relay: SocketAddr,
    /// The host's back end, if the relay requires sessions.
    pub bank: Option<Arc<Bank>>,
}

/// Returns the content security policy of the page.
#[must_use]
pub fn content_security_policy(upload_origin: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
         media-src 'self' blob:; connect-src 'self' {upload_origin}"
    )
}

/// Serves the page and forwards `/v1/*` and `/healthz` to the relay. If there is a back end, the page gets its name in a
/// `meta` element.
///
/// # Errors
/// Fails if the upload origin contains characters that a header can't hold.
pub fn page_app(settings: PageSettings) -> Result<Router, header::InvalidHeaderValue> {
    let policy = HeaderValue::from_str(&content_security_policy(&settings.upload_origin))?;
    let set = SetResponseHeaderLayer::overriding;
    let mut files = Router::new();
    if settings.bank.is_some() {
        let index = get(index).with_state(settings.site.join("index.html"));
        files = files.route("/", index.clone()).route("/index.html", index);
    }
    let files = files
        .fallback_service(ServeDir::new(settings.site))
        .layer(CompressionLayer::new().quality(COMPRESSION))
        .layer(set(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .layer(set(header::CONTENT_SECURITY_POLICY, policy))
        .layer(set(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(set(HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(self)")));
    let client =
        Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(RELAY_IDLE).build_http();
    let relay = RelayProxy { client, address: settings.relay };
    let calls = Router::new().route("/healthz", any(forward)).route("/v1/{*path}", any(forward)).with_state(relay);
    let own = settings.bank.map(bank_app).unwrap_or_default();
    Ok(calls.merge(own).fallback_service(files))
}

/// Returns the page with the name of its back end in a `meta` element.
async fn index(State(file): State<PathBuf>) -> Response {
    match tokio::fs::read_to_string(file).await {
        Ok(text) => {
            Html(text.replacen("<title>", "<meta name=\"back-end\" content=\"bank\">\n    <title>", 1)).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Clone)]
struct RelayProxy {
    client: Client<HttpConnector, Body>,
    address: SocketAddr,
}

/// Forwards a request to the relay and returns its answer; both stay unchanged except for hop-by-hop headers.
async fn forward(State(relay): State<RelayProxy>, mut request: Request) -> Response {
    let Some(uri) = relay_uri(relay.address, request.uri()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    remove_hop_by_hop(request.headers_mut());
    request.headers_mut().remove(header::HOST);
    // The relay trusts this header from this server. Without it, it takes the address of the connection: this machine.
    request.headers_mut().remove("x-forwarded-for");
    match relay.client.request(request).await {
        Ok(mut response) => {
            remove_hop_by_hop(response.headers_mut());
            response.map(Body::new)
        }
        Err(_) => (StatusCode::BAD_GATEWAY, "the relay does not answer\n").into_response(),
    }
}

fn relay_uri(address: SocketAddr, uri: &Uri) -> Option<Uri> {
    let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let authority = Authority::try_from(address.to_string()).ok()?;
    Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(path).build().ok()
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
