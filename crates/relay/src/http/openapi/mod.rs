//! The contract as an OpenAPI 3.1 document ([`text`]). It is generated from the routes and their types, so it cannot
//! contradict them.
//!
//! There are two documents, because a page's calls differ: with sessions a page sends a token, without sessions it
//! sends the person's identifier. No other setting changes the documents.
//!
//! - [`document`]: the document in memory, with its version.
//! - [`problems`]: the errors of each call.
//! - [`webhooks`]: the webhooks to the host's back end.

pub mod document;
pub mod problems;
pub mod webhooks;

use akiba_protocol::Problem;
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, Info, License, OpenApi, Paths, Server};
use utoipa::{PartialSchema, ToSchema};

/// Returns the document as JSON: the part generated from the routes, completed.
#[must_use]
pub fn text(mut api: OpenApi, sessions: bool) -> String {
    describe(&mut api, sessions);
    // It holds only strings, numbers, lists and objects, so serializing it cannot fail.
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    add_headers(&mut document);
    tighten_schemas(&mut document["components"]["schemas"]);
    format!("{document:#}\n")
}

fn describe(api: &mut OpenApi, sessions: bool) {
    let (title, description) = if sessions {
        ("Akiba relay, with sessions", include_str!("with_sessions.md"))
    } else {
        ("Akiba relay, without sessions", include_str!("without_sessions.md"))
    };
    api.info = Info::new(title, env!("CARGO_PKG_VERSION"));
    api.info.description = Some(description.trim_end().to_owned());
    api.info.license =
        Some(License::builder().name("MIT OR Apache-2.0").identifier(Some(env!("CARGO_PKG_LICENSE"))).build());
    api.servers = Some(vec![Server::new("/")]);
    let components = api.components.get_or_insert_with(Components::new);
    components.examples = problems::examples();
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    if sessions {
        let bearer = |description: &str, format: &str| {
            let http = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format(format);
            SecurityScheme::Http(http.description(Some(description)).build())
        };
        let host = bearer("The key of the host's back end.", "akr_…");
        let page = bearer("The token of a session, for the page.", "PASETO v4.local");
        components.add_security_scheme("api_key", host);
        components.add_security_scheme("session_token", page);
        let mut schemas = Vec::new();
        api.webhooks = Some(webhooks::all(&mut schemas));
        if let Some(components) = &mut api.components {
            components.schemas.extend(schemas);
        }
    } else {
        api.webhooks = None::<Paths>;
    }
}

/// Documents the headers that [`log_request`](crate::http::request_log::log_request) sets on every answer.
fn add_headers(document: &mut Value) {
    document["components"]["headers"] = json!({
        "request-id": {
            "description": "The id of this request in the relay's log.",
            "required": true,
            "schema": { "type": "string", "format": "uuid" },
        },
        "ratelimit": {
            "description": "What the caller has left (draft-ietf-httpapi-ratelimit-headers), unless its rate is off.",
            "schema": { "type": "string" },
            "example": "\"session\";r=59;t=1",
        },
        "ratelimit-policy": {
            "description": "The rate of the caller, unless it is off.",
            "schema": { "type": "string" },
            "example": "\"session\";q=60;w=30",
        },
        "no-store": {
            "description": "The answer must not be cached.",
            "required": true,
            "schema": { "type": "string", "const": "no-store" },
        },
        "cacheable": {
            "description": "The answer may be cached for a minute.",
            "required": true,
            "schema": { "type": "string", "const": "public, max-age=60" },
        },
        "etag": {
            "description": "The version of the document. Send it in `If-None-Match`.",
            "required": true,
            "schema": { "type": "string" },
        },
    });
    let operations = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = operations.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for operation in operations {
        let is_document = operation["operationId"] == "contract";
        let may_be_cached = is_document || operation["operationId"] == "proofKeys";
        let limited = !["live", "ready"].iter().any(|probe| operation["operationId"] == *probe);
        let responses = operation["responses"].as_object_mut();
        for (status, response) in responses.into_iter().flatten() {
            response["headers"]["x-request-id"] = json!({ "$ref": "#/components/headers/request-id" });
            for name in ["ratelimit", "ratelimit-policy"].iter().filter(|_| limited) {
                response["headers"][*name] = json!({ "$ref": format!("#/components/headers/{name}") });
            }
            let cacheable = may_be_cached && ["200", "304"].contains(&status.as_str());
            if cacheable && is_document {
                response["headers"]["etag"] = json!({ "$ref": "#/components/headers/etag" });
            }
            let name = if cacheable { "cacheable" } else { "no-store" };
            response["headers"]["cache-control"] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
    }
}

/// Adds what serde's attributes say but the derived schemas do not: an optional member of an answer is missing, never
/// null. No schema forbids further members: a later version may add some.
fn tighten_schemas(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    for (name, schema) in schemas {
        if REQUESTS.contains(&name.as_str()) {
            if name == "LinkCall" {
                schema["anyOf"] = together(&["consent_version", "consent_hash", "consent_lang"]);
            }
            continue;
        }
        for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
            remove_null_from_members(name, part);
        }
        remove_null_from_members(name, schema);
    }
}

/// A request has all of these members, or none of them.
fn together(members: &[&str]) -> Value {
    let all_of_type = |kind: &str| -> Value {
        members.iter().map(|member| ((*member).to_owned(), json!({ "type": kind }))).collect::<Map<_, _>>().into()
    };
    json!([
        { "required": members, "properties": all_of_type("string") },
        { "properties": all_of_type("null") },
    ])
}

/// The types of requests. In a request, null means the same as a missing member.
const REQUESTS: [&str; 11] = [
    "Confirm",
    "Disown",
    "LinkCall",
    "LinkRequest",
    "NewHandoffLink",
    "NewSession",
    "Reconcile",
    "Redeem",
    "SessionSearch",
    "VerifyCall",
    "VerifyRequest",
];

/// The only member of an answer that can be null.
const NULLABLE: (&str, &str) = ("Session", "verdict");

fn remove_null_from_members(name: &str, object: &mut Value) {
    let members = object.get_mut("properties").and_then(Value::as_object_mut);
    for (member, schema) in members.into_iter().flatten() {
        if (name, member.as_str()) != NULLABLE {
            remove_null(schema);
        }
    }
}

fn remove_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
        if let [only] = choices.as_mut_slice() {
            let only = only.take();
            *schema = only;
        }
    }
}
