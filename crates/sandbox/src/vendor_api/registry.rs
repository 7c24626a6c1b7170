//! The links that were handed out ([`Registry`], [`IssuedLink`]).

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use akiba_protocol::{CustomerType, VerifyRequest};

use crate::identities::Scenario;
use crate::storage::Freshness;

/// For whom a link was handed out. The verify call must name the same.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IssuedLink {
    /// The identifier of the link call.
    pub(crate) identifier: String,
    /// Its type.
    pub(crate) customer_type: CustomerType,
    /// The file name that was answered.
    pub(crate) selfie_filename: String,
}

impl IssuedLink {
    /// Whether a verify call names what the link call named.
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
    /// Identifiers that have had their expired link and are due a good one.
    had_expired_link: HashSet<String>,
}

/// Every link since the sandbox began.
#[derive(Default)]
pub(crate) struct Registry(Mutex<Inner>);

impl Registry {
    /// Notes a link.
    pub(crate) fn issue(&self, key: String, issued: IssuedLink) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.last_key = Some(key.clone());
        inner.by_key.insert(key, issued);
    }

    /// For whom the link to a key was handed out.
    pub(crate) fn issued(&self, key: &str) -> Option<IssuedLink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_key.get(key).cloned()
    }

    /// The key of the last link.
    pub(crate) fn last_key(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last_key.clone()
    }

    /// Whether the next link for an identifier works, as its scenario wants it.
    pub(crate) fn freshness(&self, scenario: Scenario, identifier: &str) -> Freshness {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match scenario {
            Scenario::ExpiredAlways => Freshness::Expired,
            Scenario::ExpiredOnce if inner.had_expired_link.insert(identifier.to_owned()) => Freshness::Expired,
            _ => Freshness::Fresh,
        }
    }

    /// Ends a verification: its identifier starts anew.
    pub(crate) fn finish(&self, identifier: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).had_expired_link.remove(identifier);
    }
}
