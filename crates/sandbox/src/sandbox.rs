//! The vendor and its S3 on loopback ports ([`Sandbox`], [`Options`]).

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use http::HeaderValue;
use rusty_s3::Credentials;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::controls::controls_app;
use crate::faults::{Faults, FaultyListener};
use crate::random;
use crate::storage::{BUCKET, Signer, Storage, s3_app};
use crate::vendor_api::{Vendor, VendorSettings, vendor_app};

/// How a sandbox is to be.
#[derive(Clone)]
pub struct Options {
    /// Port of the vendor's API; 0 takes a free one.
    pub vendor_port: u16,
    /// Port of the S3; 0 takes a free one.
    pub s3_port: u16,
    /// Folder for the uploaded objects; a temporary one where there is none.
    pub data: Option<PathBuf>,
    /// The vendor's token; a random one where there is none.
    pub token: Option<String>,
    /// Access key and secret key of the S3; random ones where there are none.
    pub s3_keys: Option<(String, String)>,
    /// How long a signed link lives.
    pub link_life: Duration,
    /// How late the slow test identity is answered.
    pub slow: Duration,
    /// Origins of the pages that may upload.
    pub origins: Vec<HeaderValue>,
    /// Whether the vendor's port serves the test controls.
    pub test_controls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            vendor_port: 0,
            s3_port: 0,
            data: None,
            token: None,
            s3_keys: None,
            link_life: Duration::from_secs(60),
            slow: Duration::from_secs(5),
            origins: Vec::new(),
            test_controls: false,
        }
    }
}

/// A running sandbox. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    vendor_address: SocketAddr,
    s3_address: SocketAddr,
    token: String,
    storage: Arc<Storage>,
    vendor: Arc<Vendor>,
    faults: Faults,
    _servers: JoinSet<()>,
}

impl Sandbox {
    /// Opens the ports and serves. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrInUse`] where a port is taken; others where a folder can't be made.
    pub async fn start(options: Options) -> io::Result<Self> {
        let vendor_listener = bind(options.vendor_port).await?;
        let s3_listener = bind(options.s3_port).await?;
        let (vendor_address, s3_address) = (vendor_listener.local_addr()?, s3_listener.local_addr()?);

        let credentials = options.s3_keys.map(|(access, secret)| Credentials::new(access, secret));
        let storage = Arc::new(Storage::open(options.data, credentials)?);
        let token = match options.token {
            Some(token) => token,
            None => random::hex(32)?,
        };
        let signer = Signer::new(s3_address, BUCKET, storage.credentials().clone())?;
        let settings = VendorSettings { token: token.clone(), link_life: options.link_life, slow: options.slow };
        let vendor = Arc::new(Vendor::new(settings, Arc::clone(&storage), signer));
        let faults = Faults::default();

        let mut vendor_router = vendor_app(Arc::clone(&vendor));
        if options.test_controls {
            vendor_router = vendor_router.merge(controls_app(Arc::clone(&vendor), faults.clone()));
        }
        let s3_router = s3_app(Arc::clone(&storage), options.origins)?;
        let mut servers = JoinSet::new();
        servers.spawn(serve(vendor_listener, vendor_router));
        servers.spawn(serve(FaultyListener::new(s3_listener, faults.clone()), s3_router));
        Ok(Self { vendor_address, s3_address, token, storage, vendor, faults, _servers: servers })
    }

    /// Base URL of the vendor's API.
    #[must_use]
    pub fn vendor_url(&self) -> String {
        format!("http://{}", self.vendor_address)
    }

    /// Base URL of the S3, which is its origin too.
    #[must_use]
    pub fn s3_url(&self) -> String {
        format!("http://{}", self.s3_address)
    }

    /// The vendor's token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Access key and secret key of the S3.
    #[must_use]
    pub fn s3_keys(&self) -> (&str, &str) {
        let credentials = self.storage.credentials();
        (credentials.key(), credentials.secret())
    }

    /// The folder of the bucket: the object of a key lies at this path and the key.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        Path::new(self.storage.root()).join(BUCKET)
    }

    /// The vendor, to change its settings while it runs.
    #[must_use]
    pub fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    /// The faults of the S3's network.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

/// Listens on a port of the loopback interface; no other is ever used.
///
/// # Errors
/// [`io::ErrorKind::AddrInUse`] where the port is taken; the message names it.
pub async fn bind(port: u16) -> io::Result<TcpListener> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    bound.map_err(|error| io::Error::new(error.kind(), format!("port {port}: {error}")))
}

/// Serves until the task is aborted.
pub(crate) async fn serve<L>(listener: L, router: Router)
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    // Axum's server retries on errors of single connections and ends for no other reason.
    let _ = axum::serve(listener, router).await;
}
