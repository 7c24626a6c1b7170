//! What surrounds every request ([`log_request`]): its id, its one line in the log, and the body of its error.
//!
//! A line holds the method, the pattern of the path, the status, the code, the time and the id: never the path or a
//! method that the caller made up, which could hold anything.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use akiba_protocol::problem::MEDIA_TYPE;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::error::RelayError;
use crate::telemetry::metrics::{InFlight, metrics};
use crate::telemetry::traces::{SpanKind, span};

/// The header that tells the caller the request's id. One that the caller sends is not looked at.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What machines ask every few seconds. It would drown the rest of the log.
const PROBES: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

/// Where a request's handler notes the session that it is about, for the log.
#[derive(Clone, Debug, Default)]
pub struct SessionSlot(Arc<OnceLock<String>>);

impl SessionSlot {
    /// Notes the session. Only the first counts.
    pub fn fill(&self, session_id: &str) {
        let _ = self.0.set(session_id.to_owned());
    }
}

/// Runs a request, and writes its line when it has ended, or when its caller has gone.
pub async fn log_request(mut request: Request, next: Next) -> Response {
    let line = RequestLine::start(&request);
    request.extensions_mut().insert(line.session.clone());
    let span = span(SpanKind::Server, &line.route, Some(&line.id));
    let mut response = next.run(request).instrument(span.clone()).await;
    let error = response.extensions_mut().remove::<RelayError>();
    if let Some(error) = &error {
        write_problem(&mut response, error, &line.id);
    }
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&line.id) {
        headers.insert(REQUEST_ID, id);
    }
    line.end(response.status(), error.as_ref(), &span);
    response
}

fn write_problem(response: &mut Response, error: &RelayError, id: &str) {
    // A problem is strings and numbers: writing it can't fail.
    let body = serde_json::to_vec(&error.problem(id)).unwrap_or_default();
    *response.body_mut() = Body::from(body);
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
}

/// The line of a request that is under way. Dropped before its end, it says that the caller has gone.
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
            id: Uuid::new_v4().to_string(),
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
        // The code's name as in the problem, so that a support case can be found by either.
        let code = error.map_or("ok", |error| error.code().as_str());
        metrics().request_ended(route, code, self.started.elapsed());
        let cause = error.and_then(RelayError::cause);
        let session = self.session.0.get().map(String::as_str);
        span.record("code", code).record("status", status);
        if let Some(session) = session {
            span.record("session", session);
        }
        if PROBES.contains(&route.as_str()) {
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

/// The name of a method of the HTTP standard; a caller can make up others.
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
