//! Serves one connection ([`Connection`]). hyper keeps two buffers of 8 kB and more for each connection, also while that
//! waits for its next request. So a connection that is quiet for [`KEEP`] gives them back: its stream waits alone, and gets
//! a new hyper connection with its next request. Over TLS it keeps them, as TLS may have read a part of that request.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::Service;

use super::activity::{Activity, Observed};
use crate::limits::client_address::Peer;

/// How long a connection without a request keeps its buffers. The next call of a page that takes a photo comes later.
const KEEP: Duration = Duration::from_millis(50);

/// Largest request head, in bytes. The relay's calls need a few hundred; browsers send up to a few thousand.
const MAX_HEAD_BYTES: usize = 16_384;

/// A connection as the operating system gives it.
pub(super) type PlainStream = Observed<Pin<Box<TimeoutStream<TcpStream>>>>;

/// One accepted connection.
pub(super) struct Connection {
    pub(super) app: Router,
    pub(super) peer: IpAddr,
    pub(super) header_timeout: Duration,
    /// Tells when the service ends. Then the connection closes after the request that is running.
    pub(super) ending: watch::Receiver<()>,
    pub(super) activity: Arc<Activity>,
}

impl Connection {
    /// Serves a connection, after the TLS handshake if there is TLS.
    pub(super) async fn run(self, acceptor: Option<TlsAcceptor>, stream: PlainStream) {
        match acceptor {
            // Apart: a task is as large as its largest part, and without TLS nobody needs this one.
            Some(acceptor) => Box::pin(self.run_tls(acceptor, stream)).await,
            None => self.run_plain(stream).await,
        }
    }

    async fn run_tls(mut self, acceptor: TlsAcceptor, stream: PlainStream) {
        let stream = match timeout(self.header_timeout, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => return tracing::debug!("TLS handshake timed out"),
        };
        let mut connection = self.open(stream);
        self.serve(&mut connection, std::future::pending()).await;
    }

    async fn run_plain(mut self, mut stream: PlainStream) {
        loop {
            let mut connection = Box::new(self.open(stream));
            let activity = Arc::clone(&self.activity);
            if !self.serve(&mut connection, activity.quiet(KEEP)).await {
                return;
            }
            let parts = connection.into_parts();
            stream = parts.io.into_inner();
            // A next request that came with the one before.
            if stream.read_again(parts.read_buf) {
                continue;
            }
            tokio::select! {
                readable = timeout(self.header_timeout.saturating_sub(KEEP), stream.get_ref().get_ref().readable()) => {
                    if !matches!(readable, Ok(Ok(()))) {
                        return tracing::debug!("no further request came");
                    }
                }
                _ = self.ending.changed() => return,
            }
        }
    }

    /// Prepares to answer the requests of a stream.
    fn open<S>(&self, stream: S) -> http1::Connection<TokioIo<S>, impl Answering + use<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (app, peer, activity) = (self.app.clone(), self.peer, Arc::clone(&self.activity));
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            let running = activity.request();
            // No `poll_ready` is needed: a router is always ready.
            let answer = running.as_ref().map(|_| app.clone().call(request.map(Body::new)));
            async move {
                let answer = match answer {
                    Some(answer) => answer.await,
                    // The connection is closing, which drops this future.
                    None => std::future::pending().await,
                };
                drop(running);
                answer
            }
        });
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service)
    }

    /// Answers requests. Returns `false` if the connection has closed, and `true` if it is `quiet` before.
    async fn serve<S, A>(
        &mut self,
        connection: &mut http1::Connection<TokioIo<S>, A>,
        quiet: impl Future<Output = ()>,
    ) -> bool
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        A: Answering,
    {
        let mut is_ending = false;
        tokio::pin!(quiet);
        loop {
            tokio::select! {
                biased;
                served = &mut *connection => {
                    if let Err(error) = served {
                        tracing::debug!(%error, "connection failed");
                    }
                    return false;
                }
                _ = self.ending.changed(), if !is_ending => {
                    is_ending = true;
                    Pin::new(&mut *connection).graceful_shutdown();
                }
                () = &mut quiet, if !is_ending => return true,
            }
        }
    }
}

/// What answers the requests of a connection.
trait Answering:
    HttpService<Incoming, ResBody = Body, Error: Into<Box<dyn std::error::Error + Send + Sync>>, Future: Send> + Unpin
{
}

impl<A> Answering for A where
    A: HttpService<Incoming, ResBody = Body, Error: Into<Box<dyn std::error::Error + Send + Sync>>, Future: Send>
        + Unpin
{
}
