//! Limits the number of concurrent vendor calls ([`Capacity`]), so that a slow vendor cannot exhaust the relay.

use std::num::NonZeroUsize;
use std::sync::Arc;

use akiba_protocol::ProblemCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::RelayError;
use crate::telemetry::metrics::metrics;

/// `Retry-After` of a rejected call, in seconds. It is the shortest possible value, as a permit is free again as soon
/// as any call ends.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Permits for vendor calls. Clones share them.
#[derive(Clone, Debug)]
pub struct Capacity {
    permits: Arc<Semaphore>,
    size: NonZeroUsize,
}

/// A permit for one call. Dropping it frees the permit.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

impl Capacity {
    /// Creates permits for this many concurrent calls.
    #[must_use]
    pub fn of(calls: NonZeroUsize) -> Self {
        Self { permits: Arc::new(Semaphore::new(calls.get().min(Semaphore::MAX_PERMITS))), size: calls }
    }

    /// Creates the same number of permits again, for other calls.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::of(self.size)
    }

    /// Acquires a permit or fails at once, without queueing. Call it after reading the body, or slow clients hold
    /// permits.
    ///
    /// # Errors
    /// [`ProblemCode::Overloaded`] when no permit is free.
    pub fn acquire(&self) -> Result<Permit, RelayError> {
        match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => Ok(Permit { _permit: permit }),
            Err(_) => {
                metrics().limited("in-flight");
                Err(RelayError::new(ProblemCode::Overloaded).retry_after(RETRY_AFTER_SECONDS))
            }
        }
    }
}
