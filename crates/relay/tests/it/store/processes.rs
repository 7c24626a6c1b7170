//! Relays in processes of their own, which share only the database.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::{Vendor, all_of};

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_verifies_at_two_processes_are_one_vendor_call() {
    let database = Database::postgres();
    let vendor = Vendor::verifying_after(Duration::from_millis(300)).await;
    let programs = [0, 1].map(|_| Program::with_sessions(&database, &["--vendor-base", &vendor.base]));
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let verify = |index: usize| programs[index % 2].post("/v1/customer/verify", &page.token, &json!({})).send();
    let mut answers = HashSet::new();
    for response in all_of((0..50).map(verify)).await {
        let response = response.unwrap();
        assert_eq!(response.status(), 200);
        answers.insert(response.text().await.unwrap());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let answer: Value = serde_json::from_str(answers.iter().next().unwrap()).unwrap();
    assert_eq!(answer["outcome"], "verified");
    assert_eq!(vendor.verdict_calls().len(), 1);
    assert_eq!(bank.report(&page).await["verifies"], 1);
}
