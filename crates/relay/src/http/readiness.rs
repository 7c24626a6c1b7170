//! Readiness ([`Readiness`]): whether a load balancer should send requests here. A relay is not ready while it drains,
//! while its threads are stuck, or while its database does not answer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::Store;

/// How long the database's answer is cached. Anyone can call `/readyz`, and not every call should reach the database.
const CACHED_FOR: Duration = Duration::from_secs(1);

/// Longest wait for the database. Callers of `/readyz` usually wait only a second or two.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Time between two heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The relay is stalled if the last heartbeat is older.
const STALLED_AFTER: Duration = Duration::from_secs(10);

/// The readiness of this relay. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<(Instant, bool)>>>,
    heart: Arc<Heart>,
}

/// Whether a relay is ready, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadinessStatus {
    /// It takes requests.
    Ready,
    /// It is shutting down.
    Draining,
    /// Its threads are stuck.
    Stalled,
    /// Its database does not answer.
    NoDatabase,
}

/// The time of the last heartbeat.
#[derive(Debug, Default)]
struct Heart {
    /// The time of the first heartbeat. Not set if there is no heartbeat.
    started: OnceLock<Instant>,
    /// The last heartbeat, in milliseconds after `started`.
    last: AtomicU64,
}

impl Readiness {
    /// Beats until the future is dropped. Each beat needs the runtime's timer, a thread for tasks and a thread for
    /// blocking work.
    pub async fn beat(self) {
        let started = *self.heart.started.get_or_init(Instant::now);
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if tokio::task::spawn_blocking(|| ()).await.is_ok() {
                let now = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                self.heart.last.store(now, Ordering::Relaxed);
            }
        }
    }

    /// Returns whether the runtime is stuck: its heartbeat has stopped.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.silent_for() > STALLED_AFTER
    }

    /// Returns the time since the last heartbeat.
    fn silent_for(&self) -> Duration {
        let last = Duration::from_millis(self.heart.last.load(Ordering::Relaxed));
        self.heart.started.get().map_or(Duration::ZERO, |started| started.elapsed().saturating_sub(last))
    }

    /// Marks the relay as shutting down: from now on it is not ready.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Returns whether the relay is shutting down.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Returns the current status. `store` is the relay's database, if it has one.
    pub async fn status(&self, store: Option<&Store>) -> ReadinessStatus {
        if self.is_draining() {
            return ReadinessStatus::Draining;
        }
        if self.is_stalled() {
            return ReadinessStatus::Stalled;
        }
        let Some(store) = store else { return ReadinessStatus::Ready };
        // Concurrent calls wait for this lock and get the same answer.
        let mut last = self.last.lock().await;
        let answers = match *last {
            Some((asked, answers)) if asked.elapsed() < CACHED_FOR => answers,
            _ => {
                let answers = tokio::time::timeout(TIMEOUT, store.ping()).await.is_ok_and(|answer| answer.is_ok());
                *last = Some((Instant::now(), answers));
                answers
            }
        };
        if answers { ReadinessStatus::Ready } else { ReadinessStatus::NoDatabase }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::time::sleep;

    use super::{Readiness, ReadinessStatus, STALLED_AFTER};

    #[test]
    fn stuck_blocking_threads_are_noticed_and_so_is_their_end() {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).max_blocking_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let readiness = Readiness::default();
            let (go, go_on) = channel::<()>();
            tokio::spawn(readiness.clone().beat());
            let stuck = tokio::task::spawn_blocking(move || go_on.recv());
            sleep(STALLED_AFTER + Duration::from_secs(2)).await;
            assert!(readiness.is_stalled());
            assert_eq!(readiness.status(None).await, ReadinessStatus::Stalled);
            drop(go);
            assert!(stuck.await.unwrap().is_err());
            sleep(Duration::from_secs(3)).await;
            assert!(!readiness.is_stalled());
            assert_eq!(readiness.status(None).await, ReadinessStatus::Ready);
        });
    }
}
