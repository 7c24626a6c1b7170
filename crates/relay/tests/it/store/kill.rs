//! `kill -9` of the real program, again and again.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::bank::{vendor, verdicts_asked};
use crate::support::database::{Database, on_both};
use crate::support::process::Program;
use crate::support::receiver::Receiver;
use crate::support::verify_reply;

on_both!(a_relay_that_is_killed_loses_no_verdict);

/// Sends one call to whichever program runs now; `None` when it was killed meanwhile.
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

/// Makes sessions until told to stop, and says which there are and which were told a verdict.
async fn customers(base: Arc<Mutex<String>>, api: String, until: Instant) -> Vec<(String, bool)> {
    let client = Client::builder().no_proxy().build().unwrap();
    let mut sessions = Vec::new();
    while Instant::now() < until {
        let wanted = json!({ "identifier": "8001015009087", "type": "1" });
        let Some((201, created)) = call(&client, &base, "/v1/sessions", &api, Some(&wanted)).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let token = created["session_token"].as_str().unwrap();
        let link = call(&client, &base, "/v1/customer", token, Some(&json!({}))).await;
        let told = match link {
            Some((200, _)) => call(&client, &base, "/v1/customer/verify", token, Some(&json!({}))).await,
            _ => None,
        };
        let told = matches!(told, Some((200, reply)) if reply["outcome"] == "verified");
        sessions.push((created["session_id"].as_str().unwrap().to_owned(), told));
    }
    sessions
}

async fn a_relay_that_is_killed_loses_no_verdict(database: &Database) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(20)).await;
    // Now and then the back end is out of order too, but not twice for one webhook, whose waits would grow long.
    let refused = Arc::new(Mutex::new(HashSet::new()));
    let receiver = Receiver::answering(move |webhook, before| {
        if before % 7 == 3 && refused.lock().unwrap().insert(webhook.id.clone()) { 500 } else { 200 }
    })
    .await;
    let flags = [
        format!("--webhook-url={}", receiver.url),
        "--vendor-timeout=1s".to_owned(),
        "--webhook-timeout=1s".to_owned(),
        "--clock-leeway=1s".to_owned(),
        "--session-ttl=1h".to_owned(),
    ];
    let mut program = Program::start(database, &vendor.base, &flags);
    let base = Arc::new(Mutex::new(program.base.clone()));
    let until = Instant::now() + Duration::from_secs(8);
    let workers = (0..6).map(|_| tokio::spawn(customers(Arc::clone(&base), database.keys.api.clone(), until)));
    let workers: Vec<_> = workers.collect();
    let mut kills = 0;
    while Instant::now() < until {
        // At no particular moment of what goes on.
        tokio::time::sleep(Duration::from_millis(250 + 37 * (kills % 11))).await;
        drop(program);
        kills += 1;
        program = Program::start(database, &vendor.base, &flags);
        base.lock().unwrap().clone_from(&program.base);
    }
    let mut sessions = Vec::new();
    for worker in workers {
        sessions.extend(worker.await.unwrap());
    }
    let told = sessions.iter().filter(|(_, told)| *told).count();
    assert!(kills > 3 && told > 5, "{kills} kills, {told} told");

    // Attempts that were cut are given up 17 s after they began; webhooks that were claimed are sent again after 4 s.
    let client = Client::builder().no_proxy().build().unwrap();
    let started = Instant::now();
    let mut states = HashMap::new();
    for (id, _) in &sessions {
        loop {
            let (status, report) =
                call(&client, &base, &format!("/v1/sessions/{id}"), &database.keys.api, None).await.unwrap();
            assert_eq!(status, 200, "{report}");
            if report["state"] != "verifying" {
                states.insert(id.clone(), report["state"].as_str().unwrap().to_owned());
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "it is not given up");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    for (id, told) in &sessions {
        assert!(!told || states[id] == "verified", "{id} was told, and is {}", states[id]);
    }
    // What was not asked stays as it was; every end is told, with one id, however often.
    let ends: HashSet<_> = states
        .iter()
        .filter(|(_, state)| ["verified", "unknown"].contains(&state.as_str()))
        .map(|(id, _)| id.clone())
        .collect();
    let taken = |arrived: &[crate::support::receiver::Arrived]| {
        let taken = arrived.iter().filter(|webhook| webhook.answer == 200);
        taken.map(|webhook| webhook.session().to_owned()).collect::<HashSet<_>>()
    };
    let arrived = receiver.wait("every end is told", |arrived| ends.is_subset(&taken(arrived))).await;
    let mut ids: HashMap<(&str, &str), HashSet<&str>> = HashMap::new();
    for webhook in &arrived {
        ids.entry((webhook.session(), webhook.event())).or_default().insert(&webhook.id);
    }
    assert!(ids.values().all(|ids| ids.len() == 1), "ids are stable");
    // And the vendor was never asked twice.
    let asked = verdicts_asked(&vendor);
    let keys: HashSet<_> = asked.iter().map(|call| call.body["s3_key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), asked.len());
    eprintln!(
        "{kills} kills, {} sessions, {told} told, {} ends, {} webhooks",
        sessions.len(),
        ends.len(),
        arrived.len()
    );
}
