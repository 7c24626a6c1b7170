//! The relay's own TLS ([`Tls`]), versions 1.2 and 1.3. It loads the certificate again when its files change, so a
//! renewal needs no restart. It does not offer HTTP/2: a page makes only two calls, so HTTP/2 would save little, and it
//! has a history of denial-of-service attacks.

use std::fmt;
use std::os::unix::fs::MetadataExt;
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
use crate::telemetry::readings::Reading;

/// Time between two checks of the files.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Why TLS can't be set up. It quotes nothing of a key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Only one of the two files is given.
    #[error("--tls-cert and --tls-key need each other: give both or neither")]
    Half,
    /// The certificate's file can't be read.
    #[error("--tls-cert: {0}: {1}")]
    Certificate(PathBuf, String),
    /// The key's file can't be read.
    #[error("--tls-key: {0}: {1}")]
    Key(PathBuf, String),
    /// The type of the key is not supported, or the key does not belong to the certificate.
    #[error("--tls-cert and --tls-key do not belong together: {0}")]
    Pair(rustls::Error),
}

/// The TLS configuration with its certificate. Clones share it.
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
    /// Reads certificate and key, in PEM. Returns `None` if neither is given.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn load(certificate: Option<&PathBuf>, key: Option<&PathBuf>) -> Result<Option<Self>, TlsError> {
        let files = match (certificate, key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => Files { certificate: certificate.clone(), key: key.clone() },
            _ => return Err(TlsError::Half),
        };
        // Taken before the files are read, so that a change in between is noticed later.
        let stamp = files.stamp();
        let read = files.read()?;
        metrics().read(Reading::CertificateExpiry, expiry(&read));
        metrics().read(Reading::CertificateOutdated, Some(0));
        let certificate = Arc::new(Certificate { files, current: RwLock::new(Arc::new(read)) });
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Pair)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate, stamp }))
    }

    /// Returns the acceptor for new connections.
    #[must_use]
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Loads the files again whenever they have changed, until the future is dropped. If they can't be used, the old
    /// certificate stays and every check tries again. The two files are rarely written at the same moment, and a key
    /// may become readable only later, which does not change its time stamp.
    pub async fn watch(self) {
        let files = &self.certificate.files;
        let (mut loaded, mut failed) = (self.stamp, None);
        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            let stamp = files.stamp();
            if stamp == loaded {
                metrics().read(Reading::CertificateOutdated, Some(0));
                continue;
            }
            match files.read() {
                Ok(read) => {
                    metrics().read(Reading::CertificateOutdated, Some(0));
                    metrics().read(Reading::CertificateExpiry, expiry(&read));
                    *self.certificate.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
                    (loaded, failed) = (stamp, None);
                    metrics().certificate_read("ok");
                    tracing::info!("loaded the changed certificate");
                }
                // This failure is in the log already.
                Err(_) if failed == Some(stamp) => {}
                Err(error) => {
                    failed = Some(stamp);
                    metrics().certificate_read("failed");
                    metrics().read(Reading::CertificateOutdated, Some(1));
                    tracing::error!(%error, "can't load the changed certificate; the old one stays in use");
                }
            }
        }
    }
}

/// Modification time, length, device and inode of both files. Time and length alone would miss a folder that is replaced
/// by another one, as container runtimes do it, if a tool has set the times.
type Stamp = [Option<(SystemTime, u64, u64, u64)>; 2];

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// Returns the values by which a changed file is recognized.
    fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let file = std::fs::metadata(path).ok()?;
            Some((file.modified().ok()?, file.len(), file.dev(), file.ino()))
        })
    }

    fn read(&self) -> Result<CertifiedKey, TlsError> {
        let wrong =
            |why: rustls::pki_types::pem::Error| TlsError::Certificate(self.certificate.clone(), pem_error(&why));
        let chain = CertificateDer::pem_file_iter(&self.certificate).map_err(wrong)?;
        let chain = chain.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        if chain.is_empty() {
            return Err(TlsError::Certificate(self.certificate.clone(), "it holds no PEM certificate".to_owned()));
        }
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|why| TlsError::Key(self.key.clone(), pem_error(&why)))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(TlsError::Pair)
    }
}

/// Returns when the certificate expires, as a Unix time.
fn expiry(pair: &CertifiedKey) -> Option<i64> {
    let (_, certificate) = x509_parser::parse_x509_certificate(pair.cert.first()?).ok()?;
    Some(certificate.validity().not_after.timestamp())
}

