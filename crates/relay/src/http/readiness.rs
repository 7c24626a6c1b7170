//! Whether this relay is to be sent callers ([`Readiness`]): not while it drains, and not while its database is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::Store;

/// How long the database's answer holds: anyone may ask, and it should not be asked for each.
const CACHED_FOR: Duration = Duration::from_secs(1);

/// Longest wait for the database; who asks whether a relay is ready waits a second or two.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Whether this relay is to be sent callers. A clone shares it.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// How a relay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadinessStatus {
    /// It takes callers.
    Ready,
    /// It is about to end.
    Draining,
    /// Its database does not answer.
    NoDatabase,
}

impl Readiness {
    /// From now on it is not ready any more.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// How the relay stands. `store` is its database, if it has one.
    pub async fn status(&self, store: Option<&Store>) -> ReadinessStatus {
        if self.draining.load(Ordering::Relaxed) {
            return ReadinessStatus::Draining;
        }
        let Some(store) = store else { return ReadinessStatus::Ready };
        // Whoever asks meanwhile waits here for the same answer.
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
