//! Work that outlives its request ([`Tasks`]): a caller that hangs up must not cut a call that the vendor may bill.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// The tasks that run; a clone shares them.
#[derive(Clone, Debug)]
pub struct Tasks(Arc<watch::Sender<usize>>);

impl Default for Tasks {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

/// One task's place in the count.
struct Running(Arc<watch::Sender<usize>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Tasks {
    /// Runs a task to its end, whether or not somebody waits for it.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.0.send_modify(|count| *count += 1);
        let running = Running(Arc::clone(&self.0));
        let work = async move {
            let _running = running;
            work.await
        };
        tokio::spawn(work.in_current_span())
    }

    /// Waits until none runs.
    pub async fn ended(&self) {
        // It fails only when the sender has gone, which `self` holds.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}
