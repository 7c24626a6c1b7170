//! What answers when no call does: an unknown path, another method, a panic.

use std::any::Any;

use akiba_protocol::ProblemCode;
use axum::response::{IntoResponse, Response};

use crate::error::RelayError;

/// Answers for every unknown path.
pub async fn not_found() -> RelayError {
    RelayError::new(ProblemCode::NotFound)
}

/// Answers for a method that a path does not take.
pub async fn method_not_allowed() -> RelayError {
    RelayError::new(ProblemCode::MethodNotAllowed)
}

/// Answers for a handler that panicked. What it said is dropped: it may quote the request.
pub(crate) fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    RelayError::new(ProblemCode::Internal).caused_by("a handler panicked").into_response()
}
