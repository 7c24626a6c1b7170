//! What all requests share ([`AppState`]).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;

use super::readiness::Readiness;
use crate::limits::Limits;
use crate::limits::capacity::Capacity;
use crate::origin::Origin;
use crate::session::Sessions;
use crate::settings::Settings;
use crate::vendor_api::VendorClient;
use crate::vendor_api::access::Access;

/// Why the relay can't start.
#[derive(Debug)]
pub enum StartError {
    /// The HTTP client could not be built: the machine's certificates can't be read, most likely.
    Client(reqwest::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(_) => f.write_str("the HTTP client for the vendor could not be built"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(error) => Some(error),
        }
    }
}

/// The shared parts of the service; a clone shares them.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The way to the vendor.
    pub vendor: VendorClient,
    /// Origins of the pages that may call.
    pub origins: Arc<[Origin]>,
    /// Places for the calls that may be at work.
    pub capacity: Capacity,
    /// How often one caller may call.
    pub limits: Limits,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Longest wait for a request's body.
    pub body_timeout: Duration,
    /// Whether callers are to come here.
    pub readiness: Readiness,
    /// The contract as OpenAPI. [`app`](super::app) writes it.
    pub document: Bytes,
    /// The sessions; `None` where they are off.
    pub sessions: Option<Arc<Sessions>>,
}

impl AppState {
    /// Builds the shared parts, with no sessions.
    ///
    /// # Errors
    /// [`StartError`] when the HTTP client can't be built.
    pub fn new(settings: &Settings, access: &Access) -> Result<Self, StartError> {
        Ok(Self {
            vendor: VendorClient::new(settings, access).map_err(StartError::Client)?,
            origins: settings.allow_origin.clone().into(),
            capacity: Capacity::of(settings.max_in_flight),
            limits: Limits::new(&settings.limits),
            max_body_bytes: settings.max_body_bytes.get(),
            body_timeout: settings.body_timeout,
            readiness: Readiness::default(),
            document: Bytes::new(),
            sessions: None,
        })
    }

    /// The same, with sessions.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Arc<Sessions>) -> Self {
        self.sessions = Some(sessions);
        self
    }
}
