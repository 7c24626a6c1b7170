//! The TLS of a client ([`config`]).

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use super::error::ClientError;
use super::route::Route;

/// Builds TLS 1.2 and 1.3 for a route: which certificate authorities are trusted, and the certificate that is shown.
pub(super) fn config(purpose: &'static str, route: &Route<'_>) -> Result<ClientConfig, ClientError> {
    // Two providers in one process are a panic in rustls unless one is named. Where the process has named one before,
    // that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fault = |source| ClientError::Tls { purpose, source };
    let builder = ClientConfig::builder();
    let builder = match route.authorities()? {
        Some(certificates) => {
            let mut trusted = RootCertStore::empty();
            for certificate in certificates {
                trusted.add(certificate).map_err(fault)?;
            }
            builder.with_root_certificates(trusted)
        }
        None => builder.with_platform_verifier().map_err(fault)?,
    };
    let mut config = match route.identity()? {
        Some((certificates, key)) => builder.with_client_auth_cert(certificates, key).map_err(fault)?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
