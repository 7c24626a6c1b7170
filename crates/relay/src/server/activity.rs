//! Which connections are idle ([`Activity`], [`Connections`]), and the time limit for answers ([`Observed`]).
//!
//! A connection is idle while no request on it is running and everything that was written is with the operating system.
//! It may wait for its first request, or for the next. If there are too many connections, the longest idle one is
//! closed. Otherwise a few clients that open many and send nothing would keep out everybody.

use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

/// All open connections of a listener. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections(Arc<Open>);

#[derive(Debug)]
struct Open {
    started: Instant,
    next: AtomicU64,
    all: Mutex<HashMap<u64, Arc<State>>>,
    /// Notified when a connection becomes idle.
    idle: Notify,
}

#[derive(Debug, Default)]
struct State {
    running: AtomicBool,
    unsent: AtomicBool,
    /// When it became idle, in milliseconds after [`Open::started`].
    idle_since: AtomicU64,
    closing: Notify,
}

impl State {
    fn is_idle(&self) -> bool {
        !self.running.load(Ordering::Acquire) && !self.unsent.load(Ordering::Acquire)
    }
}

impl Default for Open {
    fn default() -> Self {
        Self { started: Instant::now(), next: AtomicU64::default(), all: Mutex::default(), idle: Notify::new() }
    }
}

impl Connections {
    /// Adds a new connection, which is idle.
    pub(super) fn add(&self) -> Activity {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let activity = Activity { id, open: Arc::clone(&self.0), state: Arc::default() };
        activity.now_idle();
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&activity.state));
        activity
    }

    /// Asks the connection that has been idle longest to close. Returns `false` if none is idle.
    pub(super) fn close_oldest_idle(&self) -> bool {
        let all = self.0.all.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = all.values().filter(|state| state.is_idle());
        let oldest = idle.min_by_key(|state| state.idle_since.load(Ordering::Relaxed));
        oldest.inspect(|state| state.closing.notify_one()).is_some()
    }

    /// Waits until a connection becomes idle.
    pub(super) async fn one_is_idle(&self) {
        self.0.idle.notified().await;
    }
}

/// What one connection does. Dropping it removes the connection.
#[derive(Debug)]
pub(super) struct Activity {
    id: u64,
    open: Arc<Open>,
    state: Arc<State>,
}

impl Activity {
    /// Marks the connection as busy until the guard is dropped: a request is running.
    pub(super) fn request(self: &Arc<Self>) -> Running {
        self.state.running.store(true, Ordering::Release);
        Running(Arc::clone(self))
    }

    /// Waits until the connection should close. It is still idle then.
    pub(super) async fn closed(&self) {
        loop {
            self.state.closing.notified().await;
            if self.state.is_idle() {
                return;
            }
        }
    }

    fn now_idle(&self) {
        let now = u64::try_from(self.open.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.state.idle_since.store(now, Ordering::Relaxed);
        self.open.idle.notify_one();
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.open.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// A running request.
#[derive(Debug)]
#[must_use]
pub(super) struct Running(Arc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.state.running.store(false, Ordering::Release);
        self.0.now_idle();
    }
}

/// A stream that records whether everything is sent, and fails if that takes too long in total. A client that reads
/// slowly but steadily is below every limit of a single write. The time begins with the first byte of an answer. It ends
/// when all answers are with the operating system and the relay waits for the client.
pub(super) struct Observed<S> {
    stream: S,
    activity: Arc<Activity>,
    limit: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
    flushed: bool,
}

impl<S> Observed<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>, limit: Duration) -> Self {
        Self { stream, activity, limit, deadline: None, flushed: true }
    }

    /// Begins to send, and fails after the deadline.
    fn begin(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        self.flushed = false;
        self.activity.state.unsent.store(true, Ordering::Release);
        let limit = self.limit;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client reads its answer too slowly")),
            Poll::Pending => Ok(()),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Observed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.begin(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.begin(cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.flushed = true;
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Observed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_pending() && self.flushed && self.deadline.take().is_some() {
            self.activity.state.unsent.store(false, Ordering::Release);
            self.activity.now_idle();
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::Connections;

    async fn is_closed(activity: &super::Activity) -> bool {
        timeout(Duration::from_millis(1), activity.closed()).await.is_ok()
    }

    #[tokio::test]
    async fn the_connection_that_is_idle_longest_is_closed() {
        let connections = Connections::default();
        let [first, second, third] = [(); 3].map(|()| Arc::new(connections.add()));
        let running = first.request();
        sleep(Duration::from_millis(10)).await;
        drop(second.request());
        assert!(connections.close_oldest_idle());
        assert!(is_closed(&third).await && !is_closed(&first).await && !is_closed(&second).await);
        drop(third);
        assert!(connections.close_oldest_idle());
        assert!(is_closed(&second).await);
        drop(second);
        assert!(!connections.close_oldest_idle(), "a request is running on the last one");
        drop(running);
        assert!(connections.close_oldest_idle());
        // A request has begun in the meantime.
        let _running = first.request();
        assert!(!is_closed(&first).await);
    }
}
