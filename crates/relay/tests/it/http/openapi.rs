//! `docs/openapi.json` and `docs/openapi-without-sessions.json` match the routes. `UPDATE=1` rewrites them.

use std::path::Path;

use akiba_relay::http::document;

#[test]
fn the_committed_documents_match_the_routes() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (sessions, name) in [(true, "openapi.json"), (false, "openapi-without-sessions.json")] {
        let path = docs.join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, document(sessions)).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == document(sessions),
            "docs/{name} is out of date: UPDATE=1 cargo test -p akiba-relay --test it openapi"
        );
    }
}
