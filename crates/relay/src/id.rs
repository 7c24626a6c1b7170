//! Ids of the relay's objects (`new_id`, `is_id`), such as `ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b`, and of requests
//! (`request_id`).

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

/// Returns a new id: the kind of object, and a UUID version 7. These sort by time, so databases index them well.
pub(crate) fn new_id(kind: &str) -> String {
    format!("{kind}_{}", Uuid::now_v7().simple())
}

/// Returns whether a text is an id of this kind.
pub(crate) fn is_id(text: &str, kind: &str) -> bool {
    let uuid = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_'));
    uuid.is_some_and(|uuid| uuid.len() == 32 && Uuid::try_parse(uuid).is_ok())
}

/// Returns the id of a request: a UUID version 4 for the log. It is unique and no secret, so it is a keyed hash of a number:
/// random bytes would be a system call for each request.
pub(crate) fn request_id() -> String {
    static KEY: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let [high, low] = KEY.each_ref().map(|key| key.hash_one(number));
    let bytes = u128::from(high) << 64 | u128::from(low);
    Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::{Uuid, Version};

    use super::request_id;

    #[test]
    fn request_ids_are_random_uuids_and_differ() {
        let ids: HashSet<_> = (0..10_000).map(|_| request_id()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| Uuid::parse_str(id).unwrap().get_version() == Some(Version::Random)));
    }
}
