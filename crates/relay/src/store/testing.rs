//! What tests of the store share: a database in a new folder, and the row of a session.

use tempfile::TempDir;

use super::Store;
use super::sessions::SessionRow;
use crate::lifecycle::State;

/// Opens a SQLite database. The folder is deleted when it is dropped.
pub(super) async fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("relay.db").display());
    let store = Store::open(&url.parse().unwrap(), 2).await.unwrap();
    (folder, store)
}

/// Returns the row of a new session.
pub(super) fn row(id: &str) -> SessionRow {
    SessionRow {
        id: id.to_owned(),
        api_key: "bank".to_owned(),
        customer_type: "1".to_owned(),
        sealed: vec![1],
        state: State::Created,
        version: 0,
        created_at: 0,
        expires_at: 1_000,
        updated_at: 0,
        links: 0,
        verifies: 0,
        attempt: None,
        link_id: None,
        lease_until: None,
        closed_at: None,
        holder: None,
    }
}
