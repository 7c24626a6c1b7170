//! The issued links ([`Registry`], [`IssuedLink`]).

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use akiba_protocol::{CustomerType, VerifyRequest};

use crate::identities::Scenario;
use crate::lock::lock;
use crate::storage::LinkAge;

/// Whom a link was issued for. The verify call must repeat these values.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IssuedLink {
    /// The identifier of the link call.
    pub(crate) identifier: String,
    /// Its type.
    pub(crate) customer_type: CustomerType,
    /// The file name in the reply.
    pub(crate) selfie_filename: String,
}

impl IssuedLink {
    /// Whether a verify call has the values of the link call.
    pub(crate) fn matches(&self, request: &VerifyRequest) -> bool {
        self.identifier == request.id
            && self.customer_type == request.user_type
            && self.selfie_filename == request.selfie_filename
    }
}

#[derive(Default)]
struct Inner {
    by_key: HashMap<String, IssuedLink>,
    last_key: Option<String>,
    /// Identifiers that got their expired link; the next one is valid.
    had_expired_link: HashSet<String>,
}

/// Every link since the start.
#[derive(Default)]
pub(crate) struct Registry(Mutex<Inner>);

impl Registry {
    /// Stores a link.
    pub(crate) fn issue(&self, key: String, issued: IssuedLink) {
        let mut inner = lock(&self.0);
        inner.last_key = Some(key.clone());
        inner.by_key.insert(key, issued);
    }

    /// Returns whom the link to a key was issued for.
    pub(crate) fn issued(&self, key: &str) -> Option<IssuedLink> {
        lock(&self.0).by_key.get(key).cloned()
    }

    /// Returns the key of the last link.
    pub(crate) fn last_key(&self) -> Option<String> {
        lock(&self.0).last_key.clone()
    }

    /// Returns whether the next link for an identifier is valid or expired, as its scenario says.
    pub(crate) fn link_age(&self, scenario: Scenario, identifier: &str) -> LinkAge {
        let mut inner = lock(&self.0);
        match scenario {
            Scenario::ExpiredAlways => LinkAge::Expired,
            Scenario::ExpiredOnce if inner.had_expired_link.insert(identifier.to_owned()) => LinkAge::Expired,
            _ => LinkAge::Fresh,
        }
    }

    /// Ends a verification: the next one of this identifier starts from the beginning.
    pub(crate) fn finish(&self, identifier: &str) {
        lock(&self.0).had_expired_link.remove(identifier);
    }
}
