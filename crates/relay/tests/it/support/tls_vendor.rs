//! A vendor behind TLS, with a self-signed certificate.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::crypto::ring;
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;

use super::{Task, listen};

/// A vendor that answers every request with the same JSON.
pub(crate) struct TlsVendor {
    pub(crate) base: String,
    /// The certificate, as PEM.
    pub(crate) certificate: NamedTempFile,
    _task: Task<()>,
}

impl TlsVendor {
    pub(crate) async fn saying(body: String) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = NamedTempFile::new().unwrap();
        std::fs::write(certificate.path(), made.cert.pem()).unwrap();
        let key = made.signing_key.serialize_der().try_into().unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let app = Router::new().fallback(async move || ([(CONTENT_TYPE, "application/json")], body.clone()));

        let (listener, base) = listen().await;
        let base = base.replace("http://", "https://");
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, app) = (acceptor.clone(), app.clone());
                tokio::spawn(async move {
                    // A client that does not trust the certificate disconnects here.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = TowerToHyperService::new(app);
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { base, certificate, _task: Task::of(task) }
    }
}