/// Describes an error in a PEM file without quoting the file.
fn pem_error(error: &rustls::pki_types::pem::Error) -> String {
    use rustls::pki_types::pem::Error;
    match error {
        Error::Io(error) => error.to_string(),
        Error::NoItemsFound => "it holds no PEM private key".to_owned(),
        _ => "it is not valid PEM".to_owned(),
    }
}

/// The certificate that is sent to clients, and its key.
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

    /// Certificate and key in files, and TLS that has loaded them.
    struct Fixture {
        folder: TempDir,
        tls: Tls,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let [certificate, key] = new_pair();
            let path = |name: &str| folder.path().join(name);
            std::fs::write(path("cert.pem"), certificate).unwrap();
            std::fs::write(path("key.pem"), key).unwrap();
            let tls = Tls::load(Some(&path("cert.pem")), Some(&path("key.pem"))).unwrap().unwrap();
            Self { folder, tls }
        }

        /// Writes a file and sets its modification time.
        fn write(&self, name: &str, text: &str, time: SystemTime) {
            let path: PathBuf = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        }

        fn certificate(&self) -> Vec<u8> {
            self.tls.certificate.current.read().unwrap().cert[0].to_vec()
        }

        async fn certificate_changes(&self, before: &[u8]) -> bool {
            let started = Instant::now();
            while self.certificate() == before && started.elapsed() < Duration::from_secs(10) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            self.certificate() != before
        }
    }

    fn new_pair() -> [String; 2] {
        let pair = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        [pair.cert.pem(), pair.signing_key.serialize_pem()]
    }

    #[tokio::test]
    async fn a_change_before_the_first_check_is_loaded() {
        let fixture = Fixture::new();
        let before = fixture.certificate();
        let [certificate, key] = new_pair();
        let time = SystemTime::now() - Duration::from_secs(60);
        fixture.write("cert.pem", &certificate, time);
        fixture.write("key.pem", &key, time);
        let watching = tokio::spawn(fixture.tls.clone().watch());
        assert!(fixture.certificate_changes(&before).await);
        watching.abort();
    }

    /// Kubernetes puts new files into a new folder, and then renames a symbolic link to it.
    #[tokio::test]
    async fn a_folder_that_is_swapped_is_loaded_whatever_its_times() {
        let folder = tempfile::tempdir().unwrap();
        let time = SystemTime::now() - Duration::from_secs(60);
        let write = |version: &str| {
            let own = folder.path().join(version);
            std::fs::create_dir(&own).unwrap();
            for (name, text) in ["cert.pem", "key.pem"].iter().zip(new_pair()) {
                // Of one length: PEM may end with empty lines.
                std::fs::write(own.join(name), format!("{text:\n<2000}")).unwrap();
                File::options().write(true).open(own.join(name)).unwrap().set_modified(time).unwrap();
            }
            std::os::unix::fs::symlink(version, folder.path().join("new")).unwrap();
            std::fs::rename(folder.path().join("new"), folder.path().join("..data")).unwrap();
        };
        write("..1");
        for name in ["cert.pem", "key.pem"] {
            std::os::unix::fs::symlink(format!("..data/{name}"), folder.path().join(name)).unwrap();
        }
        let path = |name: &str| folder.path().join(name);
        let tls = Tls::load(Some(&path("cert.pem")), Some(&path("key.pem"))).unwrap().unwrap();
        let fixture = Fixture { folder: tempfile::tempdir().unwrap(), tls };
        let before = fixture.certificate();
        let watching = tokio::spawn(fixture.tls.clone().watch());
        write("..2");
        assert!(fixture.certificate_changes(&before).await);
        watching.abort();
    }

    #[tokio::test]
    async fn an_unusable_key_is_loaded_once_usable_with_the_same_time_stamp() {
        let fixture = Fixture::new();
        let before = fixture.certificate();
        let watching = tokio::spawn(fixture.tls.clone().watch());
        // Stands for a key that the relay is not allowed to read yet.
        let [certificate, key] = new_pair();
        let time = SystemTime::now() - Duration::from_secs(60);
        fixture.write("cert.pem", &certificate, time);
        fixture.write("key.pem", &"x".repeat(key.len()), time);
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(fixture.certificate(), before);
        fixture.write("key.pem", &key, time);
        assert!(fixture.certificate_changes(&before).await);
        watching.abort();
    }
}
