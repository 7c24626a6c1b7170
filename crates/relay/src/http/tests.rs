//! Tests of the whole router: its answer to a panic, and its OpenAPI document.

use std::collections::BTreeSet;
use std::sync::Arc;

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
use super::{document, with_layers};
use crate::limits::settings::LimitSettings;
use crate::secrets::proof_keys::KeySet;
use crate::session::host::create::{CreatedSession, NewSession};
use crate::session::host::handoff::{HandoffLink, NewHandoffLink};
use crate::session::host::list::{ListedSession, SessionSearch};
use crate::session::host::reconcile::Reconcile;
use crate::session::host::report::Session;
use crate::session::page::binding::{LinkCall, VerifyCall};
use crate::session::page::handoff::{Handoff, HandoffStatus};
use crate::session::page::link::SessionLink;
use crate::session::page::page_verdict::PageVerdict;
use crate::session::page::phone::{Confirm, Disown, Opened, PhoneSession, Redeem};
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

async fn panicking() -> &'static str {
    panic!("8001015009087 is not an index")
}

#[tokio::test]
async fn a_panic_becomes_an_error_that_the_page_can_read_and_that_reveals_nothing() {
    let settings = Settings::try_parse_from(["akiba-relay", "--allow-origin=https://bank.example"]).unwrap();
    let access = Access::load(&settings.vendor, |_| Some("x".to_owned())).unwrap();
    let state = AppState::new(&settings.http, &settings.limits, VendorClient::new(&settings.vendor, &access).unwrap());
    let router = with_layers(Router::new().route("/panic", get(panicking)), Arc::new(state));

    let request = Request::get("/panic").header("origin", "https://bank.example").body(Body::empty());
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

fn parses_as<T: DeserializeOwned>(example: &Value) -> bool {
    serde_json::from_value::<T>(example.clone()).is_ok()
}

#[test]
fn every_example_parses_as_its_type() {
    let mut seen = BTreeSet::new();
    for document in [read(true), read(false)] {
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            let Some(example) = schema.get("example") else { continue };
            let parses = match name.as_str() {
                "Confirm" => parses_as::<Confirm>(example),
                "CreatedSession" => parses_as::<CreatedSession>(example),
                "Disown" => parses_as::<Disown>(example),
                "Handoff" => parses_as::<Handoff>(example),
                "HandoffLink" => parses_as::<HandoffLink>(example),
                "HandoffStatus" => parses_as::<HandoffStatus>(example),
                "KeySet" => parses_as::<KeySet>(example),
                "LinkCall" => parses_as::<LinkCall>(example),
                "LinkReply" => parses_as::<LinkReply>(example),
                "LinkRequest" => parses_as::<LinkRequest>(example),
                "ListedSession" => parses_as::<ListedSession>(example),
                "NewHandoffLink" => parses_as::<NewHandoffLink>(example),
                "NewSession" => parses_as::<NewSession>(example),
                "Opened" => parses_as::<Opened>(example),
                "PageVerdict" => parses_as::<PageVerdict>(example),
                "PhoneSession" => parses_as::<PhoneSession>(example),
                "Reconcile" => parses_as::<Reconcile>(example),
                "Redeem" => parses_as::<Redeem>(example),
                "Session" => parses_as::<Session>(example),
                "SessionLink" => parses_as::<SessionLink>(example),
                "SessionSearch" => parses_as::<SessionSearch>(example),
                "VerifyCall" => parses_as::<VerifyCall>(example),
                "VerifyReply" => parses_as::<VerifyReply>(example),
                "VerifyRequest" => parses_as::<VerifyRequest>(example),
                "WebhookEvent" => serde_json::from_str::<WebhookEvent<'_>>(&example.to_string()).is_ok(),
                other => panic!("this test does not know the type of the example {other}"),
            };
            assert!(parses, "{name}: {example}");
            // Serde ignores unknown members, so check here that every member of an example is documented.
            if let Some(members) = schema["properties"].as_object() {
                for member in example.as_object().unwrap().keys() {
                    assert!(members.contains_key(member), "{name}: {member}");
                }
            }
            seen.insert(name.clone());
        }
    }
    assert_eq!(seen.len(), 25, "{seen:?}");
}

#[test]
fn every_error_code_has_an_example_and_a_call_that_returns_it() {
    let document = read(true);
    let examples = document["components"]["examples"].as_object().unwrap();
    let calls = document["paths"].to_string();
    for code in ProblemCode::ALL {
        let problem: Problem = serde_json::from_value(examples[code.as_str()]["value"].clone()).unwrap();
        assert_eq!(Problem { request_id: None, ..problem }, Problem::new(code));
        let on_every_path = code == ProblemCode::MethodNotAllowed;
        let documented = calls.contains(&format!("#/components/examples/{}\"", code.as_str()));
        assert!(documented != on_every_path, "{}", code.as_str());
    }
    assert_eq!(examples.len(), ProblemCode::ALL.len());
}
