//! The accept loop ([`serve`], [`ConnectionLimits`]). It is our own because `axum::serve` sets no limit on how long a
//! client may take over its headers, nor on the number of connections.
//!
//! - [`settings`]: what the operator sets.
//! - [`tls`]: the relay's own TLS.
//! - [`shutdown`]: the signals that end the service.
//! - [`background`]: what runs beside the requests.

pub mod background;
pub mod settings;
pub mod shutdown;
pub mod tls;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

use self::settings::ServerSettings;
use self::tls::Tls;
use crate::limits::client_address::{Peer, TrustedProxies};
use crate::limits::connections::ConnectionCounts;
use crate::limits::settings::LimitSettings;
use crate::telemetry::metrics::metrics;

/// Bytes of a request's head that are held. The relay's calls need a few hundred; browsers send up to a few thousand.
const MAX_HEAD_BYTES: usize = 16_384;

/// Pause after an `accept` that failed for want of file descriptors or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// What a connection may take.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Longest wait for a request's headers, and longest idle time.
    pub header_timeout: Duration,
    /// Longest wait for a client that does not read its answer.
    pub write_timeout: Duration,
    /// Most open connections of one address; further ones are closed.
    pub connections_of_address: ConnectionCounts,
    /// Most open connections; further ones wait in the system's queue.
    pub max_connections: usize,
    /// Longest wait for running requests at the end.
    pub drain_timeout: Duration,
    /// Whose connections these are, for the metrics.
    pub listener: &'static str,
}

/// Most open connections of the operator. What it asks is small and answered at once.
const ADMIN_CONNECTIONS: usize = 32;

impl ConnectionLimits {
    /// The limits that the settings name, for the service's listener.
    #[must_use]
    pub fn new(settings: &ServerSettings, limits: &LimitSettings) -> Self {
        Self {
            header_timeout: settings.header_timeout,
            write_timeout: settings.write_timeout,
            connections_of_address: ConnectionCounts::new(
                limits.max_connections_address.get(),
                TrustedProxies::new(&limits.trusted_proxy),
            ),
            max_connections: settings.max_connections.get(),
            drain_timeout: settings.drain_timeout,
            listener: "service",
        }
    }

    /// The same for the operator's listener.
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
    /// Every request got its answer.
    Whole,
    /// Connections were cut while requests still ran.
    Cut,
}

/// Serves `app` on `listener` (HTTP/1.1) until `shutdown` is ready, then lets running requests end. Dropped before its
/// end, it cuts every connection.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    serve_tls(listener, None, app, limits, shutdown).await
}

/// The same, over TLS if it is there.
pub async fn serve_tls(
    listener: TcpListener,
    tls: Option<&Tls>,
    app: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    let graceful = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(limits.max_connections.min(Semaphore::MAX_PERMITS)));
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = accept(&listener, &permits) => {
                let Some((stream, peer, permit)) = accepted else { continue };
                let Some(counted) = limits.connections_of_address.enter(peer) else {
                    metrics().limited("connections");
                    continue;
                };
                let mut stream = TimeoutStream::new(stream);
                stream.set_write_timeout(Some(limits.write_timeout));
                let held = (permit, counted, metrics().connected(limits.listener));
                let connection = Connection {
                    app: app.clone(),
                    peer,
                    header_timeout: limits.header_timeout,
                    watcher: graceful.watcher(),
                };
                let acceptor = tls.map(|tls| tls.acceptor().clone());
                connections.spawn(async move {
                    let _held = held;
                    let ended = match acceptor {
                        Some(acceptor) => {
                            match timeout(connection.header_timeout, acceptor.accept(Box::pin(stream))).await {
                                Ok(Ok(stream)) => connection.serve(stream).await,
                                Ok(Err(error)) => return tracing::debug!(%error, "TLS"),
                                Err(_) => return tracing::debug!("TLS took too long"),
                            }
                        }
                        None => connection.serve(Box::pin(stream)).await,
                    };
                    if let Err(error) = ended {
                        tracing::debug!(%error, "connection");
                    }
                });
            }
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    match timeout(limits.drain_timeout, graceful.shutdown()).await {
        Ok(()) => Drained::Whole,
        Err(_) => Drained::Cut,
    }
}

/// One connection, from its handshake on.
struct Connection {
    app: Router,
    peer: IpAddr,
    header_timeout: Duration,
    watcher: Watcher,
}

impl Connection {
    /// Answers its requests.
    async fn serve<S>(self, stream: S) -> Result<(), hyper::Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { app, peer, header_timeout, watcher } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            // A router is always ready.
            app.clone().call(request.map(Body::new))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        watcher.watch(connection).await
    }
}

/// Waits for a free permit and a connection; `None` when the connection was lost before it was taken.
async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Option<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are small and whole: waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            Some((stream, peer.ip(), permit))
        }
        Err(error) => {
            if !is_connection_error(&error) {
                tracing::error!(%error, "accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}

fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
