//! The vendor behind its calls ([`Vendor`]): its settings, the links and the tokens that it handed out.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use akiba_protocol::{LinkReply, LinkRequest};
use serde_json::Map;

use super::registry::{IssuedLink, Registry};
use super::tokens::Tokens;
use crate::identities::Scenario;
use crate::random;
use crate::storage::{Signer, Storage};

/// What [`vendor_app`](super::vendor_app) needs.
pub struct VendorSettings {
    /// The token that the calls must carry.
    pub token: String,
    /// How long a signed link lives.
    pub link_life: Duration,
    /// How late [`Scenario::Slow`] answers.
    pub slow: Duration,
}

/// The vendor: its settings, the S3 it keeps selfies in, and the links it has handed out.
pub struct Vendor {
    pub(super) token: String,
    link_life_seconds: AtomicU64,
    verdicts_to_lose: AtomicU32,
    pub(super) slow: Duration,
    pub(super) storage: Arc<Storage>,
    signer: Signer,
    pub(super) registry: Registry,
    pub(super) tokens: Tokens,
}

impl Vendor {
    /// A vendor that keeps its selfies in `storage` and signs links to it with `signer`.
    #[must_use]
    pub fn new(settings: VendorSettings, storage: Arc<Storage>, signer: Signer) -> Self {
        let vendor = Self {
            token: settings.token,
            link_life_seconds: AtomicU64::default(),
            verdicts_to_lose: AtomicU32::default(),
            slow: settings.slow,
            storage,
            signer,
            registry: Registry::default(),
            tokens: Tokens::default(),
        };
        vendor.set_link_life(settings.link_life);
        vendor
    }

    /// Changes the life of the links that are handed out from now on. It is a whole number of seconds, one at least.
    pub fn set_link_life(&self, life: Duration) {
        self.link_life_seconds.store(life.as_secs().max(1), Ordering::Relaxed);
    }

    /// How many verdicts from now on are found and then lost: the call is answered with 500.
    pub fn lose_verdicts(&self, count: u32) {
        self.verdicts_to_lose.store(count, Ordering::Relaxed);
    }

    pub(super) fn loses_verdict(&self) -> bool {
        let next = |count: u32| count.checked_sub(1);
        self.verdicts_to_lose.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// The object key of the last link that was handed out.
    #[must_use]
    pub fn last_key(&self) -> Option<String> {
        self.registry.last_key()
    }

    /// The access tokens of its newer API.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(super) fn issue(&self, scenario: Scenario, request: LinkRequest) -> io::Result<LinkReply> {
        // A person's own file name never becomes part of a key.
        let key = format!("selfies/{}", random::hex(32)?);
        let selfie_filename = match request.selfie_filename {
            Some(name) => name,
            None => format!("selfie-{}.jpg", random::hex(8)?),
        };
        let life = Duration::from_secs(self.link_life_seconds.load(Ordering::Relaxed));
        let freshness = self.registry.freshness(scenario, &request.identifier);
        let signed_link = self.signer.put_link(&key, life, freshness);
        self.storage.fail_uploads(&key, scenario.failed_uploads());
        self.registry.issue(
            key.clone(),
            IssuedLink {
                identifier: request.identifier.clone(),
                customer_type: request.customer_type,
                selfie_filename: selfie_filename.clone(),
            },
        );
        Ok(LinkReply {
            identifier: request.identifier,
            signed_link,
            s3_key: key,
            selfie_filename,
            customer_id: Some(random::upper(10)?),
            fields: None,
            extra: Map::new(),
        })
    }
}

impl fmt::Debug for Vendor {
    /// Leaves the token and the links out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendor").finish_non_exhaustive()
    }
}
