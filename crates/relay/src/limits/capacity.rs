//! Limits the number of concurrent calls ([`Capacity`], [`Bulkheads`]), so that a slow vendor or a busy back end cannot
//! exhaust the relay.

use std::num::NonZeroUsize;
use std::sync::Arc;

use akiba_protocol::ProblemCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::settings::LimitSettings;
use crate::error::RelayError;
use crate::telemetry::metrics::metrics;

/// `Retry-After` of a rejected call, in seconds. It is the shortest possible value, as a permit is free again as soon
/// as any call ends.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Separate permits for each kind of call. So calls of one kind that are slow or many leave the permits of the others
/// free. Clones share them.
#[derive(Clone, Debug)]
pub struct Bulkheads {
    /// Calls of back ends that need only the database.
    pub host: Capacity,
    /// Calls to the vendor for a link.
    pub links: Capacity,
    /// Calls to the vendor for a verdict.
    pub verdicts: Capacity,
    /// Calls that wait for the verdict of another call.
    pub waiting: Capacity,
    /// Desktops that wait for a change of a hand-off.
    pub following: Capacity,
}

impl Bulkheads {
    /// Creates the permits of the settings.
    #[must_use]
    pub fn new(settings: &LimitSettings) -> Self {
        let at_vendor = || Capacity::of(settings.max_in_flight, "in-flight");
        Self {
            host: Capacity::of(settings.max_host_calls, "host-calls"),
            links: at_vendor(),
            verdicts: at_vendor(),
            waiting: at_vendor(),
            following: Capacity::of(settings.max_handoff_waits, "handoff-waits"),
        }
    }
}

/// Permits for calls of one kind. Clones share them.
#[derive(Clone, Debug)]
pub struct Capacity {
    permits: Arc<Semaphore>,
    /// The limit in the metrics.
    limit: &'static str,
}

/// A permit for one call. Dropping it frees the permit.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

impl Capacity {
    /// Creates permits for this many concurrent calls. `limit` is their name in the metrics.
    #[must_use]
    pub fn of(calls: NonZeroUsize, limit: &'static str) -> Self {
        Self { permits: Arc::new(Semaphore::new(calls.get().min(Semaphore::MAX_PERMITS))), limit }
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
                metrics().limited(self.limit);
                Err(RelayError::new(ProblemCode::Overloaded).retry_after(RETRY_AFTER_SECONDS))
            }
        }
    }
}
