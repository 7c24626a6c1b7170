//! The relay's own TLS ([`Tls`]): versions 1.2 and 1.3, and a certificate that is read again when its files change, so
//! that a renewal needs no restart. HTTP/2 is not offered: a page makes two calls, and what it would save is less than
//! the ways in which it has been abused.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::telemetry::metrics::metrics;

/// Pause between two looks at the files.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Why there is no TLS. Nothing of a key is in it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One file without the other.
    #[error("--tls-cert and --tls-key need each other: give both or neither")]
    Half,
    /// The certificate's file can't be read.
    #[error("--tls-cert: {0}: {1}")]
    Certificate(PathBuf, String),
    /// The key's file can't be read.
    #[error("--tls-key: {0}: {1}")]
    Key(PathBuf, String),
    /// The key is of a kind that is not known, or is not the certificate's.
    #[error("--tls-cert and --tls-key do not belong together: {0}")]
    Pair(rustls::Error),
}

/// What TLS is spoken with; a clone shares it.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
    stamp: Stamp,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads certificate and key, in PEM. `None` where neither is given.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn load(certificate: Option<&PathBuf>, key: Option<&PathBuf>) -> Result<Option<Self>, TlsError> {
        let files = match (certificate, key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => Files { certificate: certificate.clone(), key: key.clone() },
            _ => return Err(TlsError::Half),
        };
        // Before they are read: what changes meanwhile is seen later.
        let stamp = files.stamp();
        let read = files.read()?;
        let certificate = Arc::new(Certificate { files, current: RwLock::new(Arc::new(read)) });
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Pair)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate, stamp }))
    }

    /// What makes connections private.
    #[must_use]
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Reads the files again whenever they have changed, until it is dropped. What can't be used leaves the certificate
    /// as it is, and is tried again with every look: the two files are seldom written at one moment, and a key may be
    /// there before it may be read, which does not change its time.
    pub async fn watch(self) {
        let files = &self.certificate.files;
        let (mut shown, mut failed) = (self.stamp, None);
        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            let stamp = files.stamp();
            if stamp == shown {
                continue;
            }
            match files.read() {
                Ok(read) => {
                    *self.certificate.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
                    (shown, failed) = (stamp, None);
                    metrics().certificate_read("ok");
                    tracing::info!("the certificate was read again");
                }
                // It is told once.
                Err(_) if failed == Some(stamp) => {}
                Err(error) => {
                    failed = Some(stamp);
                    metrics().certificate_read("failed");
                    tracing::error!(%error, "the certificate has changed and can't be used; the old one stays");
                }
            }
        }
    }
}

/// Time and length of both files.
type Stamp = [Option<(SystemTime, u64)>; 2];

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// What tells a file from the one that was there before.
    fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let file = std::fs::metadata(path).ok()?;
            Some((file.modified().ok()?, file.len()))
        })
    }

    fn read(&self) -> Result<CertifiedKey, TlsError> {
        let wrong =
            |why: rustls::pki_types::pem::Error| TlsError::Certificate(self.certificate.clone(), pem_error(&why));
        let chain = CertificateDer::pem_file_iter(&self.certificate).map_err(wrong)?;
        let chain = chain.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        if chain.is_empty() {
            return Err(TlsError::Certificate(self.certificate.clone(), "it holds no certificate in PEM".to_owned()));
        }
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|why| TlsError::Key(self.key.clone(), pem_error(&why)))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(TlsError::Pair)
    }
}

/// What is wrong with a PEM file, with nothing of it.
fn pem_error(error: &rustls::pki_types::pem::Error) -> String {
    use rustls::pki_types::pem::Error;
    match error {
        Error::Io(error) => error.to_string(),
        Error::NoItemsFound => "it holds no private key in PEM".to_owned(),
        _ => "it is no PEM".to_owned(),
    }
}

/// The certificate that is shown, and its key.
struct Certificate {
    files: Files,
    current: RwLock<Arc<CertifiedKey>>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("file", &self.files.certificate).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::PathBuf;
    use std::time::{Duration, Instant, SystemTime};

    use tempfile::TempDir;

    use super::Tls;

    /// Certificate and key in files, which were read.
    struct World {
        folder: TempDir,
        tls: Tls,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let [certificate, key] = made();
            let path = |name: &str| folder.path().join(name);
            std::fs::write(path("cert.pem"), certificate).unwrap();
            std::fs::write(path("key.pem"), key).unwrap();
            let tls = Tls::load(Some(&path("cert.pem")), Some(&path("key.pem"))).unwrap().unwrap();
            Self { folder, tls }
        }

        /// Writes a file as if at this time.
        fn write(&self, name: &str, text: &str, time: SystemTime) {
            let path: PathBuf = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        }

        fn shown(&self) -> Vec<u8> {
            self.tls.certificate.current.read().unwrap().cert[0].to_vec()
        }

        async fn changes(&self, before: &[u8]) -> bool {
            let started = Instant::now();
            while self.shown() == before && started.elapsed() < Duration::from_secs(10) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            self.shown() != before
        }
    }

    fn made() -> [String; 2] {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        [made.cert.pem(), made.signing_key.serialize_pem()]
    }

    #[tokio::test]
    async fn a_change_before_anyone_looks_is_seen() {
        let world = World::new();
        let before = world.shown();
        let [certificate, key] = made();
        let time = SystemTime::now() - Duration::from_secs(60);
        world.write("cert.pem", &certificate, time);
        world.write("key.pem", &key, time);
        let following = tokio::spawn(world.tls.clone().watch());
        assert!(world.changes(&before).await);
        following.abort();
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_read_when_it_can_be_though_its_time_is_the_same() {
        let world = World::new();
        let before = world.shown();
        let following = tokio::spawn(world.tls.clone().watch());
        // As when a key is there before the relay may read it.
        let [certificate, key] = made();
        let time = SystemTime::now() - Duration::from_secs(60);
        world.write("cert.pem", &certificate, time);
        world.write("key.pem", &"x".repeat(key.len()), time);
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(world.shown(), before);
        world.write("key.pem", &key, time);
        assert!(world.changes(&before).await);
        following.abort();
    }
}
