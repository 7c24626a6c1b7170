//! The client for calls that are many ([`CallClient`]). For each request, reqwest parses the URL twice, and passes its layers
//! for redirects and retries, which the relay does not use. That took a sixth of the instructions of a link call.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use http::header::{HeaderMap, USER_AGENT};
use http::{Method, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connector::{Connector, PRODUCT};
use super::error::ClientError;
use super::route::Route;
use super::tls;

/// The times and rules of a [`CallClient`].
#[derive(Clone, Copy, Debug)]
pub struct CallSettings {
    /// Whether plain HTTP is forbidden.
    pub https_only: bool,
    /// Longest wait for a connection, with proxy and TLS.
    pub connect_timeout: Duration,
    /// How long an idle connection is kept.
    pub idle_timeout: Duration,
}

/// Sends calls over connections that it keeps. It follows no redirect, and takes no proxy from the environment. It sends a
/// request again only if the server had closed the connection before anything was sent. Clones share the connections.
#[derive(Clone)]
pub struct CallClient(Client<Connector, Full<Bytes>>);

impl CallClient {
    /// Builds the client without sending anything yet.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn build(purpose: &'static str, route: &Route<'_>, settings: CallSettings) -> Result<Self, ClientError> {
        let tls = tls::config(purpose, route)?;
        let connector = Connector::new(tls, route.matcher(), settings.https_only, settings.connect_timeout);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_timeout)
            .build(connector);
        Ok(Self(client))
    }

    /// Sends a `POST` and waits for the head of the answer.
    ///
    /// # Errors
    /// If it can't connect, or the connection breaks.
    pub async fn post(&self, url: Uri, headers: HeaderMap, body: Vec<u8>) -> Result<Response<Incoming>, Error> {
        let mut request = Request::new(Full::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url;
        *request.headers_mut() = headers;
        request.headers_mut().insert(USER_AGENT, PRODUCT);
        self.0.request(request).await
    }
}

impl fmt::Debug for CallClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallClient").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use http::{HeaderMap, StatusCode, Uri};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::{CallClient, CallSettings};
    use crate::http_client::route::Route;

    fn client(https_only: bool) -> CallClient {
        let time = Duration::from_millis(100);
        let settings = CallSettings { https_only, connect_timeout: time, idle_timeout: time };
        CallClient::build("a test", &Route::default(), settings).unwrap()
    }

    #[tokio::test]
    async fn a_call_names_the_relay_and_follows_no_redirect() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/calls", listener.local_addr().unwrap()).parse().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut seen, mut bytes) = (String::new(), [0; 1_024]);
            while !seen.ends_with("{}") {
                let length = stream.read(&mut bytes).await.unwrap();
                seen.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
            }
            stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            seen
        });
        let answer = client(false).post(url, HeaderMap::new(), b"{}".to_vec()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND);
        let seen = server.await.unwrap();
        assert!(seen.starts_with("POST /calls HTTP/1.1\r\n"), "{seen}");
        for header in ["user-agent: akiba-relay/", "content-length: 2\r\n", "host: 127.0.0.1:"] {
            assert!(seen.contains(header), "{seen}");
        }
    }

    #[tokio::test]
    async fn a_request_that_was_sent_on_a_kept_connection_is_not_sent_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Uri = format!("http://{}/calls", listener.local_addr().unwrap()).parse().unwrap();
        // Answers the first request of a connection, reads the second one, and closes.
        let requests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&requests);
        let server = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = [0; 1_024];
                for answer in ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", ""] {
                    let mut text = String::new();
                    while !text.ends_with("{}") {
                        let length = stream.read(&mut bytes).await.unwrap();
                        text.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
                    }
                    seen.fetch_add(1, Ordering::SeqCst);
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        let client = client(false);
        let post = async || client.post(url.clone(), HeaderMap::new(), b"{}".to_vec()).await;
        assert_eq!(post().await.unwrap().status(), StatusCode::OK);
        let error = post().await.unwrap_err();
        assert!(!error.is_connect(), "the server may have done the work: {error:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(requests.load(Ordering::SeqCst), 2);
        server.abort();
    }

    #[tokio::test]
    async fn plain_http_fails_where_it_is_forbidden() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let error = client(true).post(url, HeaderMap::new(), Vec::new()).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
    }

    #[tokio::test]
    async fn a_connection_includes_tls_in_its_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
        let error = client(true).post(url, HeaderMap::new(), Vec::new()).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        assert_eq!(error.source().unwrap().to_string(), "operation timed out");
    }
}
