//! Sessions: what the host's back end allows one page to do, and the one verdict that comes of it ([`Sessions`]).
//!
//! - [`settings`]: what the relay's operator sets.
//! - [`start`]: secrets in, database open.
//! - [`record`]: what is kept, as plain text.
//! - [`read`]: a session as it is now.
//! - [`refusal`]: why a session does not allow a call.
//! - [`host`]: what a back end may do.
//! - [`page`]: what a page may do.
//! - [`attempt`]: the vendor's call for a verdict, which outlives its request.
//! - [`expiry`]: what time does to sessions.
//! - [`reseal`]: what is kept, under a new key.
//! - [`retained`]: what is kept of the vendor's answer.
//! - [`link_host`]: where a signed link may lead.

pub mod attempt;
pub mod expiry;
pub mod host;
pub mod link_host;
pub mod page;
pub mod read;
pub mod record;
pub mod refusal;
pub mod reseal;
pub mod retained;
pub mod settings;
pub mod start;

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::{Outcome, Reason};
use tokio_util::task::TaskTracker;

use self::link_host::LinkHost;
use self::settings::{PageReply, Retain};
use crate::clock::Clock;
use crate::limits::capacity::Capacity;
use crate::secrets::api_keys::{self, ApiKey};
use crate::secrets::data_keys::DataKeys;
use crate::secrets::session_keys::{SessionKeys, TokenError};
use crate::store::Store;
use crate::vendor_api::VendorClient;
use crate::webhook::outbox::Outbox;

pub use self::start::{SessionSecrets, SessionStartError};

/// Everything that sessions need.
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    vendor: VendorClient,
    capacity: Capacity,
    tokens: SessionKeys,
    data_keys: Arc<DataKeys>,
    api_keys: Vec<ApiKey>,
    link_hosts: Vec<LinkHost>,
    page: PageReply,
    keep: Retain,
    limits: SessionLimits,
    outbox: Arc<Outbox>,
    clock: Clock,
    tasks: TaskTracker,
}

/// What a session may take.
#[derive(Clone, Copy, Debug)]
struct SessionLimits {
    ttl: Duration,
    ttl_max: Duration,
    /// In milliseconds.
    leeway: i64,
    links: i64,
    verifies: i64,
    /// In milliseconds.
    retention: i64,
}

impl Sessions {
    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Work that outlives its requests.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// The webhooks that wait, and what it takes to deliver them.
    #[must_use]
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// The name of the API key that was sent, if it is on the list.
    #[must_use]
    pub fn key_name(&self, sent: &str) -> Option<&str> {
        api_keys::name_of(&self.api_keys, sent)
    }

    /// The session of a token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn session_of(&self, token: &str) -> Result<String, TokenError> {
        self.tokens.open(token, self.clock.now(), self.limits.leeway)
    }

    /// Whether no other verdict can follow in the session's life: it is verified, the vendor has found fraud, or the
    /// session's links or verdicts are used up.
    fn is_final(&self, outcome: Outcome, reason: Option<Reason>, links: i64, verifies: i64) -> bool {
        let used_up = links >= self.limits.links || verifies >= self.limits.verifies;
        outcome == Outcome::Verified || reason == Some(Reason::Fraud) || used_up
    }
}
