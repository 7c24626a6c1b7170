//! The one way to wait: ask again until something has happened, and fail with its name if it never does.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

/// How long a test waits for something that must happen: enough for a slow machine with other work.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a call reaches a vendor that reports its connections.
pub(crate) async fn reached(vendor: &mut UnboundedReceiver<()>) {
    let reached = tokio::time::timeout(PATIENCE, vendor.recv()).await;
    assert_eq!(reached, Ok(Some(())), "no call reaches the vendor");
}

/// Waits until the condition is true. Fails with `what` after [`PATIENCE`].
pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    until_within(PATIENCE, what, condition).await;
}

/// Waits until the condition is true. Fails with `what` after this time.
pub(crate) async fn until_within(limit: Duration, what: &str, condition: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < limit, "{what}: not after {limit:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
