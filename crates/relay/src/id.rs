//! Ids of the relay's objects (`new_id`, `is_id`), such as `ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b`.

use uuid::Uuid;

/// Returns a new id: the kind of object, and a UUID version 7. These sort by time, so databases index them well.
pub(crate) fn new_id(kind: &str) -> String {
    format!("{kind}_{}", Uuid::now_v7().simple())
}

/// Returns whether a text is an id of this kind.
pub(crate) fn is_id(text: &str, kind: &str) -> bool {
    let uuid = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_'));
    uuid.is_some_and(|uuid| uuid.len() == 32 && Uuid::try_parse(uuid).is_ok())
}
