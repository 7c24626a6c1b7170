//! Records what back ends do ([`AuditedCall`]), and chains the entries of the audit trail ([`run`]).

use std::sync::Arc;
use std::time::Duration;

use super::Sessions;
use super::settings::Audited;
use crate::audit::{Action, Entry};
use crate::error::RelayError;
use crate::store::{Store, StoreError};

/// Pause between two looks for new entries.
const PAUSE: Duration = Duration::from_secs(1);

/// The largest number of entries that are chained in one transaction.
const BATCH: i64 = 200;

/// A call of a back end, for the audit trail.
#[derive(Clone, Copy, Debug)]
pub struct AuditedCall<'a> {
    /// The name of its API key.
    pub key: &'a str,
    /// The id of its request.
    pub request: &'a str,
}

impl<'a> AuditedCall<'a> {
    /// Returns the entry about what this call does with a session.
    pub(super) fn entry(self, action: Action, session: &str, now: i64) -> Entry<'a> {
        Entry::of_key(action, self.key, self.request, session, now)
    }
}

impl Sessions {
    /// Records that a back end has read a session, if reads are recorded. Call it before the answer is sent.
    ///
    /// # Errors
    /// [`RelayError`] if it can't be recorded.
    pub async fn record_read(&self, call: AuditedCall<'_>, session: &str) -> Result<(), RelayError> {
        if self.audited == Audited::Changes {
            return Ok(());
        }
        let _permit = self.capacity.host.acquire()?;
        let entry = call.entry(Action::Read, session, self.clock.now());
        Ok(self.store.append_audit(&entry).await?)
    }

    /// Records that a back end has listed or searched sessions, if reads are recorded: a list tells something about each
    /// of them. Call it before the answer is sent.
    ///
    /// # Errors
    /// [`RelayError`] if it can't be recorded.
    pub async fn record_list(&self, call: AuditedCall<'_>, sessions: &[&str]) -> Result<(), RelayError> {
        if self.audited == Audited::Changes {
            return Ok(());
        }
        let _permit = self.capacity.host.acquire()?;
        let entry = Entry::of_list(call.key, call.request, sessions, self.clock.now());
        Ok(self.store.append_audit(&entry).await?)
    }
}

/// Chains all new entries.
///
/// # Errors
/// [`StoreError`].
pub async fn chain_all(store: &Store) -> Result<(), StoreError> {
    while store.chain_audit(BATCH).await? > 0 {}
    Ok(())
}

/// Chains new entries until the future is dropped.
pub async fn run(sessions: Arc<Sessions>) {
    loop {
        if let Err(error) = chain_all(&sessions.store).await {
            tracing::warn!(%error, "the audit trail could not be chained; the relay tries again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
