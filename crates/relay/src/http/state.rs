//! What all requests share ([`AppState`], [`SharedState`]).

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;

use super::hosted::HostedPage;
use super::openapi::document::Document;
use super::readiness::Readiness;
use super::settings::HttpSettings;
use super::widget::Widget;
use crate::limits::Limits;
use crate::limits::capacity::Bulkheads;
use crate::limits::settings::LimitSettings;
use crate::origin::Origin;
use crate::session::Sessions;
use crate::session::settings::HandoffPage;
use crate::vendor_api::VendorClient;

/// What all requests share, as the layers and the handlers get it: each layer of each request has a clone.
pub type SharedState = Arc<AppState>;

/// What all requests share. Clones share it too.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The client of the vendor's API.
    pub vendor: VendorClient,
    /// Origins of the pages that may call.
    pub origins: Arc<[Origin]>,
    /// Further headers that the preflight allows.
    pub allowed_headers: Arc<[HeaderName]>,
    /// Permits for concurrent calls.
    pub capacity: Bulkheads,
    /// Rate limits for each caller.
    pub limits: Limits,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Longest wait for a request's body.
    pub body_timeout: Duration,
    /// Whether a load balancer should send requests here.
    pub readiness: Readiness,
    /// The OpenAPI document. [`app`](super::app) fills it in.
    pub document: Document,
    /// The files of the widget; `None` if the relay does not serve them.
    pub widget: Option<Arc<Widget>>,
    /// The page that phones open; `None` if the relay does not serve it.
    pub hosted: Option<Arc<HostedPage>>,
    /// The sessions; `None` if sessions are off.
    pub sessions: Option<Arc<Sessions>>,
}

impl AppState {
    /// Builds the state without sessions.
    #[must_use]
    pub fn new(settings: &HttpSettings, limits: &LimitSettings, vendor: VendorClient) -> Self {
        Self {
            vendor,
            origins: settings.allow_origin.clone().into(),
            allowed_headers: settings.allow_header.clone().into(),
            capacity: Bulkheads::new(limits),
            limits: Limits::new(limits),
            max_body_bytes: settings.max_body_bytes.get(),
            body_timeout: settings.body_timeout,
            readiness: Readiness::default(),
            document: Document::new(String::new()),
            widget: None,
            hosted: None,
            sessions: None,
        }
    }

    /// Adds the sessions.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Arc<Sessions>) -> Self {
        // The page for phones calls, too.
        if let Some(origin) = sessions.page_for_phones().and_then(HandoffPage::origin) {
            self.origins = self.origins.iter().cloned().chain([origin]).collect();
        }
        self.sessions = Some(sessions);
        self
    }
}
