//! Which connections are idle ([`Activity`], [`Connections`]), and the time limit for answers ([`Observed`]).
//!
//! A connection is idle while no request on it is running and everything that was written is with the operating system.
//! It may wait for its first request, or for the next. If there are too many connections, the longest idle one is
//! closed. Otherwise a few clients that open many and send nothing would keep out everybody. If one address has too many,
//! its own longest idle one is closed, so that one client behind a shared address can't keep out the others there.

use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

use crate::limits::bucket::Bucket;
use crate::limits::connections::ConnectionGuard;

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

/// Bits of [`State::phase`]: a request is running, an answer is not sent yet, the connection is closing.
const RUNNING: u8 = 1;
const UNSENT: u8 = 2;
const CLOSING: u8 = 4;

#[derive(Debug)]
struct State {
    /// Zero while the connection is idle.
    phase: AtomicU8,
    /// When it became idle, in nanoseconds after [`Open::started`]. Milliseconds would not tell which is the oldest.
    idle_since: AtomicU64,
    /// The connection as counted for its address.
    counted: Mutex<Option<ConnectionGuard>>,
    address: Option<Bucket<'static>>,
    closing: Notify,
    /// Whether something was read after the last answer.
    has_read: AtomicBool,
}

impl State {
    fn is_idle(&self) -> bool {
        self.phase.load(Ordering::Acquire) == 0
    }

    fn is_closing(&self) -> bool {
        self.phase.load(Ordering::Acquire) & CLOSING != 0
    }

    /// Asks the connection to close, unless it is not idle any more. It then no longer counts for its address.
    fn close(&self) -> bool {
        let closes = self.phase.compare_exchange(0, CLOSING, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if closes {
            drop(self.counted.lock().unwrap_or_else(PoisonError::into_inner).take());
            self.closing.notify_one();
        }
        closes
    }
}

impl Default for Open {
    fn default() -> Self {
        Self { started: Instant::now(), next: AtomicU64::default(), all: Mutex::default(), idle: Notify::new() }
    }
}

impl Connections {
    /// Adds a new connection, which is idle and counted for its address.
    pub(super) fn add(&self, counted: ConnectionGuard) -> Activity {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(State {
            phase: AtomicU8::new(0),
            idle_since: AtomicU64::default(),
            address: counted.bucket(),
            counted: Mutex::new(Some(counted)),
            closing: Notify::new(),
            has_read: AtomicBool::new(false),
        });
        let activity = Activity { id, open: Arc::clone(&self.0), state };
        activity.now_idle();
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&activity.state));
        activity
    }

    /// Asks the connection that has been idle longest to close, unless one is closing already. Returns `false` if none is
    /// idle.
    pub(super) fn close_oldest_idle(&self) -> bool {
        let all = self.0.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().any(|state| state.is_closing()) || close_oldest(&all, |_| true)
    }

    /// Asks the connection of this address that has been idle longest to close. It no longer counts for the address then.
    /// Returns `false` if none is idle.
    pub(super) fn close_oldest_idle_of(&self, address: Bucket<'static>) -> bool {
        let all = self.0.all.lock().unwrap_or_else(PoisonError::into_inner);
        close_oldest(&all, |state| state.address == Some(address))
    }

    /// Waits until a connection becomes idle.
    pub(super) async fn one_is_idle(&self) {
        self.0.idle.notified().await;
    }
}

