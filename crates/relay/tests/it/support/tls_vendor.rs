//! A vendor behind TLS, and the certificate authority that certifies it and its callers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::{Task, listen};

/// A private certificate authority.
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self { certificate, issuer: Issuer::new(params, key), folder }
    }

    /// The authority's certificate, as a PEM file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn issue(&self, name: &str) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// Issues a certificate for a client. Returns the PEM files of the certificate and its key.
    pub(crate) fn client(&self) -> [PathBuf; 2] {
        let (certificate, key) = self.issue("relay.test");
        let write = |name: &str, text: String| {
            let path = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        [write("client.pem", certificate.pem()), write("client-key.pem", key.serialize_pem())]
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        roots
    }
}

/// A vendor that answers every request with the same JSON.
pub(crate) struct TlsVendor {
    pub(crate) base: String,
    authority: Authority,
    seen: Arc<Mutex<Vec<String>>>,
    _task: Task<()>,
}

impl TlsVendor {
    pub(crate) async fn saying(body: String) -> Self {
        Self::named("127.0.0.1", None, body).await
    }

    /// A vendor with a certificate for this name. It demands a client certificate of the authority `clients`.
    pub(crate) async fn named(name: &str, clients: Option<&Authority>, body: String) -> Self {
        let authority = Authority::new();
        let (certificate, key) = authority.issue(name);
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = match clients {
            Some(clients) => config.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(clients.roots()), provider).build().unwrap(),
            ),
            None => config.with_no_client_auth(),
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let list = Arc::clone(&seen);
        let app = Router::new().fallback(async move |uri: Uri, _: Bytes| {
            list.lock().unwrap().push(uri.path().to_owned());
            ([(CONTENT_TYPE, "application/json")], body.clone())
        });

        let (listener, base) = listen().await;
        let base = base.replace("http://127.0.0.1", &format!("https://{name}"));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, app) = (acceptor.clone(), app.clone());
                tokio::spawn(async move {
                    // A client that does not trust the certificate disconnects here.
                    let stream = match acceptor.accept(stream).into_fallible().await {
                        Ok(stream) => stream,
                        // Closing with unread data would be a reset, which could overtake the alert.
                        Err((_, mut stream)) => {
                            let _ = stream.shutdown().await;
                            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                            return;
                        }
                    };
                    let service = TowerToHyperService::new(app);
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { base, authority, seen, _task: Task::of(task) }
    }

    /// The certificate of its authority, as a PEM file.
    pub(crate) fn authority(&self) -> PathBuf {
        self.authority.file()
    }

    /// The paths of the requests that it has received so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// A flag that names a file.
pub(crate) fn flag(name: &str, path: &Path) -> String {
    format!("--{name}={}", path.display())
}
