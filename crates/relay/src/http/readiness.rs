//! Readiness ([`Readiness`]): whether a load balancer should send requests here. A relay is not ready while it drains
//! or while its database does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::Store;

/// How long the database's answer is cached. Anyone can call `/readyz`, and not every call should reach the database.
const CACHED_FOR: Duration = Duration::from_secs(1);

/// Longest wait for the database. Callers of `/readyz` usually wait only a second or two.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The readiness of this relay. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// Whether a relay is ready, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadinessStatus {
    /// It takes requests.
    Ready,
    /// It is shutting down.
    Draining,
    /// Its database does not answer.
    NoDatabase,
}

impl Readiness {
    /// Marks the relay as shutting down: from now on it is not ready.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Returns the current status. `store` is the relay's database, if it has one.
    pub async fn status(&self, store: Option<&Store>) -> ReadinessStatus {
        if self.draining.load(Ordering::Relaxed) {
            return ReadinessStatus::Draining;
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
