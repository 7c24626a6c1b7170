//! How many calls may be at work at once ([`Capacity`]), so that a slow vendor can't pile up work here without end.

use std::num::NonZeroUsize;
use std::sync::Arc;

use akiba_protocol::ProblemCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::RelayError;
use crate::telemetry::metrics::metrics;

/// Seconds after which a shed call may be tried again. A place is free as soon as any call ends, so the shortest time
/// that the header can say is right.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Places for calls at work; a clone shares them.
#[derive(Clone, Debug)]
pub struct Capacity(Arc<Semaphore>);

/// A place that is taken, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

impl Capacity {
    /// Places for so many calls.
    #[must_use]
    pub fn of(calls: NonZeroUsize) -> Self {
        Self(Arc::new(Semaphore::new(calls.get().min(Semaphore::MAX_PERMITS))))
    }

    /// Takes a place. Nothing queues. To be called once the body is there: a caller who sends it slowly would keep
    /// others out.
    ///
    /// # Errors
    /// [`ProblemCode::Overloaded`] when every place is taken.
    pub fn acquire(&self) -> Result<Permit, RelayError> {
        match Arc::clone(&self.0).try_acquire_owned() {
            Ok(permit) => Ok(Permit { _permit: permit }),
            Err(_) => {
                metrics().limited("in-flight");
                Err(RelayError::new(ProblemCode::Overloaded).retry_after(RETRY_AFTER_SECONDS))
            }
        }
    }
}
