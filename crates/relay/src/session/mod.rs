//! Sessions ([`Sessions`]). A session is the host's permission for one page to get a verdict about one person.
//!
//! - [`settings`]: the operator's settings.
//! - [`start`]: loads the secrets and opens the database.
//! - [`host`]: what a back end may do.
//! - [`page`]: what a page may do.
//! - [`attempt`]: the call to the vendor for a verdict, which outlives its request.
//! - [`audit`]: records what back ends do.
//! - `handoff`: what the back end learns about a hand-off to a phone.
//! - `person`: limits the attempts of a person over all sessions.
//! - [`read`]: reads a session, with its timeout applied.
//! - [`record`]: the decrypted data of a session.
//! - `proof`: proves verdicts.
//! - [`refusal`]: why a session does not allow a call.
//! - [`retained`]: which part of the vendor's answer is stored.
//! - [`link_host`]: the allow-list of hosts for signed links.
//! - `waiting`: calls that wait for the verdict of another call.
//! - [`expiry`]: timeouts and deletion.
//! - [`closing`]: closes sessions in which nothing more can happen.
//! - [`return_url`]: where the page for phones may send a person at the end.
//! - [`replace`]: puts changed keys and secrets in force.
//! - [`reseal`]: encrypts stored data again, under a new key.

pub mod attempt;
pub mod audit;
pub mod closing;
pub mod expiry;
mod handoff;
pub mod host;
pub mod link_host;
pub mod page;
mod person;
mod proof;
pub mod read;
pub mod record;
pub mod refusal;
pub mod replace;
pub mod reseal;
pub mod retained;
pub mod return_url;
pub mod settings;
pub mod start;
mod waiting;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use akiba_protocol::{Outcome, Reason};
use secrecy::SecretString;
use tokio_util::task::TaskTracker;

use self::link_host::LinkHost;
use self::settings::{Audited, HandoffSettings, PageReply, Retain};
use self::waiting::Waiting;
use crate::clock::Clock;
use crate::lifecycle::State;
use crate::limits::capacity::Bulkheads;
use crate::secrets::api_keys::ApiKeys;
use crate::secrets::data_keys::DataKeys;
use crate::secrets::session_keys::{Bearer, SessionKeys, TokenError};
use crate::store::Store;
use crate::store::sessions::SessionRow;
use crate::vendor_api::VendorClient;
use crate::webhook::outbox::Outbox;
use crate::webhook::settings::WebhookSettings;

pub use self::start::{SessionSecrets, SessionStartError};

/// Everything that sessions need.
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    vendor: VendorClient,
    capacity: Bulkheads,
    waiting: Waiting,
    /// Desktops that follow a hand-off.
    following: Waiting,
    handoffs: HandoffSettings,
    tokens: SessionKeys,
    data_keys: Arc<DataKeys>,
    api_keys: ApiKeys,
    webhook_parts: Mutex<WebhookParts>,
    link_hosts: Vec<LinkHost>,
    page: PageReply,
    keep: Retain,
    audited: Audited,
    limits: SessionLimits,
    outbox: Arc<Outbox>,
    clock: Clock,
    tasks: TaskTracker,
}

/// What the webhook endpoints are built from.
#[derive(Debug)]
struct WebhookParts {
    settings: WebhookSettings,
    secrets: SecretString,
    endpoints: Option<SecretString>,
}

/// The limit of the attempts of one person.
#[derive(Clone, Copy, Debug)]
struct PersonLimit {
    attempts: i64,
    /// In milliseconds.
    window: i64,
}

/// The limits of every session.
#[derive(Clone, Copy, Debug)]
struct SessionLimits {
    ttl: Duration,
    ttl_max: Duration,
    /// How long a session lives at most, with the time until a link to it is opened, in milliseconds.
    longest_life: i64,
    /// How far the clocks of two relays may differ, in milliseconds.
    leeway: i64,
    links: i64,
    verifies: i64,
    person: Option<PersonLimit>,
    /// How long a session is stored after its creation, in milliseconds.
    retention: i64,
}

impl Sessions {
    /// Returns the database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns the tasks that outlive their requests.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Returns the outbox of webhooks.
    #[must_use]
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Returns the name of an API key, or `None` if the key is unknown.
    #[must_use]
    pub fn key_name(&self, sent: &str) -> Option<String> {
        self.api_keys.name_of(sent)
    }

    /// Returns who holds a token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn bearer(&self, token: &str) -> Result<Bearer, TokenError> {
        self.tokens.open(token, self.clock.now(), self.limits.leeway)
    }

    /// Returns whether another verdict is impossible in a session as it was read, which may have expired. While it has
    /// an unused link, another verdict is possible.
    fn is_final_in(&self, row: &SessionRow, outcome: Outcome, reason: Option<Reason>) -> bool {
        let decided = row.state != State::LinkIssued;
        let ended = self.has_expired(row) || self.is_final(outcome, reason, row.links, row.verifies);
        row.closed_at.is_some() || (decided && ended)
    }

    /// Does the same for the verdict of an attempt. The session was read before the attempt was counted.
    fn will_be_final(&self, row: &SessionRow, outcome: Outcome, reason: Option<Reason>) -> bool {
        self.has_expired(row) || self.is_final(outcome, reason, row.links, row.verifies.saturating_add(1))
    }

    /// Returns whether another verdict is impossible before the session expires: the session is verified, the vendor
    /// found fraud, or the session's links or verdicts are used up. [`Reason::Unclear`] is not final: the vendor's answer
    /// was not understood, so the person may have done nothing wrong. The limits of the session bound the attempts.
    fn is_final(&self, outcome: Outcome, reason: Option<Reason>, links: i64, verifies: i64) -> bool {
        let used_up = links >= self.limits.links || verifies >= self.limits.verifies;
        outcome == Outcome::Verified || reason == Some(Reason::Fraud) || used_up
    }
}
