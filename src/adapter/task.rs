//! A future that runs by itself and ends when its owner does ([`Task`]).

use std::future::Future;

use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;

/// A running future. Dropping this drops the future, and with it whatever the future held: a camera that was about to
/// open, a request.
#[derive(Debug)]
#[must_use = "the future ends when the task is dropped"]
pub struct Task(AbortHandle);

impl Task {
    /// Starts the future.
    pub fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let (future, handle) = abortable(future);
        spawn_local(async move {
            // The only error is that the owner gave up.
            let _ = future.await;
        });
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
