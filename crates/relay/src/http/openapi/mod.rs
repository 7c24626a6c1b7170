//! The contract as OpenAPI 3.1 ([`text`]), made from the routes and their types, so that it can't say anything else than
//! they do.
//!
//! There are two documents, as a page's calls differ with sessions and without: with them a page names nobody and shows a
//! token, without them it names the person. Settings change neither.
//!
//! - [`problems`]: which errors a call has.
//! - [`webhooks`]: what is sent to the host's back end.

pub mod problems;
pub mod webhooks;

use akiba_protocol::Problem;
use serde_json::{Value, json};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, Info, License, OpenApi, Paths, Server};
use utoipa::{PartialSchema, ToSchema};

/// Returns the JSON of the document: what the routes say of themselves, completed.
#[must_use]
pub fn text(mut api: OpenApi, sessions: bool) -> String {
    describe(&mut api, sessions);
    // Strings, numbers, lists and objects: writing them can't fail.
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    add_headers(&mut document);
    be_exact(&mut document["components"]["schemas"]);
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

/// What [`log_request`](crate::http::request_log::log_request) puts on every answer.
fn add_headers(document: &mut Value) {
    document["components"]["headers"] = json!({
        "request-id": {
            "description": "The id under which the relay's log knows this request.",
            "required": true,
            "schema": { "type": "string", "format": "uuid" },
        },
        "no-store": {
            "description": "No answer is to be kept on its way.",
            "required": true,
            "schema": { "type": "string", "const": "no-store" },
        },
    });
    let operations = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = operations.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for operation in operations {
        let responses = operation["responses"].as_object_mut();
        for response in responses.into_iter().flat_map(|responses| responses.values_mut()) {
            response["headers"]["x-request-id"] = json!({ "$ref": "#/components/headers/request-id" });
            response["headers"]["cache-control"] = json!({ "$ref": "#/components/headers/no-store" });
        }
    }
}

/// What the relay answers by itself, with no other members than those that are named.
const CLOSED: [&str; 8] =
    ["CreatedSession", "Health", "Problem", "Session", "SessionLink", "Verdict", "WebhookData", "WebhookEvent"];

/// What serde's attributes say and the derived schemas do not: an answer's member that may be missing is never null,
/// and the relay's own answers are closed.
fn be_exact(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    for (name, schema) in schemas {
        if REQUESTS.contains(&name.as_str()) {
            continue;
        }
        for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
            keep_null_out(name, part);
        }
        keep_null_out(name, schema);
        if CLOSED.contains(&name.as_str()) {
            schema["additionalProperties"] = Value::Bool(false);
        }
    }
}

/// Requests, where null is as good as nothing.
const REQUESTS: [&str; 6] = ["LinkCall", "LinkRequest", "NewSession", "Reconcile", "VerifyCall", "VerifyRequest"];

/// The one member of an answer that is there and null.
const NULL: (&str, &str) = ("Session", "verdict");

fn keep_null_out(name: &str, object: &mut Value) {
    let members = object.get_mut("properties").and_then(Value::as_object_mut);
    for (member, schema) in members.into_iter().flatten() {
        if (name, member.as_str()) != NULL {
            never_null(schema);
        }
    }
}

fn never_null(schema: &mut Value) {
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
