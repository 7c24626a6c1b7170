//! What belongs to back ends is loaded again when its file changes: API keys, webhooks and proof keys.

use std::fs;

use akiba_protocol::ProblemCode;
use akiba_relay::secrets::{api_keys, proof_keys, webhook_secrets};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::reload::{World, after_load, secret_file};
use crate::support::receiver::{Arrived, Receiver};
use crate::support::tls_vendor::{Authority, TlsVendor, flag};
use crate::support::wait::until;
use crate::support::{IDENTIFIER, problem, run_log, success};
use crate::webhook::delivery::is_signed;

fn secret() -> String {
    let secret = webhook_secrets::new_secret().unwrap();
    run_log::secret(&secret);
    secret
}

impl World {
    /// Creates a session and gets its verdict, which is sent to the back end.
    async fn judged(&self) {
        let page = self.page().await;
        success(self.link(&page)).await;
        success(self.program.post("/v1/customer/verify", &page.token, &json!({}))).await;
    }

    fn create(&self, key: &str) -> RequestBuilder {
        self.program.post("/v1/sessions", key, &json!({ "identifier": IDENTIFIER, "type": "1" }))
    }
}

async fn arrived(receiver: &Receiver, count: usize) -> Vec<Arrived> {
    receiver.wait(&format!("{count} webhooks"), |arrived| arrived.len() >= count).await
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_secrets_are_loaded_again() {
    let receiver = Receiver::answering(|_, _| 200).await;
    let (old, new) = (secret(), secret());
    let world = World::with(|folder, _| {
        vec![secret_file(folder, "webhook-secrets", &old), format!("--webhook-url={}", receiver.url)]
    })
    .await;
    world.judged().await;
    assert!(is_signed(&arrived(&receiver, 1).await[0], &old));
    world.load("webhook-secrets", &format!("{new} {old}"), "ok").await;
    world.judged().await;
    let second = &arrived(&receiver, 2).await[1];
    assert!(is_signed(second, &new) && is_signed(second, &old));
    world.load("webhook-secrets", "whsec_short", "failed").await;
    world.load("webhook-secrets", &new, "ok").await;
    world.judged().await;
    let third = &arrived(&receiver, 3).await[2];
    assert!(is_signed(third, &new) && !is_signed(third, &old));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_endpoints_are_loaded_again() {
    let (first, second) = (Receiver::answering(|_, _| 200).await, Receiver::answering(|_, _| 200).await);
    let secret = secret();
    let endpoints = |key: &str, receiver: &Receiver| {
        format!("[[endpoint]]\napi-key = {key:?}\nurl = {:?}\nsecrets = {secret:?}\n", receiver.url)
    };
    let world =
        World::with(|folder, _| vec![secret_file(folder, "webhook-endpoints", &endpoints("bank", &first))]).await;
    world.judged().await;
    arrived(&first, 1).await;
    world.load("webhook-endpoints", &endpoints("bank", &second), "ok").await;
    world.judged().await;
    arrived(&second, 1).await;
    for wrong in ["", "[[endpoint]]", &endpoints("nobody", &first)] {
        world.load("webhook-endpoints", wrong, "failed").await;
    }
    world.judged().await;
    arrived(&second, 2).await;
    assert_eq!(first.arrived().len(), 1);
    world.program.signal(rustix::process::Signal::TERM);
    let (in_order, log) = world.program.ended().await;
    assert!(in_order && log.contains("no --api-key has name 1 of its api-key"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorities_of_webhooks_are_loaded_again() {
    let receiver = TlsVendor::saying(String::new()).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::copy(Authority::new().file(), file.path()).unwrap();
    let world = World::with(|folder, _| {
        let url = format!("--webhook-url={}/hooks", receiver.base);
        vec![secret_file(folder, "webhook-secrets", &secret()), url, flag("webhook-ca", file.path())]
    })
    .await;
    world.judged().await;
    let put_off = "akiba_relay_webhook_deliveries_total{result=\"put-off\"}";
    until("the receiver is not trusted", async || world.program.metric(put_off).await == Some(1.0)).await;
    assert!(receiver.seen().is_empty());
    after_load(&world.program, "ok", || {
        fs::copy(receiver.authority(), file.path()).unwrap();
    })
    .await;
    until("the webhook arrives", async || receiver.seen() == ["/hooks"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api_keys_are_loaded_again() {
    let (key, setting) = api_keys::new_key("other").unwrap();
    run_log::secret(&key);
    let world = World::with(|folder, keys| vec![secret_file(folder, "api-keys", &keys.api_setting)]).await;
    let (own, own_setting) = (world.database.keys.api.clone(), world.database.keys.api_setting.clone());
    assert_eq!(world.create(&own).send().await.unwrap().status(), 201);
    problem(world.create(&key), ProblemCode::Unauthorized).await;
    world.load("api-keys", &format!("# the second back end\n{own_setting}\n{setting}\n"), "ok").await;
    for key in [&own, &key] {
        assert_eq!(world.create(key).send().await.unwrap().status(), 201);
    }
    world.load("api-keys", &setting, "ok").await;
    problem(world.create(&own), ProblemCode::Unauthorized).await;
    for wrong in ["", "other", &key] {
        world.load("api-keys", wrong, "failed").await;
        assert_eq!(world.create(&key).send().await.unwrap().status(), 201);
    }
    world.program.signal(rustix::process::Signal::TERM);
    let (_, log) = world.program.ended().await;
    assert!(log.contains("API key 1: it must be NAME=SHA256"), "{log}");
}

/// A key and an endpoint that names it can be removed in one step, as in a Kubernetes secret that holds both files.
#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_stays_as_long_as_an_endpoint_names_it() {
    let receiver = Receiver::answering(|_, _| 200).await;
    let (key, setting) = api_keys::new_key("other").unwrap();
    run_log::secret(&key);
    let endpoints =
        |names: &str| format!("[[endpoint]]\napi-key = {names}\nurl = {:?}\nsecrets = {:?}\n", receiver.url, secret());
    let world = World::with(|folder, keys| {
        vec![
            secret_file(folder, "api-keys", &format!("{}\n{setting}", keys.api_setting)),
            secret_file(folder, "webhook-endpoints", &endpoints("[\"bank\", \"other\"]")),
        ]
    })
    .await;
    world.load("api-keys", &world.database.keys.api_setting, "failed").await;
    assert_eq!(world.create(&key).send().await.unwrap().status(), 201);
    world.load("webhook-endpoints", &endpoints("\"bank\""), "ok").await;
    until("the key is gone", async || world.create(&key).send().await.unwrap().status() == 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proof_keys_are_loaded_again() {
    let [old, new] = [(); 2].map(|()| proof_keys::new_key().unwrap());
    for key in [&old, &new] {
        run_log::secret(key);
    }
    let world = World::with(|folder, _| vec![secret_file(folder, "proof-keys", &old)]).await;
    let published = async || {
        let answer = world.program.get("/.well-known/jwks.json").send().await.unwrap();
        let set: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        set["keys"].as_array().unwrap().clone()
    };
    let first = published().await;
    world.load("proof-keys", &format!("{new}\n{old}"), "ok").await;
    let both = published().await;
    assert_eq!((both.len(), &both[1]), (2, &first[0]));
    for wrong in ["", "akp_short", &format!("{new} {new}")] {
        world.load("proof-keys", wrong, "failed").await;
        assert_eq!(published().await, both);
    }
    world.load("proof-keys", &new, "ok").await;
    assert_eq!(published().await, both[..1]);
}
