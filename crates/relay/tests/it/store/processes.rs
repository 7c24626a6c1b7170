//! Relays that share nothing but the database.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::bank::{Bank, vendor, verdicts_asked};
use crate::support::database::Database;
use crate::support::process::Program;
use crate::support::verify_reply;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_at_two_processes_are_one_call() {
    let database = Database::postgres();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(300)).await;
    let programs = [Program::start(&database, &vendor.base, &[]), Program::start(&database, &vendor.base, &[])];
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let calls = (0..50).map(|index| {
        let url = format!("{}/v1/customer/verify", programs[index % 2].base);
        let call = client.post(url).bearer_auth(&page.token).header("content-type", "application/json");
        tokio::spawn(call.body(json!({}).to_string()).send())
    });
    let mut answers = HashSet::new();
    for call in calls.collect::<Vec<_>>() {
        let response = call.await.unwrap().unwrap();
        assert_eq!(response.status(), 200);
        answers.insert(response.text().await.unwrap());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let told: Value = serde_json::from_str(answers.iter().next().unwrap()).unwrap();
    assert_eq!(told["outcome"], "verified");
    assert_eq!(verdicts_asked(&vendor).len(), 1);
    assert_eq!(bank.report(&page).await["verifies"], 1);
}
