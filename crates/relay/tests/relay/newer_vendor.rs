//! The vendor's newer API, as the sandbox has it: other paths and names, and tokens that end.

use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use akiba_relay::AppState;
use akiba_relay::cli::Cli;
use akiba_relay::vendor_api::VendorClient;
use akiba_relay::vendor_api::access::{Access, CLIENT_SECRET_VARIABLE};
use akiba_sandbox::{Options, Sandbox};
use axum::response::IntoResponse;
use clap::Parser;
use serde_json::{Value, json};

use crate::support::{Relay, TOKEN, Vendor, problem, success};

const VERIFIED: &str = "0000000000001";

/// A profile whose consent is a constant: a relay without sessions knows of none.
fn profile() -> tempfile::NamedTempFile {
    let text = include_str!("../../src/vendor_api/profiles/newer.toml");
    let text = text.replace("consent = \"consent\"", "constants = { consent = true }");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

struct World {
    sandbox: Sandbox,
    relay: Relay,
    _profile: tempfile::NamedTempFile,
}

async fn world(flags: &[&str]) -> World {
    let sandbox = Sandbox::start(Options { test_controls: true, ..Options::default() }).await.unwrap();
    let secret = sandbox.token().to_owned();
    world_with(sandbox, &secret, flags).await
}

async fn world_with(sandbox: Sandbox, secret: &str, flags: &[&str]) -> World {
    let profile = profile();
    let own = [
        "akiba-relay".to_owned(),
        format!("--vendor-profile={}", profile.path().display()),
        format!("--vendor-base={}", sandbox.vendor_url()),
        "--vendor-client-id=sandbox".to_owned(),
        "--rate-address=off".to_owned(),
    ];
    let flags = own.into_iter().chain(flags.iter().map(|&flag| flag.to_owned()));
    let Cli { settings, .. } = Cli::try_parse_from(flags).unwrap();
    let variable = |name| (name == CLIENT_SECRET_VARIABLE).then(|| secret.to_owned());
    let vendor = VendorClient::new(&settings.vendor, &Access::load(&settings.vendor, variable).unwrap()).unwrap();
    let state = AppState::new(&settings.http, &settings.limits, vendor);
    World { sandbox, relay: Relay::of(state, &settings).await, _profile: profile }
}

impl World {
    fn link(&self) -> reqwest::RequestBuilder {
        let body = json!({ "identifier": VERIFIED, "type": "1", "selfie_filename": "me.jpg" });
        self.relay.post("/v1/customer", &body)
    }

    fn asked(&self) -> u32 {
        self.sandbox.vendor().tokens().asked()
    }

    async fn verdict(&self, link: &Value) -> Value {
        let photo = include_bytes!("../../../../tests/fixtures/face/collins.jpg").to_vec();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let put = client.put(link["signed_link"].as_str().unwrap()).header("content-type", "image/jpeg").body(photo);
        assert_eq!(put.send().await.unwrap().status(), 200);
        let body = json!({
            "id": link["identifier"], "user_type": "1", "s3_key": link["s3_key"],
            "selfie_filename": link["selfie_filename"],
        });
        success(self.relay.post("/v1/customer/verify", &body)).await
    }
}

#[tokio::test]
async fn the_page_notices_nothing_of_it() {
    let world = world(&[]).await;
    let link = success(world.link()).await;
    assert_eq!((&link["identifier"], &link["selfie_filename"]), (&json!(VERIFIED), &json!("me.jpg")));
    let reply = world.verdict(&link).await;
    assert_eq!(reply["status"], "success");
    assert_eq!(reply["message"], "Identity and Selfie succesfully verified");
    let identity = &reply["data"]["identity"];
    assert_eq!((&identity["id_number"], &identity["fraud_score"]), (&json!(VERIFIED), &json!(0.04)));
    assert_eq!(identity["facial_recognition_confidence"], json!(0.97));
    assert_eq!(world.asked(), 1, "one token opens both calls");

    let rejected = json!({ "identifier": "0000000000002", "type": "1", "selfie_filename": "me.jpg" });
    let link = success(world.relay.post("/v1/customer", &rejected)).await;
    assert_eq!(world.verdict(&link).await.get("status"), None, "what is not VERIFIED is no success");
}

#[tokio::test]
async fn a_value_without_a_word_is_refused_before_the_vendor_is_asked() {
    let world = world(&[]).await;
    let company = json!({ "identifier": VERIFIED, "type": "2", "selfie_filename": "me.jpg" });
    problem(world.relay.post("/v1/customer", &company), ProblemCode::Refused).await;
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn fifty_calls_at_the_start_ask_for_one_token() {
    let world = world(&[]).await;
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(success(world.link()))).collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_and_no_call_fails() {
    let world = world(&[]).await;
    world.sandbox.vendor().tokens().set_life(Duration::from_secs(2));
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(7) {
        let calls: Vec<_> = (0..4).map(|_| tokio::spawn(success(world.link()))).collect();
        for call in calls {
            call.await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let asked = world.asked();
    assert!((4..=5).contains(&asked), "a token of 2 s is renewed after 1.8 s: {asked}");
}

#[tokio::test]
async fn a_token_that_ends_before_its_time_is_replaced_once_for_all() {
    let world = world(&[]).await;
    success(world.link()).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.sandbox.vendor().tokens().revoke_all();
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(success(world.link()))).collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(world.asked(), 2);
    // One that is refused though it is new is not asked for again and again.
    let refused = json!({ "identifier": "0000000000011", "type": "1", "selfie_filename": "me.jpg" });
    for _ in 0..5 {
        problem(world.relay.post("/v1/customer", &refused), ProblemCode::VendorDenied).await;
    }
    assert!(world.asked() <= 3, "{}", world.asked());
}

#[tokio::test]
async fn an_old_token_is_used_on_while_no_new_one_is_to_be_had() {
    let world = world(&[]).await;
    let tokens = world.sandbox.vendor().tokens();
    tokens.set_life(Duration::from_secs(10));
    success(world.link()).await;
    tokens.set_down(true);
    // From 9 s on it should be renewed.
    tokio::time::sleep(Duration::from_millis(9_200)).await;
    for _ in 0..5 {
        success(world.link()).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.asked(), 2, "a failure is followed by a pause");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    problem(world.link(), ProblemCode::VendorUnavailable).await;
    tokens.set_down(false);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    success(world.link()).await;
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_failure_is_shared() {
    let world = world(&[]).await;
    world.sandbox.vendor().tokens().set_down(true);
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(problem(world.link(), ProblemCode::VendorUnavailable))).collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(world.asked(), 1);
    assert_eq!(world.sandbox.vendor().last_key(), None, "no call got through");
}

#[tokio::test]
async fn a_call_that_has_waited_long_for_its_token_is_not_sent() {
    let vendor = Vendor::answering(|seen| async move {
        let body = if seen.path == "/oauth2/token" {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 3_600 })
        } else {
            json!({ "result": "VERIFIED" })
        };
        axum::Json(body).into_response()
    })
    .await;
    let profile = profile();
    let own = [
        "akiba-relay".to_owned(),
        format!("--vendor-profile={}", profile.path().display()),
        format!("--vendor-base={}", vendor.base),
        "--vendor-client-id=x".to_owned(),
        "--vendor-timeout=2s".to_owned(),
    ];
    let Cli { settings, .. } = Cli::try_parse_from(own).unwrap();
    let access = Access::load(&settings.vendor, |_| Some("s3cret".to_owned())).unwrap();
    let client = VendorClient::new(&settings.vendor, &access).unwrap();
    let relay = Relay::of(AppState::new(&settings.http, &settings.limits, client), &settings).await;
    let paths = || vendor.seen().into_iter().map(|seen| seen.path).collect::<Vec<_>>();
    let verify = json!({ "id": VERIFIED, "user_type": "1", "s3_key": "k", "selfie_filename": "me.jpg" });
    // Half a second would be left, after which the verdict would count as lost.
    problem(relay.post("/v1/customer/verify", &verify), ProblemCode::VendorUnavailable).await;
    assert_eq!(paths(), ["/oauth2/token"]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(success(relay.post("/v1/customer/verify", &verify)).await["status"], "success");
    assert_eq!(paths(), ["/oauth2/token", "/v2/selfies/verify"], "the token came for those after it");
}

#[tokio::test]
async fn a_wrong_secret_is_the_relays_fault() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let world = world_with(sandbox, "guess", &[]).await;
    problem(world.link(), ProblemCode::VendorDenied).await;
}

#[tokio::test]
async fn the_secret_may_stand_in_the_body() {
    for (credentials, in_header) in [("header", true), ("body", false)] {
        let text = std::fs::read_to_string(profile().path()).unwrap();
        let text = text.replace("kind = \"oauth2\"", &format!("kind = \"oauth2\"\ncredentials = \"{credentials}\""));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let sandbox = Sandbox::start(Options { token: Some(TOKEN.to_owned()), ..Options::default() }).await.unwrap();
        // Between the two, somebody who looks where the secret stands.
        let behind = sandbox.vendor_url();
        let vendor = Vendor::answering(move |seen| {
            assert_eq!(seen.headers.contains_key("authorization"), in_header, "{credentials}");
            let url = format!("{behind}{}", seen.path);
            async move {
                assert_eq!(url.rsplit_once('/').unwrap().1, "token");
                let form = format!("grant_type=client_credentials&client_id=sandbox&client_secret={TOKEN}");
                let request = reqwest::Client::builder().no_proxy().build().unwrap().post(url);
                let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
                let answer = request.send().await.unwrap().text().await.unwrap();
                axum::response::Response::builder()
                    .header("content-type", "application/json")
                    .body(answer.into())
                    .unwrap()
            }
        })
        .await;
        let flags = [
            "akiba-relay".to_owned(),
            format!("--vendor-profile={}", file.path().display()),
            format!("--vendor-base={}", sandbox.vendor_url()),
            format!("--vendor-token-url={}/oauth2/token", vendor.base),
            "--vendor-client-id=sandbox".to_owned(),
        ];
        let Cli { settings, .. } = Cli::try_parse_from(flags).unwrap();
        let relay = Relay::of(Relay::state(&settings), &settings).await;
        let body = json!({ "identifier": VERIFIED, "type": "1", "selfie_filename": "me.jpg" });
        success(relay.post("/v1/customer", &body)).await;
        assert_eq!(vendor.seen().len(), 1);
    }
}
