//! The answers when no handler gives one: an unknown path, a wrong method, a panic.

use std::any::Any;

use akiba_protocol::ProblemCode;
use axum::response::{IntoResponse, Response};

use crate::error::RelayError;

/// Answers a request for an unknown path.
pub async fn not_found() -> RelayError {
    RelayError::new(ProblemCode::NotFound)
}

/// Answers a request with a method that the path does not have.
pub async fn method_not_allowed() -> RelayError {
    RelayError::new(ProblemCode::MethodNotAllowed)
}

/// Answers a request whose handler panicked. The panic's message is dropped, as it may quote the request.
pub(crate) fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    RelayError::new(ProblemCode::Internal).caused_by("a handler panicked").into_response()
}
