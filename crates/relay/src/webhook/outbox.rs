//! Where a webhook stands in the database.

/// Where a webhook stands.
pub(crate) fn message_place(id: &str) -> String {
    format!("outbox/{id}")
}
