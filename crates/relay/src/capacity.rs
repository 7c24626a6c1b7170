//! Sheds requests over the limit ([`shed`]), so that a slow vendor can't pile up work here without end.

use akiba_protocol::ProblemCode;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::RelayError;
use crate::state::AppState;

/// Seconds after which a shed call may be tried again. A permit is free as soon as any call ends, so the shortest
/// time that the header can say is right.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Lets a request through if a permit is free, and answers 503 if none is. Nothing queues.
///
/// # Errors
/// [`ProblemCode::Overloaded`] when every permit is taken.
pub async fn shed(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, RelayError> {
    let _permit = state
        .in_flight
        .try_acquire()
        .map_err(|_| RelayError::new(ProblemCode::Overloaded).retry_after(RETRY_AFTER_SECONDS))?;
    Ok(next.run(request).await)
}
