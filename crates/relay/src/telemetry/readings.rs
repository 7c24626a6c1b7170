//! Gauges that are read for each scrape ([`Reading`]). A reading that is not known has no sample: the last value would look
//! as if nothing were wrong.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// A gauge that is read for each scrape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Age of the oldest pending webhook.
    OldestWebhook,
    /// Entries of the audit trail that are not chained yet.
    AuditWaiting,
    /// Age of the oldest of them.
    OldestAudit,
    /// Whether the database answers.
    DatabaseUp,
    /// Open connections of the pool.
    Connections,
    /// Connections that operations hold.
    ConnectionsInUse,
    /// The size of the pool.
    ConnectionsMax,
    /// The size of SQLite's write-ahead log.
    WriteAheadLog,
    /// When the certificate expires.
    CertificateExpiry,
    /// Whether the certificate in use is an old one.
    CertificateOutdated,
    /// How many of the secrets in use are old ones.
    SecretsOutdated,
}

/// The name, the description and the unit of each reading, in the order of [`Reading`].
const ALL: [(&str, &str, Option<Unit>); 11] = [
    (
        "webhook_oldest_pending",
        "Age of the oldest pending webhook, of all relays; 0 if there is none; absent while the database does not answer",
        Some(Unit::Seconds),
    ),
    (
        "audit_entries_waiting",
        "Entries of the audit trail that are not chained yet, of all relays; absent while the database does not answer",
        None,
    ),
    (
        "audit_oldest_waiting",
        "Age of the oldest entry of the audit trail that is not chained yet, of all relays; 0 if there is none; absent while the database does not answer",
        Some(Unit::Seconds),
    ),
    ("database_up", "Whether the database answers: 1 or 0", None),
    ("database_connections", "Open connections to the database", None),
    ("database_connections_in_use", "Connections to the database that operations hold", None),
    ("database_connections_max", "The most connections to the database: --database-connections", None),
    ("database_wal", "Size of SQLite's write-ahead log", Some(Unit::Bytes)),
    ("certificate_expiry_timestamp", "When the TLS certificate expires, as a Unix time", Some(Unit::Seconds)),
    (
        "certificate_outdated",
        "Whether the changed TLS certificate can't be loaded, so that the old one stays in use: 1 or 0",
        None,
    ),
    ("secrets_outdated", "Changed secrets that can't be loaded, so that the old ones stay in use", None),
];

/// The values of all readings. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Readings(Arc<Mutex<[Option<i64>; ALL.len()]>>);

impl Readings {
    /// Sets a reading, or marks it as not known.
    pub(super) fn set(&self, reading: Reading, value: Option<i64>) {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = values.get_mut(reading as usize) {
            *slot = value;
        }
    }
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readings").finish_non_exhaustive()
    }
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let values = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((name, help, unit), value) in ALL.iter().zip(values) {
            let gauge = ConstGauge::new(value.unwrap_or_default());
            let encoder = encoder.encode_descriptor(name, help, unit.as_ref(), gauge.metric_type())?;
            if value.is_some() {
                gauge.encode(encoder)?;
            }
        }
        Ok(())
    }
}
