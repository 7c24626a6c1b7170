//! The accept loop ([`serve`], [`ConnectionLimits`]). It replaces `axum::serve`, which limits neither the time a client
//! may take to send its headers nor the number of connections.
//!
//! - `activity`: which connections are idle, and the time limit for answers.
//! - `connection`: serves one connection.
//! - [`settings`]: the operator's settings.
//! - [`tls`]: TLS and reloading of the certificate.
//! - [`shutdown`]: the signals that stop the service.
//! - [`background`]: background tasks.
//! - [`reload`]: which secrets and certificates are loaded again.

mod activity;
pub mod background;
mod connection;
pub mod reload;
pub mod settings;
pub mod shutdown;
pub mod tls;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

use self::activity::{Connections, Observed};
use self::connection::Connection;
use self::settings::ServerSettings;
use self::tls::Tls;
use crate::limits::bucket::Bucket;
use crate::limits::client_address::TrustedProxies;
use crate::limits::connections::{ConnectionCounts, ConnectionGuard};
use crate::limits::settings::LimitSettings;
use crate::telemetry::metrics::metrics;

/// Pause after a failed `accept`, which usually means that file descriptors or memory have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// The limits of connections.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Longest wait for a request's headers, and longest idle time of a connection.
    pub header_timeout: Duration,
    /// Longest wait for a client that does not read its answer.
    pub write_timeout: Duration,
    /// Longest time in which a client must read its answer.
    pub answer_timeout: Duration,
    /// Open connections of each address, with their limit. For a further one, the address's connection that has been idle
    /// longest is closed. If none is idle, the new one is.
    pub connections_of_address: ConnectionCounts,
    /// Most open connections. For a further one, the connection that has been idle longest is closed. If none is idle, it
    /// waits.
    pub max_connections: usize,
    /// Longest wait for running requests at shutdown.
    pub drain_timeout: Duration,
    /// The name of the listener in the metrics.
    pub listener: &'static str,
}

/// Most open connections to the operator's listener. Its calls are few and fast.
const ADMIN_CONNECTIONS: usize = 32;

impl ConnectionLimits {
    /// Builds the limits of the service's listener from the settings.
    #[must_use]
    pub fn new(settings: &ServerSettings, limits: &LimitSettings) -> Self {
        Self {
            header_timeout: settings.header_timeout,
            write_timeout: settings.write_timeout,
            answer_timeout: settings.answer_timeout,
            connections_of_address: ConnectionCounts::new(
                limits.max_connections_address.get(),
                TrustedProxies::new(&limits.trusted_proxy),
            ),
            max_connections: settings.max_connections.get(),
            drain_timeout: settings.drain_timeout,
            listener: "service",
        }
    }

    /// Derives the limits of the operator's listener.
    #[must_use]
    pub fn for_admin(&self) -> Self {
        Self {
            max_connections: ADMIN_CONNECTIONS,
            connections_of_address: ConnectionCounts::new(ADMIN_CONNECTIONS, TrustedProxies::new(&[])),
            listener: "admin",
            ..self.clone()
        }
    }
}

/// How a service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Drained {
    /// Every request was answered.
    Whole,
    /// Connections were closed while requests were still running.
    Cut,
}

/// Serves `app` on `listener` (HTTP/1.1) until `shutdown` completes, then waits for running requests. Dropping the
/// future closes every connection at once.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    serve_tls(listener, None, app, limits, shutdown).await
}

/// Serves like [`serve`], over TLS if `tls` is given.
pub async fn serve_tls(
    listener: TcpListener,
    tls: Option<&Tls>,
    app: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    // Each connection has a receiver, so the channel is closed once all have ended.
    let (ending, _) = watch::channel(());
    let mut entrance = Entrance {
        listener: &listener,
        limits: &limits,
        permits: Arc::new(Semaphore::new(limits.max_connections.min(Semaphore::MAX_PERMITS))),
        open: Connections::default(),
        waiting: None,
    };
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            (accepted, permit) = entrance.next() => {
                let activity = Arc::new(entrance.open.add(accepted.address_slot));
                let mut stream = TimeoutStream::new(accepted.stream);
                stream.set_write_timeout(Some(limits.write_timeout));
                let stream = Observed::new(Box::pin(stream), Arc::clone(&activity), limits.answer_timeout);
                let guards = (permit, metrics().connected(limits.listener));
                let connection = Connection {
                    app: app.clone(),
                    peer: accepted.peer,
                    header_timeout: limits.header_timeout,
                    ending: ending.subscribe(),
                    activity: Arc::clone(&activity),
                };
                let acceptor = tls.map(|tls| tls.acceptor().clone());
                connections.spawn(async move {
                    let _guards = guards;
                    tokio::select! {
                        () = connection.run(acceptor, stream) => {}
                        () = activity.closed() => metrics().limited("idle-connections"),
                    }
                });
            }
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop(entrance);
    drop(listener);
    let _ = ending.send(());
    match timeout(limits.drain_timeout, ending.closed()).await {
        Ok(()) => Drained::Whole,
        Err(_) => Drained::Cut,
    }
}

/// A connection that the operating system has accepted.
struct Accepted {
    stream: TcpStream,
    peer: IpAddr,
    address_slot: ConnectionGuard,
}

/// Lets connections in.
struct Entrance<'a> {
    listener: &'a TcpListener,
    limits: &'a ConnectionLimits,
    permits: Arc<Semaphore>,
    open: Connections,
    /// A connection that waits for a permit. It is kept here because the future of [`next`](Self::next) may be dropped.
    waiting: Option<Accepted>,
}

impl Entrance<'_> {
    /// Waits for a connection and a permit.
    async fn next(&mut self) -> (Accepted, OwnedSemaphorePermit) {
        loop {
            if self.waiting.is_none() {
                self.waiting = self.accept().await;
                continue;
            }
            let permit = self.permit().await;
            if let Some((accepted, permit)) = self.waiting.take().zip(permit) {
                return (accepted, permit);
            }
        }
    }

    /// Waits for a connection. Returns `None` if accepting failed, or if its address has too many and none of them is idle.
    async fn accept(&self) -> Option<Accepted> {
        match self.listener.accept().await {
            Ok((stream, peer)) => {
                // Disables Nagle's algorithm: each answer is written at once, so waiting to fill a packet only delays it.
                let _ = stream.set_nodelay(true);
                let peer = peer.ip();
                let counts = &self.limits.connections_of_address;
                let made_room =
                    || self.open.close_oldest_idle_of(Bucket::of(peer)).then(|| counts.enter(peer)).flatten();
                let Some(address_slot) = counts.enter(peer).or_else(made_room) else {
                    metrics().limited("connections");
                    return None;
                };
                Some(Accepted { stream, peer, address_slot })
            }
            Err(error) => {
                if !is_connection_error(&error) {
                    tracing::error!(%error, "can't accept connections");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                None
            }
        }
    }

    /// Waits for a permit. If there is none, closes the connection that has been idle longest, or the next one that becomes
    /// idle.
    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Some(permit);
        }
        let freed = Arc::clone(&self.permits).acquire_owned();
        tokio::pin!(freed);
        loop {
            self.open.close_oldest_idle();
            tokio::select! {
                permit = &mut freed => return permit.ok(),
                () = self.open.one_is_idle() => {}
            }
        }
    }
}

/// Returns whether the error concerns only this connection, which the client has closed already.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
