//! Whether this relay is to be sent callers ([`Readiness`]): not while it drains, and not while its database is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::Store;

/// How long the database's answer holds: anyone may ask, and it should not be asked for each.
const HOLDS: Duration = Duration::from_secs(1);

/// Longest wait for the database; who asks whether a relay is ready waits a second or two.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether this relay is to be sent callers. A clone shares it.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// How a relay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
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
    pub async fn standing(&self, store: Option<&Store>) -> Standing {
        if self.draining.load(Ordering::Relaxed) {
            return Standing::Draining;
        }
        let Some(store) = store else { return Standing::Ready };
        // Whoever asks meanwhile waits here for the same answer.
        let mut last = self.last.lock().await;
        let answers = match *last {
            Some((asked, answers)) if asked.elapsed() < HOLDS => answers,
            _ => {
                let answers = tokio::time::timeout(PATIENCE, store.ping()).await.is_ok_and(|answer| answer.is_ok());
                *last = Some((Instant::now(), answers));
                answers
            }
        };
        if answers { Standing::Ready } else { Standing::NoDatabase }
    }
}
