//! Repeated `kill -9` of the real program.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::receiver::Receiver;
use crate::support::wait::until;
use crate::support::{IDENTIFIER, Vendor};

on_both!(a_killed_relay_loses_no_verdict);

/// Sends one call to the program that runs now. Returns `None` if the program was killed meanwhile.
async fn call(
    client: &Client,
    base: &Mutex<String>,
    path: &str,
    key: &str,
    body: Option<&Value>,
) -> Option<(u16, Value)> {
    let url = format!("{}{path}", base.lock().unwrap());
    let request = match body {
        Some(body) => client.post(url).header("content-type", "application/json").body(body.to_string()),
        None => client.get(url),
    };
    let response = request.bearer_auth(key).timeout(Duration::from_secs(5)).send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, serde_json::from_str(&response.text().await.ok()?).ok()?))
}

/// How many kills and verdicts the test needs. A busy machine needs longer for them.
const ENOUGH: (u64, usize) = (4, 6);
/// How long the kills go on, at least and at most.
const SHORTEST: Duration = Duration::from_secs(8);
const LONGEST: Duration = Duration::from_secs(60);

/// What the customers and the test share.
#[derive(Default)]
struct Shared {
    /// Where the program that runs now listens.
    base: Mutex<String>,
    verdicts: AtomicUsize,
    over: AtomicBool,
}

/// Creates sessions until it is over. Returns their ids, and whether the page got a verdict.
async fn customers(shared: Arc<Shared>, api: String) -> Vec<(String, bool)> {
    let base = &shared.base;
    let client = Client::builder().no_proxy().build().unwrap();
    let mut sessions = Vec::new();
    while !shared.over.load(Ordering::Relaxed) {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let Some((201, created)) = call(&client, base, "/v1/sessions", &api, Some(&body)).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let token = created["session_token"].as_str().unwrap();
        let link = call(&client, base, "/v1/customer", token, Some(&json!({}))).await;
        let reply = match link {
            Some((200, _)) => call(&client, base, "/v1/customer/verify", token, Some(&json!({}))).await,
            _ => None,
        };
        let verified = matches!(reply, Some((200, reply)) if reply["outcome"] == "verified");
        shared.verdicts.fetch_add(verified.into(), Ordering::Relaxed);
        sessions.push((created["session_id"].as_str().unwrap().to_owned(), verified));
    }
    sessions
}

async fn a_killed_relay_loses_no_verdict(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(20)).await;
    // The receiver fails sometimes, too, but once per webhook: the back-off would grow too long for the test.
    let failed = Arc::new(Mutex::new(HashSet::new()));
    let receiver = Receiver::answering(move |webhook, before| {
        if before % 7 == 3 && failed.lock().unwrap().insert(webhook.id.clone()) { 500 } else { 200 }
    })
    .await;
    let (vendor_flag, webhook_flag) =
        (format!("--vendor-base={}", vendor.base), format!("--webhook-url={}", receiver.url));
    let flags = [
        &vendor_flag,
        &webhook_flag,
        "--vendor-timeout=1s",
        "--webhook-timeout=1s",
        "--clock-leeway=1s",
        "--session-ttl=1h",
        "--rate-api-key=off",
    ];
    let mut program = Program::with_sessions(database, &flags);
    let shared = Arc::new(Shared { base: Mutex::new(program.base.clone()), ..Shared::default() });
    let base = &shared.base;
    let workers = (0..6).map(|_| tokio::spawn(customers(Arc::clone(&shared), database.keys.api.clone())));
    let workers: Vec<_> = workers.collect();
    let begun = Instant::now();
    let mut kills = 0;
    let enough = |kills| kills >= ENOUGH.0 && shared.verdicts.load(Ordering::Relaxed) >= ENOUGH.1;
    while begun.elapsed() < SHORTEST || !enough(kills) && begun.elapsed() < LONGEST {
        // At a different moment each time.
        tokio::time::sleep(Duration::from_millis(250 + 37 * (kills % 11))).await;
        drop(program);
        kills += 1;
        program = Program::with_sessions(database, &flags);
        base.lock().unwrap().clone_from(&program.base);
    }
    shared.over.store(true, Ordering::Relaxed);
    let mut sessions = Vec::new();
    for worker in workers {
        sessions.extend(worker.await.unwrap());
    }
    let verified = sessions.iter().filter(|(_, verified)| *verified).count();
    assert!(enough(kills), "{kills} kills, {verified} verified");

    // An interrupted attempt expires 17 s after its start. A claimed webhook is sent again after 4 s.
    let client = Client::builder().no_proxy().build().unwrap();
    let state = async |id: &str| {
        let path = format!("/v1/sessions/{id}");
        let (status, report) = call(&client, base, &path, &database.keys.api, None).await.unwrap();
        assert_eq!(status, 200, "{report}");
        report["state"].as_str().unwrap().to_owned()
    };
    let mut states = HashMap::new();
    for (id, _) in &sessions {
        until("the interrupted attempt expires", async || state(id).await != "verifying").await;
        states.insert(id.clone(), state(id).await);
    }
    for (id, verified) in &sessions {
        assert!(
            !verified || states[id] == "verified",
            "the page of {id} got a verdict, and the state is {}",
            states[id]
        );
    }
    // A session without a vendor call stays as it was. Every end is sent as a webhook, under one id, however often.
    let ends: HashSet<_> = states
        .iter()
        .filter(|(_, state)| ["verified", "unknown"].contains(&state.as_str()))
        .map(|(id, _)| id.clone())
        .collect();
    let taken = |arrived: &[crate::support::receiver::Arrived]| {
        let taken = arrived.iter().filter(|webhook| webhook.answer == 200);
        taken.map(|webhook| webhook.session().to_owned()).collect::<HashSet<_>>()
    };
    let arrived = receiver.wait("a webhook for every end", |arrived| ends.is_subset(&taken(arrived))).await;
    let mut ids: HashMap<(&str, &str), HashSet<&str>> = HashMap::new();
    for webhook in &arrived {
        ids.entry((webhook.session(), webhook.event())).or_default().insert(&webhook.id);
    }
    assert!(ids.values().all(|ids| ids.len() == 1), "a webhook id has changed");
    // And no photo was sent to the vendor twice.
    let asked = vendor.verdict_calls();
    let keys: HashSet<_> = asked.iter().map(|call| call.body["s3_key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), asked.len());
    eprintln!(
        "{kills} kills, {} sessions, {verified} verified, {} ends, {} webhooks",
        sessions.len(),
        ends.len(),
        arrived.len()
    );
}
