//! The accept loop ([`serve`], [`ConnectionLimits`]). It is our own because `axum::serve` sets no limit on how long a
//! client may take over its headers, nor on the number of connections.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::metrics::metrics;
use crate::settings::Settings;
use crate::tls::Tls;

/// Bytes of a request's head that are held. The relay's calls need a few hundred; browsers send up to a few thousand.
const MAX_HEAD_BYTES: usize = 16_384;

/// Pause after an `accept` that failed for want of file descriptors or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// What a connection may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Longest wait for a request's headers, and longest idle time.
    pub header_timeout: Duration,
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
    /// The same for the operator's listener.
    #[must_use]
    pub fn of_admin(self) -> Self {
        Self { max_connections: ADMIN_CONNECTIONS, listener: "admin", ..self }
    }
}

impl From<&Settings> for ConnectionLimits {
    fn from(settings: &Settings) -> Self {
        Self {
            header_timeout: settings.header_timeout,
            max_connections: settings.max_connections.get(),
            drain_timeout: settings.drain_timeout,
            listener: "service",
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
                let Some((stream, permit)) = accepted else { continue };
                let held = (permit, metrics().connected(limits.listener));
                let (app, watcher) = (app.clone(), graceful.watcher());
                let acceptor = tls.map(|tls| tls.acceptor().clone());
                connections.spawn(async move {
                    let _held = held;
                    let ended = match acceptor {
                        Some(acceptor) => match timeout(limits.header_timeout, acceptor.accept(stream)).await {
                            Ok(Ok(stream)) => converse(stream, app, limits, watcher).await,
                            Ok(Err(error)) => return tracing::debug!(%error, "TLS"),
                            Err(_) => return tracing::debug!("TLS took too long"),
                        },
                        None => converse(stream, app, limits, watcher).await,
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

/// Answers the requests of one connection.
async fn converse<S>(stream: S, app: Router, limits: ConnectionLimits, watcher: Watcher) -> Result<(), hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    watcher.watch(connection).await
}

/// Waits for a free permit and a connection; `None` when the connection was lost before it was taken.
async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are small and whole: waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            Some((stream, permit))
        }
        Err(error) => {
            if !is_of_connection(&error) {
                tracing::error!(%error, "accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
