//! The problems of each call in the OpenAPI documents.

use std::sync::LazyLock;

use akiba_protocol::ProblemCode;
use akiba_relay::http::document;
use serde_json::Value;

static DOCUMENTS: LazyLock<[Value; 2]> =
    LazyLock::new(|| [true, false].map(|sessions| serde_json::from_str(&document(sessions)).unwrap()));

/// Returns whether a document lists this problem for the call. `true` for a call that no document has.
pub(crate) fn has(method: &str, path: &str, code: ProblemCode) -> bool {
    if matches!(code, ProblemCode::NotFound | ProblemCode::MethodNotAllowed) {
        return true;
    }
    let calls: Vec<_> = DOCUMENTS.iter().filter_map(|document| operation(document, method, path)).collect();
    let example = format!("/responses/{}/content/application~1problem+json/examples/{}", code.status(), code.as_str());
    calls.is_empty() || calls.iter().any(|call| call.pointer(&example).is_some())
}

fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let matches = |pattern: &str| {
        let same = |(wanted, part): (&str, &str)| wanted.starts_with('{') || wanted == part;
        pattern.split('/').count() == path.split('/').count() && pattern.split('/').zip(path.split('/')).all(same)
    };
    let paths = document["paths"].as_object()?.iter().filter(|(pattern, _)| matches(pattern));
    // `/v1/sessions/search` also has the form of `/v1/sessions/{id}`.
    paths.filter_map(|(_, item)| item.get(method.to_ascii_lowercase())).next()
}
