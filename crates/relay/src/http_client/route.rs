//! How a client reaches its server ([`Route`]): through a proxy ([`ProxyUrl`]) or directly, which certificate
//! authorities it trusts, and the certificate that it shows.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, NoProxy, Proxy};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

/// Hosts that are never reached through a proxy: they are this machine, and the proxy is another one.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// How a client reaches its server. The default is the direct way, with the machine's certificate authorities.
#[derive(Clone, Copy, Debug, Default)]
pub struct Route<'a> {
    /// The proxy through which all `https` requests go, except those to loopback.
    pub proxy: Option<&'a ProxyUrl>,
    /// The trusted certificate authorities, in place of the machine's.
    pub authorities: Option<PemFile<'a>>,
    /// The certificate that the client shows to the server, and its key.
    pub identity: Option<(PemFile<'a>, PemFile<'a>)>,
}

/// A PEM file that a setting names.
#[derive(Clone, Copy, Debug)]
pub struct PemFile<'a> {
    /// The flag of the setting.
    pub flag: &'static str,
    /// Where the file is.
    pub path: &'a Path,
}

/// Why a route can't be used. Quotes nothing of a key or of a proxy's URL.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// The file can't be read.
    #[error("{0}: {path}: {2}", path = .1.display())]
    Unreadable(&'static str, PathBuf, std::io::Error),
    /// The file holds no certificates, or invalid ones.
    #[error("{0}: {path}: it holds no PEM certificates", path = .1.display())]
    NoCertificates(&'static str, PathBuf),
    /// The files hold no certificate and private key.
    #[error("{0} and {1} do not hold a PEM certificate and its PEM private key")]
    NoIdentity(&'static str, &'static str),
    /// The URL of the proxy can't be used.
    #[error("the URL of the proxy can't be used")]
    Proxy,
}

impl<'a> PemFile<'a> {
    /// Returns the file that a setting names, if it names one.
    pub fn of(flag: &'static str, path: Option<&'a PathBuf>) -> Option<Self> {
        path.map(|path| Self { flag, path })
    }

    fn read(&self) -> Result<Vec<u8>, RouteError> {
        std::fs::read(self.path).map_err(|error| RouteError::Unreadable(self.flag, self.path.to_owned(), error))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, RouteError> {
        let pem = self.read()?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().unwrap_or_default();
        // Without a certificate the client would trust nobody.
        if certificates.is_empty() {
            return Err(RouteError::NoCertificates(self.flag, self.path.to_owned()));
        }
        Ok(certificates)
    }
}

impl Route<'_> {
    /// Configures the proxy of a client for this route.
    pub(super) fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, RouteError> {
        if let Some(proxy) = self.proxy {
            // Only `https`: a proxy could read plain HTTP, and plain HTTP is allowed only on loopback.
            let proxy = Proxy::https(proxy.0.clone()).map_err(|_| RouteError::Proxy)?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(LOOPBACK)));
        }
        Ok(builder)
    }

    /// Returns which requests go through the proxy: the same as [`apply`](Self::apply) configures.
    pub(super) fn matcher(&self) -> Option<Matcher> {
        self.proxy.map(|proxy| Matcher::builder().https(proxy.0.as_str()).no(LOOPBACK).build())
    }

    /// Reads the certificate authorities, if there are own ones.
    pub(super) fn authorities(&self) -> Result<Option<Vec<CertificateDer<'static>>>, RouteError> {
        self.authorities.map(|authorities| authorities.certificates()).transpose()
    }

    /// Reads the client's certificate with its chain, and its key. Both files may hold both.
    pub(super) fn identity(
        &self,
    ) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>, RouteError> {
        let Some((certificate, key)) = self.identity else { return Ok(None) };
        let pem = [certificate.read()?, b"\n".to_vec(), key.read()?].concat();
        let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().unwrap_or_default();
        match PrivateKeyDer::pem_slice_iter(&pem).last() {
            Some(Ok(key)) if !certificates.is_empty() => Ok(Some((certificates, key))),
            _ => Err(RouteError::NoIdentity(certificate.flag, key.flag)),
        }
    }
}

/// The URL of a proxy, `http` or `https`, perhaps with a user name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(Url);

/// The text is not a [`ProxyUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a URL such as http://proxy.example:3128, without path or query")]
pub struct NotAProxyUrl;

impl FromStr for ProxyUrl {
    type Err = NotAProxyUrl;

    fn from_str(text: &str) -> Result<Self, NotAProxyUrl> {
        let url = Url::parse(text).map_err(|_| NotAProxyUrl)?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        if bare && is_web { Ok(Self(url)) } else { Err(NotAProxyUrl) }
    }
}

impl fmt::Debug for ProxyUrl {
    /// Leaves out user name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProxyUrl").field(&self.0.origin().ascii_serialization()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{NotAProxyUrl, PemFile, ProxyUrl, Route, RouteError};

    #[test]
    fn a_proxy_is_a_web_url_without_a_path_and_prints_no_password() {
        for right in ["http://proxy.example:3128", "https://user:s3cret@proxy.example/", "http://10.0.0.1:3128"] {
            let proxy: ProxyUrl = right.parse().unwrap();
            assert!(!format!("{proxy:?}").contains("s3cret"));
        }
        for wrong in ["", "proxy.example:3128", "socks5://proxy.example", "http://proxy.example/pac", "http://p/?a=b"] {
            assert_eq!(wrong.parse::<ProxyUrl>(), Err(NotAProxyUrl), "{wrong}");
        }
    }

    #[test]
    fn only_https_beyond_this_machine_goes_through_the_proxy() {
        let proxy = "http://user:s3cret@proxy.example:3128".parse().unwrap();
        let matcher = Route { proxy: Some(&proxy), ..Route::default() }.matcher().unwrap();
        let through = matcher.intercept(&"https://api.example/v1".parse().unwrap()).unwrap();
        assert_eq!(through.uri(), "http://proxy.example:3128/");
        assert_eq!(through.basic_auth().unwrap(), "Basic dXNlcjpzM2NyZXQ=");
        for direct in ["http://api.example", "https://localhost", "https://127.0.0.1:8443", "https://[::1]:8443"] {
            assert!(matcher.intercept(&direct.parse().unwrap()).is_none(), "{direct}");
        }
        assert!(Route::default().matcher().is_none());
    }

    #[test]
    fn an_identity_is_a_certificate_and_a_key() {
        let made = rcgen::generate_simple_self_signed(["relay.example".to_owned()]).unwrap();
        let file = |pem: String| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), pem).unwrap();
            file
        };
        let (certificate, key) = (file(made.cert.pem()), file(made.signing_key.serialize_pem()));
        let identity = |certificate: &tempfile::NamedTempFile, key: &tempfile::NamedTempFile| {
            let [certificate, key] = [certificate, key].map(|file| PemFile { flag: "--x", path: file.path() });
            Route { identity: Some((certificate, key)), ..Route::default() }.identity()
        };
        let (chain, _) = identity(&certificate, &key).unwrap().unwrap();
        assert_eq!(chain, [made.cert.der().clone()]);
        for (certificate, key) in [(&certificate, &certificate), (&key, &key)] {
            assert!(matches!(identity(certificate, key), Err(RouteError::NoIdentity("--x", "--x"))));
        }
        assert!(Route::default().identity().unwrap().is_none());
    }
}
