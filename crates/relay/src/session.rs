//! Sessions: what the host's back end allows one page to do, and the one verdict that comes of it ([`Sessions`]).
//!
//! - [`state`]: where a session stands and what may happen next.
//! - [`token`]: the session's token.
//! - [`api_key`]: the keys of the host's back end.
//! - [`auth`]: who calls.
//! - [`seal`]: encryption of what is kept.
//! - [`record`]: what is kept, as plain text.
//! - [`create`]: a new session.
//! - [`erase`]: deletion before its time.
//! - [`report`]: what the back end gets to know.
//! - [`binding`]: what the page sends, compared with what the session holds.
//! - [`link`]: the first call of the widget.
//! - [`verify`]: its second call.
//! - [`ask`]: the vendor's call for a verdict, which outlives its request.
//! - [`reconcile`]: what the back end does about a lost verdict.
//! - [`overdue`]: what time does to sessions.
//! - [`reseal`]: what is kept, under a new key.
//! - [`keep`]: what is kept of the vendor's answer.
//! - [`page`]: what the page gets to know.
//! - [`link_host`]: where a signed link may lead.

pub mod api_key;
pub mod ask;
pub mod auth;
pub mod binding;
pub mod create;
pub mod erase;
pub mod keep;
pub mod link;
pub mod link_host;
pub mod overdue;
pub mod page;
pub mod reconcile;
pub mod record;
pub mod report;
pub mod reseal;
pub mod seal;
pub mod start;
pub mod state;
pub mod token;
pub mod verify;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use uuid::Uuid;

use self::api_key::ApiKey;
use self::keep::Keep;
use self::link_host::LinkHost;
use self::page::PageReply;
use self::seal::{DataKeys, SealError};
use self::token::KeyRing;
use crate::clock::Clock;
use crate::store::Store;
use crate::tasks::Tasks;
use crate::webhook::worker::Webhooks;

pub use self::start::{SessionSecrets, SessionStartError};

/// Everything that sessions need.
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    tokens: KeyRing,
    data: DataKeys,
    api_keys: Vec<ApiKey>,
    link_hosts: Vec<LinkHost>,
    page: PageReply,
    keep: Keep,
    limits: Limits,
    webhooks: Option<Arc<Webhooks>>,
    outbox_bell: Notify,
    clock: Clock,
    tasks: Tasks,
}

/// What a session may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    ttl: Duration,
    ttl_max: Duration,
    /// In milliseconds.
    leeway: i64,
    links: i64,
    verifies: i64,
    vendor_timeout: Duration,
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

    /// How far the relays' clocks may be apart, in milliseconds.
    #[must_use]
    pub fn leeway(&self) -> i64 {
        self.limits.leeway
    }

    /// Work that outlives its requests.
    #[must_use]
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// How webhooks are sent, if they are set up.
    #[must_use]
    pub fn webhooks(&self) -> Option<Arc<Webhooks>> {
        self.webhooks.clone()
    }

    /// Rings when a webhook was written.
    #[must_use]
    pub fn outbox_bell(&self) -> &Notify {
        &self.outbox_bell
    }

    /// The body of a webhook.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open_message(&self, id: &str, sealed: &[u8]) -> Result<String, SealError> {
        self.data.open(sealed, &record::message_place(id))
    }
}

/// A new id: what it is of, and a time-ordered UUID, which databases index well.
fn new_id(kind: &str) -> String {
    format!("{kind}_{}", Uuid::now_v7().simple())
}

/// Whether a text is such an id.
fn is_id(text: &str, kind: &str) -> bool {
    let uuid = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_'));
    uuid.is_some_and(|uuid| uuid.len() == 32 && Uuid::try_parse(uuid).is_ok())
}
