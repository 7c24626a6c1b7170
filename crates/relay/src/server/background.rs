//! Background tasks ([`Background`]): delivery of webhooks, expiry and deletion of sessions, and the
//! audit trail.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::session::{Sessions, audit, expiry};
use crate::webhook::worker;

/// Pause before a task that panicked is restarted.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The background tasks. Dropping it stops them.
#[derive(Debug)]
#[must_use]
pub struct Background(#[allow(dead_code, reason = "dropping it would stop the tasks")] JoinSet<()>);

impl Background {
    /// Starts the tasks.
    pub fn start(sessions: &Arc<Sessions>) -> Self {
        let mut tasks = JoinSet::new();
        let (outbox, sessions) = (Arc::clone(sessions.outbox()), Arc::clone(sessions));
        tasks.spawn(restart_on_panic("webhooks", move || worker::run(Arc::clone(&outbox))));
        let audited = Arc::clone(&sessions);
        tasks.spawn(restart_on_panic("audit", move || audit::run(Arc::clone(&audited))));
        tasks.spawn(restart_on_panic("sweep", move || expiry::run(Arc::clone(&sessions))));
        Self(tasks)
    }
}

/// Runs a task to its end, and restarts it after a panic. Otherwise webhooks would stop without anyone noticing.
async fn restart_on_panic<F>(task: &'static str, start: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        // A `JoinSet` stops the inner task when the outer one is dropped.
        let mut running = JoinSet::new();
        running.spawn(start());
        match running.join_next().await {
            Some(Err(error)) if error.is_panic() => {
                tracing::error!(task, "a background task panicked; restarting it");
                tokio::time::sleep(RESTART_PAUSE).await;
            }
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::restart_on_panic;

    #[tokio::test]
    async fn a_task_is_restarted_after_a_panic() {
        let starts = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&starts);
        restart_on_panic("test", move || {
            let first = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move { assert!(!first, "the first run panics") }
        })
        .await;
        assert_eq!(starts.load(Ordering::Relaxed), 2);
    }
}
