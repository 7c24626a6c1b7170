//! Both calls of a page without a session, with a correct vendor.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{Method, Uri};
use axum::{Json, Router};
use serde_json::json;

use crate::support::{
    FILE_NAME, IDENTIFIER, Relay, S3_KEY, TOKEN, Task, Vendor, link_reply, link_request, listen, success, verify_reply,
};

#[tokio::test]
async fn the_link_call_is_sent_with_the_token() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;

    assert_eq!(success(relay.link()).await, link_reply());

    let seen = vendor.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0].method, seen[0].path.as_str()), (&Method::POST, "/v1/customer"));
    assert_eq!(seen[0].headers["token"], TOKEN);
    assert_eq!(seen[0].headers["content-type"], "application/json");
    assert!(!seen[0].headers.contains_key("authorization"));
    assert_eq!(seen[0].body, json!({ "identifier": IDENTIFIER, "type": "1", "selfie_filename": FILE_NAME }));
}

#[tokio::test]
async fn the_verify_call_is_sent_with_the_token() {
    let vendor = Vendor::saying(200, verify_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;

    let reply = success(relay.verify()).await;
    assert_eq!(reply["status"], "success");
    assert_eq!(reply["message"], verify_reply()["message"]);
    let identity = &reply["data"]["identity"];
    assert_eq!(identity["id_number"], IDENTIFIER);
    assert_eq!(identity["photo_id"], verify_reply()["data"]["identity"]["photo_id"]);
    assert_eq!(identity["fraud_score"], json!(0.21), "a score is returned as a number");
    assert_eq!(identity["facial_recognition_confidence"], json!(0.95));

    let seen = vendor.seen();
    assert_eq!(seen[0].path, "/v1/customer/verify");
    assert_eq!(seen[0].headers["token"], TOKEN);
    assert_eq!(
        seen[0].body,
        json!({ "selfie_filename": FILE_NAME, "id": IDENTIFIER, "user_type": "2", "s3_key": S3_KEY })
    );
}

#[tokio::test]
async fn token_header_scheme_and_paths_are_settings() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let base = format!("{}/za/", vendor.base);
    let flags = [
        "--token-header=Authorization",
        "--token-scheme=Bearer",
        "--vendor-link-path=/v3/links",
        "--vendor-verify-path=/v3/verdicts",
    ];
    let relay = Relay::before(&base, &flags).await;

    success(relay.link().header("authorization", "Bearer of-the-page").header("token", "of-the-page")).await;
    success(relay.verify()).await;

    let seen = vendor.seen();
    assert_eq!(seen[0].path, "/za/v3/links");
    assert_eq!(seen[1].path, "/za/v3/verdicts");
    for request in seen {
        let sent: Vec<_> = request.headers.get_all("authorization").iter().collect();
        assert_eq!(sent, [&format!("Bearer {TOKEN}")], "only the relay's token is sent");
        assert!(!request.headers.contains_key("token"));
    }
}

#[tokio::test]
async fn only_known_fields_reach_the_vendor() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;
    let mut body = link_request();
    body["is_admin"] = json!(true);

    let request =
        relay.post("/v1/customer?admin=1", &body).header("cookie", "session=1").header("x-forwarded-for", "1.2.3.4");
    success(request.header("token", "of-the-page")).await;

    let seen = &vendor.seen()[0];
    assert_eq!(seen.body, link_request());
    assert_eq!(seen.path, "/v1/customer");
    assert_eq!(seen.headers["token"], TOKEN);
    let mut names: Vec<_> = seen.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "token", "user-agent"]);
}

#[tokio::test]
async fn unknown_vendor_fields_and_post_policies_are_kept() {
    let mut reply = link_reply();
    reply["region"] = json!("af-south-1");
    reply["fields"] = json!({ "key": S3_KEY, "policy": "cG9saWN5" });
    let vendor = Vendor::saying(201, reply.to_string()).await;
    let relay = Relay::before(&vendor.base, &[]).await;

    assert_eq!(success(relay.link()).await, reply);
}

#[tokio::test]
async fn a_reply_without_success_is_passed_on_unchanged() {
    for reply in [json!({ "status": "failed", "message": "No match" }), json!({})] {
        let vendor = Vendor::saying(200, reply.to_string()).await;
        let relay = Relay::before(&vendor.base, &[]).await;
        assert_eq!(success(relay.verify()).await, reply);
    }
}

#[tokio::test]
async fn health_does_not_call_the_vendor() {
    let vendor = Vendor::saying(500, "").await;
    let relay = Relay::before(&vendor.base, &[]).await;
    assert_eq!(success(relay.request(Method::GET, "/healthz")).await, json!({ "status": "ok" }));
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn an_idle_connection_is_not_reused_for_a_verdict() {
    let connections = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&connections);
    let app = Router::new().fallback(move |ConnectInfo(peer): ConnectInfo<SocketAddr>, uri: Uri| {
        list.lock().unwrap().push(peer.port());
        let reply = if uri.path() == "/v1/customer" { link_reply() } else { verify_reply() };
        async move { Json(reply) }
    });
    let (listener, base) = listen().await;
    let server = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>());
    let _task = Task::of(tokio::spawn(async move { server.await.unwrap() }));
    let relay = Relay::before(&base, &[]).await;
    success(relay.link()).await;
    success(relay.verify()).await;
    // Shorter than the shortest idle timeout of common servers, which is five seconds.
    tokio::time::sleep(Duration::from_millis(4_700)).await;
    success(relay.verify()).await;
    let ports = connections.lock().unwrap().clone();
    assert_eq!(ports[0], ports[1], "a connection is reused at once");
    assert_ne!(ports[1], ports[2]);
}
