//! The error of all calls ([`RelayError`]): one part for the caller, and one part for the log only. [`sentence`]
//! describes any other error.

use std::borrow::Cow;

use akiba_protocol::{Problem, ProblemCode};
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// Returns an error and its causes as one sentence.
#[must_use]
pub fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

/// A call that failed.
///
/// As a response it has a status but no body. The layer that logs requests knows the request id: it writes the
/// [`Problem`] as the body, and the log line. The cause goes only to the log. It must not contain data of the request,
/// the vendor's answer or the token.
#[derive(Clone, Debug)]
pub struct RelayError {
    code: ProblemCode,
    detail: Option<Cow<'static, str>>,
    cause: Option<Cow<'static, str>>,
    retry_after: Option<u32>,
}

impl RelayError {
    /// Creates an error with a code.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self { code, detail: None, cause: None, retry_after: None }
    }

    /// Adds a sentence for the caller. It must not repeat data of the request.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds the seconds after which the caller may retry.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// Returns the cause, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Returns the response body for the caller.
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
