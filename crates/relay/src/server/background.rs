//! What runs beside the requests ([`Background`]): the delivery of webhooks, and what time does to sessions.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::session::{Sessions, expiry};
use crate::webhook::worker;

/// Pause before a task that has panicked is started again.
const PAUSE: Duration = Duration::from_secs(1);

/// The tasks beside the requests. They end when it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Background(#[allow(dead_code, reason = "held, so that its tasks go on")] JoinSet<()>);

impl Background {
    /// Starts them.
    pub fn start(sessions: &Arc<Sessions>) -> Self {
        let mut tasks = JoinSet::new();
        let (outbox, sessions) = (Arc::clone(sessions.outbox()), Arc::clone(sessions));
        tasks.spawn(restart_on_panic("webhooks", move || worker::run(Arc::clone(&outbox))));
        tasks.spawn(restart_on_panic("sweep", move || expiry::run(Arc::clone(&sessions))));
        Self(tasks)
    }
}

/// Runs a task to its end, and again when it has panicked: nobody would notice that webhooks are sent no more.
async fn restart_on_panic<F>(task: &'static str, start: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        // In a set of its own, so that it ends with this one.
        let mut running = JoinSet::new();
        running.spawn(start());
        match running.join_next().await {
            Some(Err(error)) if error.is_panic() => {
                tracing::error!(task, "a task has panicked and is started again");
                tokio::time::sleep(PAUSE).await;
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
    async fn a_task_that_panics_is_started_again() {
        let starts = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&starts);
        restart_on_panic("test", move || {
            let first = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move { assert!(!first, "the first time") }
        })
        .await;
        assert_eq!(starts.load(Ordering::Relaxed), 2);
    }
}