/// Closes the longest idle one of some connections. Returns `false` if none of them is idle.
fn close_oldest(all: &HashMap<u64, Arc<State>>, choose: impl Fn(&State) -> bool) -> bool {
    loop {
        let idle = all.values().filter(|state| state.is_idle() && choose(state));
        match idle.min_by_key(|state| state.idle_since.load(Ordering::Relaxed)) {
            None => return false,
            Some(oldest) if oldest.close() => return true,
            // A request has just begun on it.
            Some(_) => {}
        }
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
    /// Marks the connection as busy until the guard is dropped: a request is running. Returns `None` if the connection is
    /// closing. The request must not run then, because nobody would get its answer.
    pub(super) fn request(self: &Arc<Self>) -> Option<Running> {
        let before = self.state.phase.fetch_or(RUNNING, Ordering::AcqRel);
        (before & CLOSING == 0).then(|| Running(Arc::clone(self)))
    }

    /// Waits until the connection should close. No request is running then, and none will.
    pub(super) async fn closed(&self) {
        self.state.closing.notified().await;
    }

    /// Waits until the connection has been idle for a time, and nothing of a next request has been read.
    pub(super) async fn quiet(&self, time: Duration) {
        let mut left = time;
        while left > Duration::ZERO {
            sleep(left).await;
            let is_quiet = self.state.is_idle() && !self.state.has_read.load(Ordering::Relaxed);
            let since = Duration::from_nanos(self.state.idle_since.load(Ordering::Relaxed));
            let idle = self.open.started.elapsed().saturating_sub(since);
            left = if is_quiet { time.saturating_sub(idle) } else { time };
        }
    }

    fn now_idle(&self) {
        let now = u64::try_from(self.open.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
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
        self.0.state.phase.fetch_and(!RUNNING, Ordering::AcqRel);
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
    /// What is read before anything of the stream.
    again: Bytes,
}

impl<S> Observed<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>, limit: Duration) -> Self {
        Self { stream, activity, limit, deadline: None, flushed: true, again: Bytes::new() }
    }

    pub(super) fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Gives back what was read and not used. Returns whether there is anything.
    pub(super) fn read_again(&mut self, bytes: Bytes) -> bool {
        self.again = bytes;
        !self.again.is_empty()
    }

    /// Begins to send, and fails after the deadline.
    fn begin(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        self.flushed = false;
        self.activity.state.phase.fetch_or(UNSENT, Ordering::AcqRel);
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
        if !self.again.is_empty() {
            self.activity.state.has_read.store(true, Ordering::Relaxed);
            let length = self.again.len().min(buffer.remaining());
            buffer.put_slice(&self.again.split_to(length));
            return Poll::Ready(Ok(()));
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_ready() {
            self.activity.state.has_read.store(true, Ordering::Relaxed);
        } else if self.flushed && self.deadline.take().is_some() {
            self.activity.state.has_read.store(false, Ordering::Relaxed);
            self.activity.state.phase.fetch_and(!UNSENT, Ordering::AcqRel);
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

    use super::{Activity, Connections};
    use crate::limits::client_address::TrustedProxies;
    use crate::limits::connections::ConnectionCounts;

    async fn is_closed(activity: &Activity) -> bool {
        timeout(Duration::from_millis(1), activity.closed()).await.is_ok()
    }

    fn counts(limit: usize) -> ConnectionCounts {
        ConnectionCounts::new(limit, TrustedProxies::default())
    }

    #[tokio::test]
    async fn the_connection_that_is_idle_longest_is_closed() {
        let (connections, counts) = (Connections::default(), counts(9));
        let add = || Arc::new(connections.add(counts.enter("192.0.2.1".parse().unwrap()).unwrap()));
        let [first, second, third] = [(); 3].map(|()| add());
        let running = first.request().unwrap();
        sleep(Duration::from_millis(10)).await;
        drop(second.request());
        assert!(connections.close_oldest_idle());
        assert!(connections.close_oldest_idle(), "one is closing already");
        assert!(is_closed(&third).await && !is_closed(&first).await && !is_closed(&second).await);
        drop(third);
        assert!(connections.close_oldest_idle());
        assert!(is_closed(&second).await);
        drop(second);
        assert!(!connections.close_oldest_idle(), "a request is running on the last one");
        drop(running);
        assert!(connections.close_oldest_idle());
        // A request that arrives at this moment would get no answer.
        assert!(first.request().is_none());
        assert!(is_closed(&first).await);
    }

    #[tokio::test]
    async fn an_address_makes_room_with_its_own_connections_only() {
        let (connections, counts) = (Connections::default(), counts(2));
        let (own, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let add = |address| counts.enter(address).map(|counted| Arc::new(connections.add(counted)));
        let foreign = add(other).unwrap();
        sleep(Duration::from_millis(10)).await;
        let [first, second] = [(); 2].map(|()| add(own).unwrap());
        let running = [first.request(), second.request()];
        let bucket = super::Bucket::of(own);
        assert!(!connections.close_oldest_idle_of(bucket), "both are busy");
        drop(running);
        assert!(connections.close_oldest_idle_of(bucket));
        let closed = [is_closed(&first).await, is_closed(&second).await];
        assert_eq!(closed.iter().filter(|&&closed| closed).count(), 1);
        // It counts no more, although its task has not ended yet. So there is room for one, and not for two.
        let third = add(own).unwrap();
        assert!(add(own).is_none());
        drop((first, second, third));
        assert!(!is_closed(&foreign).await);
        assert_eq!([(); 3].map(|()| counts.enter(own).is_some()), [true; 3], "a guard that was dropped counts no more");
    }
}
