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

/// The settings of a sandbox.
#[derive(Clone)]
pub struct Options {
    /// Port of the vendor's API; 0 picks a free one.
    pub vendor_port: u16,
    /// Port of the S3; 0 picks a free one.
    pub s3_port: u16,
    /// Folder for the uploaded objects; `None` makes a temporary one.
    pub data: Option<PathBuf>,
    /// The vendor's token; `None` makes a random one.
    pub token: Option<String>,
    /// Access key and secret key of the S3; `None` makes random ones.
    pub s3_keys: Option<(String, String)>,
    /// Lifetime of a signed link.
    pub link_life: Duration,
    /// Delay of the slow test identity.
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

/// A running sandbox. Dropping it stops it.
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
    /// Opens the ports and starts to serve. Call it inside a Tokio runtime.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrInUse`] if a port is in use; another kind if a folder can't be created.
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

    /// Returns the base URL of the vendor's API.
    #[must_use]
    pub fn vendor_url(&self) -> String {
        format!("http://{}", self.vendor_address)
    }

    /// Returns the base URL of the S3, which is also its origin.
    #[must_use]
    pub fn s3_url(&self) -> String {
        format!("http://{}", self.s3_address)
    }

    /// Returns the vendor's token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns access key and secret key of the S3.
    #[must_use]
    pub fn s3_keys(&self) -> (&str, &str) {
        let credentials = self.storage.credentials();
        (credentials.key(), credentials.secret())
    }

    /// Returns the folder of the bucket. The path of an object below it is its key.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        Path::new(self.storage.root()).join(BUCKET)
    }

    /// Returns the vendor, whose settings can change while it runs.
    #[must_use]
    pub fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    /// Returns the network faults of the S3.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

/// Listens on a port of the loopback interface, and never on another interface.
///
/// # Errors
/// [`io::ErrorKind::AddrInUse`] if the port is in use; the message names the port.
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
    // Axum's server retries after errors of single connections, so it never returns.
    let _ = axum::serve(listener, router).await;
}
