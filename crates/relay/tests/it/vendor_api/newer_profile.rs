//! The vendor's newer API, as in the sandbox: other paths and names, and access tokens that expire.

use std::time::{Duration, Instant};

use akiba_protocol::{Judgement, MayBeMissing, ProblemCode, Reason};
use akiba_sandbox::{Options, Sandbox};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::support::{Relay, TOKEN, Vendor, all_of, problem, success};

const VERIFIED: &str = "0000000000001";

/// A profile with consent as a constant, since a relay without sessions has no consent.
fn profile() -> tempfile::NamedTempFile {
    let text = include_str!("../../../src/vendor_api/profiles/newer.toml");
    let text = text.replace("consent = \"consent\"", "constants = { consent = true }");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// A relay in front of a sandbox with the newer API.
struct World {
    sandbox: Sandbox,
    relay: Relay,
    _profile: tempfile::NamedTempFile,
}

async fn world() -> World {
    let sandbox = Sandbox::start(Options { test_controls: true, ..Options::default() }).await.unwrap();
    let secret = sandbox.token().to_owned();
    world_with(sandbox, &secret).await
}

async fn world_with(sandbox: Sandbox, secret: &str) -> World {
    let profile = profile();
    let flags = [
        format!("--vendor-profile={}", profile.path().display()),
        format!("--vendor-base={}", sandbox.vendor_url()),
        "--vendor-client-id=sandbox".to_owned(),
        "--rate-address=off".to_owned(),
    ];
    World { sandbox, relay: Relay::with_secret(secret, flags).await, _profile: profile }
}

impl World {
    fn link(&self) -> reqwest::RequestBuilder {
        let body = json!({ "identifier": VERIFIED, "type": "1", "selfie_filename": "me.jpg" });
        self.relay.post("/v1/customer", &body)
    }

    /// How many access tokens the relay has requested.
    fn tokens_requested(&self) -> u32 {
        self.sandbox.vendor().tokens().requested()
    }

    async fn verdict(&self, link: &Value) -> Value {
        let photo = include_bytes!("../../../../../tests/fixtures/face/collins.jpg").to_vec();
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
async fn the_page_sees_the_published_api() {
    let world = world().await;
    let link = success(world.link()).await;
    assert_eq!((&link["identifier"], &link["selfie_filename"]), (&json!(VERIFIED), &json!("me.jpg")));
    let reply = world.verdict(&link).await;
    assert_eq!(reply["status"], "success");
    assert_eq!(reply["message"], "Identity and Selfie succesfully verified");
    let identity = &reply["data"]["identity"];
    assert_eq!((&identity["id_number"], &identity["fraud_score"]), (&json!(VERIFIED), &json!(0.04)));
    assert_eq!(identity["facial_recognition_confidence"], json!(0.97));
    assert_eq!(world.tokens_requested(), 1, "both calls use one token");

    let rejected = json!({ "identifier": "0000000000002", "type": "1", "selfie_filename": "me.jpg" });
    let link = success(world.relay.post("/v1/customer", &rejected)).await;
    assert_eq!(world.verdict(&link).await.get("status"), None, "a result other than VERIFIED is not a success");
}

#[tokio::test]
async fn an_unmapped_value_is_rejected_before_the_vendor_call() {
    let world = world().await;
    let company = json!({ "identifier": VERIFIED, "type": "2", "selfie_filename": "me.jpg" });
    problem(world.relay.post("/v1/customer", &company), ProblemCode::Refused).await;
    assert_eq!(world.tokens_requested(), 0);
}

#[tokio::test]
async fn fifty_first_calls_request_one_token() {
    let world = world().await;
    all_of((0..50).map(|_| success(world.link()))).await;
    assert_eq!(world.tokens_requested(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let world = world().await;
    world.sandbox.vendor().tokens().set_life(Duration::from_secs(10));
    // Before the first request, so the token is younger than this says.
    let started = Instant::now();
    let nine = Duration::from_secs(9);
    let mut fetched = None;
    loop {
        let begun = started.elapsed();
        all_of((0..4).map(|_| success(world.link()))).await;
        let ended = started.elapsed();
        let fetched = *fetched.get_or_insert(ended);
        if world.tokens_requested() == 2 {
            assert!(ended >= nine, "a token of 10 s is renewed after {ended:?}");
            break;
        }
        assert!(begun < fetched + nine, "a call that began after {begun:?} has a token of {fetched:?} that lives 10 s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once() {
    let world = world().await;
    success(world.link()).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.sandbox.vendor().tokens().revoke_all();
    all_of((0..20).map(|_| success(world.link()))).await;
    assert_eq!(world.tokens_requested(), 2);
    // A new token that the vendor rejects is not replaced at every call.
    let refused = json!({ "identifier": "0000000000011", "type": "1", "selfie_filename": "me.jpg" });
    for _ in 0..5 {
        problem(world.relay.post("/v1/customer", &refused), ProblemCode::VendorDenied).await;
    }
    assert!(world.tokens_requested() <= 3, "{}", world.tokens_requested());
}

#[tokio::test]
async fn an_old_token_is_used_while_renewal_fails() {
    let world = world().await;
    let tokens = world.sandbox.vendor().tokens();
    tokens.set_life(Duration::from_secs(10));
    success(world.link()).await;
    tokens.set_down(true);
    // Renewal is due from 9 s on.
    tokio::time::sleep(Duration::from_millis(9_200)).await;
    for _ in 0..5 {
        success(world.link()).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.tokens_requested(), 2, "the relay pauses after a failed renewal");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    problem(world.link(), ProblemCode::VendorUnavailable).await;
    tokens.set_down(false);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    success(world.link()).await;
}

#[tokio::test]
async fn without_a_token_no_call_is_sent_and_all_share_one_failure() {
    let world = world().await;
    world.sandbox.vendor().tokens().set_down(true);
    all_of((0..20).map(|_| problem(world.link(), ProblemCode::VendorUnavailable))).await;
    assert_eq!(world.tokens_requested(), 1);
    assert_eq!(world.sandbox.vendor().last_key(), None, "a call reached the vendor");
}

#[tokio::test]
async fn a_call_that_waited_too_long_for_a_token_is_not_sent() {
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
    let flags = [
        format!("--vendor-profile={}", profile.path().display()),
        format!("--vendor-base={}", vendor.base),
        "--vendor-client-id=x".to_owned(),
        "--vendor-timeout=2s".to_owned(),
    ];
    let relay = Relay::with_secret("s3cret", flags).await;
    let paths = || vendor.seen().into_iter().map(|seen| seen.path).collect::<Vec<_>>();
    let verify = json!({ "id": VERIFIED, "user_type": "1", "s3_key": "k", "selfie_filename": "me.jpg" });
    // Only half a second would be left for the call. A timeout then would make the verdict unknown.
    problem(relay.post("/v1/customer/verify", &verify), ProblemCode::VendorUnavailable).await;
    assert_eq!(paths(), ["/oauth2/token"]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(success(relay.post("/v1/customer/verify", &verify)).await["status"], "success");
    assert_eq!(paths(), ["/oauth2/token", "/v2/selfies/verify"], "later calls use the token");
}

#[tokio::test]
async fn a_wrong_client_secret_is_vendor_denied() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let world = world_with(sandbox, "guess").await;
    problem(world.link(), ProblemCode::VendorDenied).await;
}

#[tokio::test]
async fn the_client_secret_can_be_sent_in_the_body() {
    for (credentials, in_header) in [("header", true), ("body", false)] {
        let text = std::fs::read_to_string(profile().path()).unwrap();
        let text = text.replace("kind = \"oauth2\"", &format!("kind = \"oauth2\"\ncredentials = \"{credentials}\""));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let sandbox = Sandbox::start(Options { token: Some(TOKEN.to_owned()), ..Options::default() }).await.unwrap();
        // A proxy between the two checks where the secret is.
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
            format!("--vendor-profile={}", file.path().display()),
            format!("--vendor-base={}", sandbox.vendor_url()),
            format!("--vendor-token-url={}/oauth2/token", vendor.base),
            "--vendor-client-id=sandbox".to_owned(),
        ];
        let relay = Relay::with_secret(TOKEN, flags).await;
        let body = json!({ "identifier": VERIFIED, "type": "1", "selfie_filename": "me.jpg" });
        success(relay.post("/v1/customer", &body)).await;
        assert_eq!(vendor.seen().len(), 1);
    }
}

/// A relay with the profile `newer`, in front of a vendor that answers `reply`.
async fn before_a_vendor_saying(reply: &Value) -> (Vendor, Relay, tempfile::NamedTempFile) {
    let reply = reply.clone();
    let vendor = Vendor::answering(move |seen| {
        let token = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 3_600 });
        let body = if seen.path == "/oauth2/token" { token } else { reply.clone() };
        async move { axum::Json(body).into_response() }
    })
    .await;
    let file = profile();
    let flags = [
        format!("--vendor-profile={}", file.path().display()),
        format!("--vendor-base={}", vendor.base),
        "--vendor-client-id=x".to_owned(),
    ];
    let relay = Relay::with_secret("s3cret", flags).await;
    (vendor, relay, file)
}

#[tokio::test]
async fn a_mapped_reply_whose_evidence_is_missing_verifies_nobody() {
    let verify = json!({ "id": VERIFIED, "user_type": "1", "s3_key": "k", "selfie_filename": "me.jpg" });
    let rows = [
        (json!({ "result": "VERIFIED", "record": { "person": {}, "scores": { "fraud_level": "Low" } } }), None),
        (json!({ "result": "VERIFIED" }), Some(Reason::Unclear)),
        (json!({ "result": "VERIFIED", "record": { "person": { "fullname": "F" } } }), Some(Reason::Unclear)),
        (json!({ "result": "VERIFIED", "record": { "scores": { "fraud_level": "Low" } } }), Some(Reason::Unclear)),
        (
            json!({ "result": "VERIFIED", "record": { "person": [{}], "scores": { "fraud_level": "Low" } } }),
            Some(Reason::Unclear),
        ),
        (json!({ "result": "VERIFIED", "record": { "person": { "fraud_detected": "Low" } } }), Some(Reason::Unclear)),
        (
            json!({ "result": "VERIFIED", "record": { "person": {}, "scores": { "fraud_level": "Severe" } } }),
            Some(Reason::Unclear),
        ),
        (
            json!({ "result": "VERIFIED", "record": { "person": {}, "scores": { "fraud_level": "HIGH" } } }),
            Some(Reason::Fraud),
        ),
    ];
    for (reply, reason) in rows {
        let (_vendor, relay, _file) = before_a_vendor_saying(&reply).await;
        let sent = success(relay.post("/v1/customer/verify", &verify)).await;
        assert_eq!(Judgement::of(&&sent, MayBeMissing::Nothing).reason, reason, "{reply}");
    }
}
