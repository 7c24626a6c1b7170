//! `docs/openapi.json` and `docs/openapi-without-sessions.json` match the routes. `UPDATE=1` rewrites them.

use std::path::Path;

use akiba_relay::http::document;
use reqwest::Method;

use crate::support::{Relay, closed_port};

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

/// The documents say that answers may grow. A client generated from a closed schema would then fail.
#[test]
fn no_schema_forbids_further_members() {
    for sessions in [true, false] {
        let document = document(sessions);
        assert!(!document.contains("additionalProperties") && !document.contains("unevaluatedProperties"));
    }
}

#[tokio::test]
async fn a_caller_with_the_current_document_gets_no_body() {
    let relay = Relay::before(&closed_port().await, &[]).await;
    let get = |known: &str| {
        let request = relay.request(Method::GET, "/openapi.json");
        if known.is_empty() { request } else { request.header("if-none-match", known) }.send()
    };
    let first = get("").await.unwrap();
    assert_eq!(first.status(), 200);
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.text().await.unwrap(), document(false));
    for known in [etag.as_str(), "*", &format!("W/{etag}"), &format!("\"other\", {etag}")] {
        let answer = get(known).await.unwrap();
        assert_eq!(answer.status(), 304, "{known}");
        assert_eq!(answer.headers()["cache-control"], "public, max-age=60");
        assert_eq!(answer.headers()["etag"], etag.as_str());
        assert_eq!(answer.text().await.unwrap(), "");
    }
    for unknown in ["\"other\"", "W/", "\"\""] {
        assert_eq!(get(unknown).await.unwrap().status(), 200, "{unknown}");
    }
    let problem = relay.request(Method::GET, "/nothing").send().await.unwrap();
    assert_eq!(problem.headers()["cache-control"], "no-store");
}
