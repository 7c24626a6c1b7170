//! Keeps connections free for verdicts ([`with_priority`]). Every operation shares one pool, but all except those with
//! priority first wait in a lane that is narrower than the pool. So a batch of reads, or the sweep, never uses up the
//! connections, and never fills the queue of SQLite's writer.

use std::future::Future;

use tokio::sync::{Semaphore, SemaphorePermit};

tokio::task_local! {
    static PRIORITY: ();
}

/// Runs work whose database operations do not wait for operations without priority: those for a verdict, whose photo is
/// uploaded already, and the check of readiness. A task that the work spawns does not inherit the priority.
pub async fn with_priority<T>(work: impl Future<Output = T>) -> T {
    PRIORITY.scope((), work).await
}

/// Returns whether this work has priority.
pub(super) fn has_priority() -> bool {
    PRIORITY.try_get().is_ok()
}

/// The lane of operations without priority.
#[derive(Debug)]
pub(super) struct Lane(Semaphore);

impl Lane {
    /// Creates the lane of a pool. It leaves a quarter of the connections free, and at least one if there are several.
    pub(super) fn of(connections: u32) -> Self {
        let reserved = (connections / 4).max(1);
        Self(Semaphore::new(connections.saturating_sub(reserved).max(1) as usize))
    }

    /// Waits for a place in the lane. Returns `None` at once with priority.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if has_priority() {
            return None;
        }
        // The semaphore is never closed.
        self.0.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{Lane, with_priority};

    #[tokio::test]
    async fn the_lane_leaves_connections_free_and_priority_passes_it() {
        for (connections, wide) in [(1, 1), (2, 1), (3, 2), (4, 3), (8, 6), (100, 75)] {
            let lane = Lane::of(connections);
            let mut held = Vec::new();
            for _ in 0..wide {
                held.push(timeout(Duration::from_secs(1), lane.enter()).await.unwrap());
            }
            assert!(timeout(Duration::ZERO, lane.enter()).await.is_err(), "{connections}");
            assert!(timeout(Duration::ZERO, with_priority(lane.enter())).await.unwrap().is_none());
            held.pop();
            assert!(timeout(Duration::from_secs(1), lane.enter()).await.unwrap().is_some());
        }
    }
}
