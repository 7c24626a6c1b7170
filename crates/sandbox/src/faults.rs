//! Deliberate network faults for tests ([`Faults`], [`Fault`], [`FaultyListener`]).
//!
//! They act on the bytes of a connection, below HTTP, so that the peer sees a bad network: a connection that stalls, or
//! one that is reset in the middle of an upload.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};

use crate::lock::lock;

/// What a fault does to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing is read until the fault is over, so there is neither progress nor an answer.
    Stall,
    /// The connection is closed.
    Drop,
}

#[derive(Clone, Copy, Debug)]
struct Active {
    fault: Fault,
    until: Instant,
    after_bytes: u64,
}

/// The active fault, if any; shared by the listener and the test controls.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Option<Active>>>);

impl Faults {
    /// Activates a fault for some time and replaces the one before. It affects each connection after the first
    /// `after_bytes` bytes from the peer, headers included.
    pub fn set(&self, fault: Fault, lasts: Duration, after_bytes: u64) {
        let active = Active { fault, until: Instant::now() + lasts, after_bytes };
        *lock(&self.0) = Some(active);
    }

    /// Ends the fault. A connection that is stalled already resumes only when its time is over.
    pub fn clear(&self) {
        *lock(&self.0) = None;
    }

    /// Returns the fault that affects a connection after `carried` bytes.
    fn active_after(&self, carried: u64) -> Option<Active> {
        let active = *lock(&self.0);
        active.filter(|active| carried >= active.after_bytes && Instant::now() < active.until)
    }
}

/// A listener that applies the faults to its connections.
#[derive(Debug)]
pub struct FaultyListener {
    inner: TcpListener,
    faults: Faults,
}

impl FaultyListener {
    /// Wraps a listener.
    #[must_use]
    pub fn new(inner: TcpListener, faults: Faults) -> Self {
        Self { inner, faults }
    }
}

impl Listener for FaultyListener {
    type Io = FaultyStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (inner, address) = Listener::accept(&mut self.inner).await;
        (FaultyStream { inner, faults: self.faults.clone(), carried: 0, stalled: None, dropped: false }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.inner.local_addr()
    }
}

/// A connection that the faults apply to.
#[derive(Debug)]
pub struct FaultyStream {
    inner: TcpStream,
    faults: Faults,
    carried: u64,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether a fault closed the connection: then no answer may be written either.
    dropped: bool,
}

impl AsyncRead for FaultyStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Some(sleep) = &mut this.stalled {
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            this.stalled = None;
        }
        match this.faults.active_after(this.carried) {
            Some(Active { fault: Fault::Drop, .. }) => {
                this.dropped = true;
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            Some(Active { fault: Fault::Stall, until, .. }) => {
                let mut sleep = Box::pin(tokio::time::sleep_until(until));
                // Polling registers the waker. If the sleep is over already, wake the task, and the next call reads on.
                if sleep.as_mut().poll(cx).is_ready() {
                    cx.waker().wake_by_ref();
                }
                this.stalled = Some(sleep);
                return Poll::Pending;
            }
            None => {}
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut this.inner).poll_read(cx, buf);
        this.carried += (buf.filled().len() - before) as u64;
        read
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.dropped {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
