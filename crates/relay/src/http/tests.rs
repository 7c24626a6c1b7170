//! What the whole router answers to a panic, and what its contract says.

use std::collections::BTreeSet;

use akiba_protocol::{LinkReply, LinkRequest, Problem, ProblemCode, VerifyReply, VerifyRequest};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::routing::get;
use clap::Parser;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

use super::settings::HttpSettings;
use super::state::AppState;
use super::{document, surround};
use crate::limits::settings::LimitSettings;
use crate::session::host::create::{CreatedSession, NewSession};
use crate::session::host::reconcile::Reconcile;
use crate::session::host::report::Session;
use crate::session::page::binding::{LinkCall, VerifyCall};
use crate::session::page::link::SessionLink;
use crate::session::page::verdict::PageVerdict;
use crate::vendor_api::VendorClient;
use crate::vendor_api::access::Access;
use crate::vendor_api::settings::VendorSettings;
use crate::webhook::event::WebhookEvent;

/// The settings that a router needs.
#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    http: HttpSettings,
    #[command(flatten)]
    limits: LimitSettings,
    #[command(flatten)]
    vendor: VendorSettings,
}

async fn broken() -> &'static str {
    panic!("8001015009087 is no index")
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing_of_it_and_that_the_page_can_read() {
    let settings = Settings::try_parse_from(["akiba-relay", "--allow-origin=https://bank.example"]).unwrap();
    let access = Access::load(&settings.vendor, |_| Some("x".to_owned())).unwrap();
    let state = AppState::new(&settings.http, &settings.limits, VendorClient::new(&settings.vendor, &access).unwrap());
    let router = surround(Router::new().route("/broken", get(broken)), state);

    let request = Request::get("/broken").header("origin", "https://bank.example").body(Body::empty());
    let response = router.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["access-control-allow-origin"], "https://bank.example");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body = to_bytes(response.into_body(), 4_096).await.unwrap();
    let problem: Problem = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem, Problem { request_id: Some(id), ..Problem::new(ProblemCode::Internal) });
}

fn read(sessions: bool) -> Value {
    serde_json::from_str(&document(sessions)).unwrap()
}

fn is<T: DeserializeOwned>(example: &Value) -> bool {
    serde_json::from_value::<T>(example.clone()).is_ok()
}

#[test]
fn the_examples_are_of_their_types() {
    let mut seen = BTreeSet::new();
    for document in [read(true), read(false)] {
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            let Some(example) = schema.get("example") else { continue };
            let good = match name.as_str() {
                "CreatedSession" => is::<CreatedSession>(example),
                "LinkCall" => is::<LinkCall>(example),
                "LinkReply" => is::<LinkReply>(example),
                "LinkRequest" => is::<LinkRequest>(example),
                "NewSession" => is::<NewSession>(example),
                "PageVerdict" => is::<PageVerdict>(example),
                "Reconcile" => is::<Reconcile>(example),
                "Session" => is::<Session>(example),
                "SessionLink" => is::<SessionLink>(example),
                "VerifyCall" => is::<VerifyCall>(example),
                "VerifyReply" => is::<VerifyReply>(example),
                "VerifyRequest" => is::<VerifyRequest>(example),
                "WebhookEvent" => serde_json::from_str::<WebhookEvent<'_>>(&example.to_string()).is_ok(),
                other => panic!("nobody reads the example of {other}"),
            };
            assert!(good, "{name}: {example}");
            // What a derived reader would overlook: every member of an example is a documented one.
            if let Some(members) = schema["properties"].as_object() {
                for member in example.as_object().unwrap().keys() {
                    assert!(members.contains_key(member), "{name}: {member}");
                }
            }
            seen.insert(name.clone());
        }
    }
    assert_eq!(seen.len(), 13, "{seen:?}");
}

#[test]
fn every_problem_has_an_example_and_is_one_of_some_call() {
    let document = read(true);
    let examples = document["components"]["examples"].as_object().unwrap();
    let calls = document["paths"].to_string();
    for code in ProblemCode::ALL {
        let problem: Problem = serde_json::from_value(examples[code.as_str()]["value"].clone()).unwrap();
        assert_eq!(Problem { request_id: None, ..problem }, Problem::new(code));
        let everywhere = matches!(code, ProblemCode::NotFound | ProblemCode::MethodNotAllowed);
        let named = calls.contains(&format!("#/components/examples/{}\"", code.as_str()));
        assert!(named != everywhere, "{}", code.as_str());
    }
    assert_eq!(examples.len(), ProblemCode::ALL.len());
}
