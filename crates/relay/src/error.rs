//! The one error of all calls ([`RelayError`]): what the caller gets to know, and what only the log does.

use std::borrow::Cow;

use akiba_protocol::{Problem, ProblemCode};
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// A call that failed.
///
/// As a response it is a status with no body. The layer that logs requests knows the request id, and writes the
/// [`Problem`] and the log line. The cause goes to the log alone, and must hold nothing of the request, of the vendor's
/// answer or of the token.
#[derive(Clone, Debug)]
pub struct RelayError {
    code: ProblemCode,
    detail: Option<Cow<'static, str>>,
    cause: Option<Cow<'static, str>>,
    retry_after: Option<u32>,
}

impl RelayError {
    /// The error of a code.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self { code, detail: None, cause: None, retry_after: None }
    }

    /// The same, with a sentence for the caller. It must not repeat what was sent.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same, with a cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same, with the seconds after which the caller may try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// The cause, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The body that the caller gets.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let mut problem = Problem::new(self.code);
        problem.detail = self.detail.as_deref().map(str::to_owned);
        problem.request_id = Some(request_id.to_owned());
        problem
    }
}

impl IntoResponse for RelayError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
