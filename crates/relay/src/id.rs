//! The ids of what the relay makes (`new_id`, `is_id`).

use uuid::Uuid;

/// A new id: what it is of, and a time-ordered UUID, which databases index well.
pub(crate) fn new_id(kind: &str) -> String {
    format!("{kind}_{}", Uuid::now_v7().simple())
}

/// Whether a text is such an id.
pub(crate) fn is_id(text: &str, kind: &str) -> bool {
    let uuid = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_'));
    uuid.is_some_and(|uuid| uuid.len() == 32 && Uuid::try_parse(uuid).is_ok())
}
