//! The outermost layer ([`log_request`]): gives each request an id, logs one line, and writes the body of an error.
//!
//! A line holds the method, the pattern of the path, the status, the code, the time and the id. It never holds the path
//! itself or an unknown method: the caller chooses both, and they could contain personal data.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use akiba_protocol::problem::MEDIA_TYPE;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use tracing::{Instrument, Span};

use super::routes::widget;
use crate::error::RelayError;
use crate::id::request_id;
use crate::telemetry::metrics::{InFlight, metrics};
use crate::telemetry::traces::{SpanKind, span};

/// The response header with the request's id. A value that the caller sends is ignored.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Routes that monitoring calls every few seconds. They are logged at `debug`, as they would flood the log.
const PROBES: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

/// The id of a request, for handlers.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Where a handler stores the id of the request's session, for the log.
#[derive(Clone, Debug, Default)]
pub struct SessionSlot(Arc<OnceLock<String>>);

impl SessionSlot {
    /// Stores the session id. Only the first one counts.
    pub fn fill(&self, session_id: &str) {
        let _ = self.0.set(session_id.to_owned());
    }
}

/// Runs a request and logs its line when it has ended, or when the caller has hung up.
pub async fn log_request<F>(mut request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let line = RequestLine::start(&request);
    request.extensions_mut().insert(line.session.clone());
    request.extensions_mut().insert(RequestId(line.id.clone()));
    let span = span(SpanKind::Server, &line.route, Some(&line.id));
    let mut response = next(request).instrument(span.clone()).await;
    let error = response.extensions_mut().remove::<RelayError>();
    if let Some(error) = &error {
        write_problem(&mut response, error, &line.id);
    }
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&line.id) {
        headers.insert(REQUEST_ID, id);
    }
    line.end(response.status(), error.as_ref(), &span);
    response
}

fn write_problem(response: &mut Response, error: &RelayError, id: &str) {
    // A problem holds only strings and numbers, so serializing it cannot fail.
    let body = serde_json::to_vec(&error.problem(id)).unwrap_or_default();
    *response.body_mut() = Body::from(body);
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
}

/// The log line of a running request. If it is dropped before [`end`](Self::end), it logs that the caller has hung up.
struct RequestLine {
    id: String,
    method: &'static str,
    route: String,
    session: SessionSlot,
    started: Instant,
    written: bool,
    _in_flight: InFlight,
}

impl RequestLine {
    fn start(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        Self {
            id: request_id(),
            method: known_method(request.method()),
            route: route.to_owned(),
            session: SessionSlot::default(),
            started: Instant::now(),
            written: false,
            _in_flight: metrics().request_started(),
        }
    }

    fn end(mut self, status: StatusCode, error: Option<&RelayError>, span: &Span) {
        self.written = true;
        let Self { id, method, route, .. } = &self;
        let (status, latency_ms) = (status.as_u16(), self.latency_ms());
        // The same code as in the error body, so that a support case can be found by it.
        let code = error.map_or("ok", |error| error.code().as_str());
        metrics().request_ended(route, code, self.started.elapsed());
        let cause = error.and_then(RelayError::cause);
        let session = self.session.0.get().map(String::as_str);
        span.record("code", code).record("status", status);
        if let Some(session) = session {
            span.record("session", session);
        }
        // A page loads a dozen files. A line for each of them would say nothing.
        let is_file = route == widget::ROUTE && status < 400;
        if is_file || PROBES.contains(&route.as_str()) {
            tracing::debug!(request_id = id, method, route, status, code, latency_ms, cause, "request");
        } else if status >= 500 {
            tracing::error!(request_id = id, session, method, route, status, code, latency_ms, cause, "request");
        } else {
            tracing::info!(request_id = id, session, method, route, status, code, latency_ms, cause, "request");
        }
    }

    fn latency_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        if !self.written {
            let Self { id, method, route, .. } = &self;
            metrics().request_ended(route, "caller-gone", self.started.elapsed());
            let latency_ms = self.latency_ms();
            let session = self.session.0.get().map(String::as_str);
            tracing::info!(request_id = id, session, method, route, code = "caller-gone", latency_ms, "request");
        }
    }
}

/// Returns the name of a standard HTTP method, and `other` for anything else: the caller could put anything there.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
