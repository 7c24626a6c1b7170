//! The state of the vendor ([`Vendor`]): its settings, and the links and tokens that it issued.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use akiba_protocol::{LinkReply, LinkRequest};
use serde_json::Map;

use super::registry::{IssuedLink, Registry};
use super::tokens::Tokens;
use crate::identities::Scenario;
use crate::random;
use crate::storage::{AlsoSigned, Signer, Storage};

/// The settings of [`vendor_app`](super::vendor_app).
pub struct VendorSettings {
    /// The token that the calls must carry.
    pub token: String,
    /// Lifetime of a signed link.
    pub link_life: Duration,
    /// Delay of [`Scenario::Slow`].
    pub slow: Duration,
}

/// The vendor: its settings, the S3 with the selfies, and the issued links and tokens.
pub struct Vendor {
    pub(super) token: String,
    link_life_seconds: AtomicU64,
    verdicts_to_lose: AtomicU32,
    also_signed: Mutex<AlsoSigned>,
    pub(super) slow: Duration,
    pub(super) storage: Arc<Storage>,
    signer: Signer,
    pub(super) registry: Registry,
    pub(super) tokens: Tokens,
}

impl Vendor {
    /// Creates a vendor that reads selfies from `storage` and signs links to it with `signer`.
    #[must_use]
    pub fn new(settings: VendorSettings, storage: Arc<Storage>, signer: Signer) -> Self {
        let vendor = Self {
            token: settings.token,
            link_life_seconds: AtomicU64::default(),
            verdicts_to_lose: AtomicU32::default(),
            also_signed: Mutex::default(),
            slow: settings.slow,
            storage,
            signer,
            registry: Registry::default(),
            tokens: Tokens::default(),
        };
        vendor.set_link_life(settings.link_life);
        vendor
    }

    /// Changes the lifetime of future links: a whole number of seconds, at least one.
    pub fn set_link_life(&self, life: Duration) {
        self.link_life_seconds.store(life.as_secs().max(1), Ordering::Relaxed);
    }

    /// Makes future links sign more than the host.
    pub fn sign_also(&self, also: AlsoSigned) {
        *self.also_signed.lock().unwrap_or_else(PoisonError::into_inner) = also;
    }

    /// Loses the next `count` verdicts: the vendor judges the selfie but answers with 500.
    pub fn lose_verdicts(&self, count: u32) {
        self.verdicts_to_lose.store(count, Ordering::Relaxed);
    }

    /// Returns whether to lose this verdict, and counts it.
    pub(super) fn take_verdict_loss(&self) -> bool {
        let next = |count: u32| count.checked_sub(1);
        self.verdicts_to_lose.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// Returns the object key of the last link.
    #[must_use]
    pub fn last_key(&self) -> Option<String> {
        self.registry.last_key()
    }

    /// Returns the access tokens of the newer API.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(super) fn issue(&self, scenario: Scenario, request: LinkRequest) -> io::Result<LinkReply> {
        // The file name of the client never becomes part of a key.
        let key = format!("selfies/{}", random::hex(32)?);
        let selfie_filename = match request.selfie_filename {
            Some(name) => name,
            None => format!("selfie-{}.jpg", random::hex(8)?),
        };
        let life = Duration::from_secs(self.link_life_seconds.load(Ordering::Relaxed));
        let age = self.registry.link_age(scenario, &request.identifier);
        let also = self.also_signed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let signed_link = self.signer.put_link(&key, life, age, &also);
        let told = if also.tell { also.headers } else { BTreeMap::new() };
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
            customer_id: Some(random::uppercase(10)?),
            fields: None,
            headers: told.into_iter().map(|(name, value)| (name, value.into())).collect(),
            extra: Map::new(),
        })
    }
}

impl fmt::Debug for Vendor {
    /// Omits the token and the links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendor").finish_non_exhaustive()
    }
}
