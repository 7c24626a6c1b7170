//! The vendor's API over a real connection, as its reference describes it.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that can't go on fails")]

mod support;

use akiba_protocol::{Reason, SignedLink};
use serde_json::{Value, json};
use support::{ANYBODY, client, jpeg, verify_body, world};

#[tokio::test]
async fn a_missing_or_wrong_token_is_401_with_an_empty_body() {
    let world = world().await;
    for path in ["/v1/customer", "/v1/customer/verify"] {
        let url = format!("{}{path}", world.sandbox.vendor_url());
        let body = json!({ "identifier": ANYBODY, "type": "1" }).to_string();
        let without = world.client.post(&url).header("content-type", "application/json").body(body.clone());
        let wrong = without.try_clone().unwrap().header("token", "guess");
        let bearer = without.try_clone().unwrap().bearer_auth(world.sandbox.token());
        for request in [without, wrong, bearer] {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 401, "{path}");
            assert_eq!(response.headers()["content-length"], "0");
            assert!(response.bytes().await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn the_link_reply_has_every_published_field() {
    let world = world().await;
    for kind in ["1", "2"] {
        let body = json!({ "identifier": ANYBODY, "type": kind, "selfie_filename": "../../me.jpg" });
        let response = world.call("/v1/customer", &body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let reply: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(reply.as_object().unwrap().len(), 5);
        assert_eq!(reply["identifier"], ANYBODY);
        assert_eq!(reply["selfie_filename"], "../../me.jpg");
        assert_eq!(reply["customer_id"].as_str().unwrap().len(), 10);
        let key = reply["s3_key"].as_str().unwrap();
        assert!(!key.contains("me.jpg") && !key.contains(ANYBODY), "the sandbox chooses the key");
        let link = SignedLink::parse(reply["signed_link"].as_str().unwrap()).unwrap();
        assert!(link.signs("host") && !link.signs("content-type"));
        assert!(link.url().contains(key));
    }
    let made = world.link(ANYBODY).await;
    assert!(made.selfie_filename.starts_with("selfie-"));
    assert_ne!(made.s3_key, world.link(ANYBODY).await.s3_key);
}

#[tokio::test]
async fn links_live_sixty_seconds_by_default() {
    let world = world().await;
    assert!(world.link(ANYBODY).await.signed_link.contains("X-Amz-Expires=60&"));
    let short = world.call("/_sandbox/link-life", &json!({ "seconds": 7 })).send().await.unwrap();
    assert_eq!(short.status(), 204);
    assert!(world.link(ANYBODY).await.signed_link.contains("X-Amz-Expires=7&"));
}

#[tokio::test]
async fn required_fields_and_their_types_are_checked() {
    let world = world().await;
    let good_link = json!({ "identifier": ANYBODY, "type": "1", "selfie_filename": "a.jpg" });
    let good_verify = verify_body(&world.link(ANYBODY).await);
    let cases = [
        ("/v1/customer", &good_link, vec!["identifier", "type"]),
        ("/v1/customer/verify", &good_verify, vec!["selfie_filename", "id", "user_type", "s3_key"]),
    ];
    for (path, good, required) in cases {
        for name in required {
            let mut wrong_values = vec![json!(""), json!(1), json!([]), Value::Null];
            if name.ends_with("type") {
                wrong_values.extend([json!("3"), json!("individual")]);
            }
            let mut bodies = vec![{
                let mut body = good.clone();
                body.as_object_mut().unwrap().remove(name);
                body
            }];
            bodies.extend(wrong_values.into_iter().map(|value| {
                let mut body = good.clone();
                body[name] = value;
                body
            }));
            for body in bodies {
                let response = world.call(path, &body).send().await.unwrap();
                assert_eq!(response.status(), 400, "{path} {body}");
                let reply: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
                assert!(reply["message"].as_str().unwrap().contains(name), "{reply}");
            }
        }
        assert_ne!(world.call(path, good).send().await.unwrap().status(), 401);
    }
    let file_name = json!({ "identifier": ANYBODY, "type": "1", "selfie_filename": 5 });
    assert_eq!(world.call("/v1/customer", &file_name).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn only_json_is_read() {
    let world = world().await;
    let url = format!("{}/v1/customer", world.sandbox.vendor_url());
    let post = || world.client.post(&url).header("token", world.sandbox.token());
    let good = json!({ "identifier": ANYBODY, "type": "1" }).to_string();
    let typed = |kind: &str, body: &str| post().header("content-type", kind).body(body.to_owned()).send();
    assert_eq!(typed("application/json; charset=utf-8", &good).await.unwrap().status(), 200);
    assert_eq!(typed("text/plain", &good).await.unwrap().status(), 400);
    // The published example, which is not JSON.
    assert_eq!(typed("application/json", "{\"identifier\"=\"1\",}").await.unwrap().status(), 400);
    assert_eq!(typed("application/json", &"x".repeat(20_000)).await.unwrap().status(), 413);
    assert_eq!(world.client.get(&url).header("token", world.sandbox.token()).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn a_missing_or_unreadable_selfie_fails_with_a_message() {
    let world = world().await;
    let cut = jpeg()[..200].to_vec();
    let cases: [(Option<Vec<u8>>, &str); 4] = [
        (None, "uploaded"),
        (Some(b"not an image".to_vec()), "JPEG"),
        (Some(cut), "decoded"),
        (Some(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec()), "JPEG"),
    ];
    for (object, word) in cases {
        let link = world.link(ANYBODY).await;
        if let Some(object) = object {
            assert_eq!(world.put(&link.signed_link, object).await.status(), 200);
        }
        let verdict = world.verdict(&link).await;
        assert_eq!(verdict.reason, Some(Reason::NotMatched));
        assert_eq!(verdict.reply.status.as_deref(), Some("failed"));
        assert!(verdict.reply.message.as_deref().unwrap().contains(word), "{:?}", verdict.reply.message);
        assert!(verdict.identity().is_none());
    }
}

#[tokio::test]
async fn verify_accepts_only_the_values_of_one_link_call() {
    let world = world().await;
    let (mine, foreign) = (world.link(ANYBODY).await, world.link("7001015009087").await);
    for link in [&mine, &foreign] {
        assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);
    }
    let swaps = [
        ("s3_key", foreign.s3_key.as_str()),
        ("s3_key", "selfies/unknown"),
        ("s3_key", "../secret"),
        ("id", "7001015009087"),
        ("user_type", "2"),
        ("selfie_filename", foreign.selfie_filename.as_str()),
    ];
    for (name, value) in swaps {
        let mut body = verify_body(&mine);
        body[name] = json!(value);
        let response = world.call("/v1/customer/verify", &body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{name}");
    }
    assert!(world.verdict(&mine).await.is_verified());
}

#[tokio::test]
async fn the_object_on_disk_equals_the_upload() {
    let data = tempfile::tempdir().unwrap();
    let options = akiba_sandbox::Options { data: Some(data.path().to_owned()), ..Default::default() };
    let world = support::world_with(options).await;
    let link = world.link(ANYBODY).await;
    assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);
    assert_eq!(std::fs::read(world.sandbox.objects().join(&link.s3_key)).unwrap(), jpeg());
    let last = world.client.get(format!("{}/_sandbox/last", world.sandbox.vendor_url())).send().await.unwrap();
    assert_eq!(last.text().await.unwrap(), json!({ "s3_key": link.s3_key }).to_string());
}

#[tokio::test]
async fn test_controls_are_off_by_default() {
    let sandbox = akiba_sandbox::Sandbox::start(akiba_sandbox::Options::default()).await.unwrap();
    let client = client();
    for path in ["/_sandbox/last", "/_sandbox/link-life", "/_sandbox/fault"] {
        let url = format!("{}{path}", sandbox.vendor_url());
        assert_eq!(client.get(&url).send().await.unwrap().status(), 404);
        assert_eq!(client.post(&url).body("{}").send().await.unwrap().status(), 404);
    }
}
