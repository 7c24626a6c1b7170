//! Connects a [`CallClient`](super::CallClient) to its server ([`Connector`]), directly or through the proxy of its route.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderValue, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::Service;

/// What the clients call themselves.
pub(super) const PRODUCT: HeaderValue = HeaderValue::from_static(concat!("akiba-relay/", env!("CARGO_PKG_VERSION")));

/// Probes of an idle connection, and the longest wait for a server that confirms nothing of what was sent.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 3;
const UNCONFIRMED: Duration = Duration::from_secs(30);

type Fault = Box<dyn Error + Send + Sync>;
type Connecting<S> = Pin<Box<dyn Future<Output = Result<S, Fault>> + Send>>;
/// TCP, or TLS to a proxy.
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Connects within a time: through the proxy, if the route has one for the URL, then TLS, if the URL is `https`.
#[derive(Clone)]
pub(super) struct Connector {
    tls: HttpsConnector<Way>,
    timeout: Duration,
}

/// The way to the server, below its TLS.
#[derive(Clone)]
struct Way {
    tcp: HttpConnector,
    proxy: Option<Arc<Matcher>>,
    proxy_tls: Arc<ClientConfig>,
}

impl Connector {
    pub(super) fn new(tls: ClientConfig, proxy: Option<Matcher>, https_only: bool, timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(timeout));
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_PROBES));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNCONFIRMED));
        let mut proxy_tls = tls.clone();
        proxy_tls.alpn_protocols.clear();
        let way = Way { tcp, proxy: proxy.map(Arc::new), proxy_tls: Arc::new(proxy_tls) };
        let mut tls = HttpsConnector::from((way, tls));
        if https_only {
            tls.enforce_https();
        }
        Self { tls, timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Stream>;
    type Error = Fault;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.tls.poll_ready(cx)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connecting = timeout(self.timeout, self.tls.call(target));
        Box::pin(async move {
            connecting.await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "operation timed out"))?
        })
    }
}

impl Service<Uri> for Way {
    type Response = Stream;
    type Error = Fault;
    type Future = Connecting<Stream>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let Some(proxy) = self.proxy.as_ref().and_then(|proxy| proxy.intercept(&target)) else {
            let connecting = self.tcp.call(target);
            return Box::pin(async move { Ok(Stream::Http(connecting.await?)) });
        };
        let to_proxy = HttpsConnector::from((self.tcp.clone(), Arc::clone(&self.proxy_tls)));
        let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
        if let Some(password) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(password.clone());
        }
        let mut tunnel = tunnel.with_headers([(USER_AGENT, PRODUCT)].into_iter().collect());
        let connecting = tunnel.call(target);
        Box::pin(async move { Ok(connecting.await?) })
    }
}
