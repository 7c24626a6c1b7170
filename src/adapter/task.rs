//! A future that is cancelled when its owner is dropped ([`Task`]).

use std::future::Future;

use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;

/// A running future. Dropping the task drops the future and everything that it holds, such as a camera that is about to
/// open.
#[derive(Debug)]
#[must_use = "the future ends when the task is dropped"]
pub struct Task(AbortHandle);

impl Task {
    /// Starts the future.
    pub fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let (future, handle) = abortable(future);
        spawn_local(async move {
            // The only error is that the owner was dropped.
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
