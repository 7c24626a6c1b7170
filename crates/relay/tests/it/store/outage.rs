//! A database that is unavailable for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page};
use crate::support::database::Database;
use crate::support::receiver::Receiver;
use crate::support::{Vendor, problem_and_headers, success};

/// What happened to one page.
struct Fate {
    page: Option<Page>,
    verdict: Option<Value>,
    rejected: usize,
}

/// Creates a session and gets its verdict. Repeats every call that is answered with 503.
async fn go(bank: &Bank, over: &AtomicBool) -> Fate {
    let mut fate = Fate { page: None, verdict: None, rejected: 0 };
    let mut linked = false;
    while fate.verdict.is_none() {
        let request = match &fate.page {
            None => bank.create(&json!({ "identifier": "8001015009087", "type": "1" })),
            Some(page) if !linked => bank.link(page, &json!({})),
            Some(page) => bank.verify(page, &json!({})),
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        match (status, &fate.page) {
            (201, None) => fate.page = Some(Page::of(&body)),
            (200, Some(_)) if !linked => linked = true,
            (200, Some(_)) => fate.verdict = Some(body),
            (503, _) => {
                assert_eq!(body["code"], "storage-unavailable");
                assert!(!over.load(Ordering::Relaxed) || fate.rejected < 100, "the relay does not recover");
                fate.rejected += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            // A link or an attempt whose transaction was interrupted.
            (409, Some(_)) => tokio::time::sleep(Duration::from_millis(200)).await,
            _ => panic!("{status} {body}"),
        }
    }
    fate
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_seconds_without_postgres_lose_and_repeat_nothing() {
    let database = Database::postgres_alone();
    let vendor = Vendor::verifying_after(Duration::from_millis(400)).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Arc::new(Bank::telling(&database, &vendor.base, &receiver.url, &[]).await);
    let over = Arc::new(AtomicBool::new(false));
    let until = Instant::now() + Duration::from_secs(14);
    let workers = (0..12).map(|_| {
        let (bank, over) = (Arc::clone(&bank), Arc::clone(&over));
        tokio::spawn(async move {
            let mut fates = Vec::new();
            while Instant::now() < until {
                fates.push(go(&bank, &over).await);
            }
            fates
        })
    });
    let workers: Vec<_> = workers.collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let database = tokio::task::spawn_blocking(move || {
        database.stop();
        database
    });
    let database = database.await.unwrap();
    let page = Page { id: format!("ses_{}", "0".repeat(32)), token: String::new() };
    let path = page.path();
    let asked = Instant::now();
    let (_, headers) =
        problem_and_headers(bank.host(reqwest::Method::GET, &path), ProblemCode::StorageUnavailable).await;
    assert!(asked.elapsed() < Duration::from_secs(8), "the relay fails late");
    assert_eq!(headers["retry-after"], "2");
    tokio::time::sleep(Duration::from_secs(10).saturating_sub(asked.elapsed())).await;
    let database = tokio::task::spawn_blocking(move || {
        database.start_again();
        database
    });
    let _database = database.await.unwrap();
    over.store(true, Ordering::Relaxed);

    let mut fates = Vec::new();
    for worker in workers {
        fates.extend(tokio::time::timeout(Duration::from_secs(60), worker).await.unwrap().unwrap());
    }
    assert!(fates.iter().any(|fate| fate.rejected > 0), "no call was rejected during the outage");
    assert!(fates.len() > 12, "{}", fates.len());
    for fate in &fates {
        assert_eq!(fate.verdict.as_ref().unwrap()["outcome"], "verified");
        assert_eq!(bank.state(fate.page.as_ref().unwrap()).await, "verified");
    }
    // One vendor call for each session, also where the verdict came while the database was down.
    let asked = vendor.verdict_calls();
    let mut keys: Vec<_> = asked.iter().map(|call| call.body["s3_key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((asked.len(), keys.len()), (fates.len(), fates.len()));
    let arrived = receiver.wait("every webhook", |arrived| arrived.len() >= fates.len()).await;
    for fate in &fates {
        assert!(arrived.iter().any(|webhook| webhook.session() == fate.page.as_ref().unwrap().id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_sqlite_file_is_a_503_and_loses_nothing() {
    use sqlx::{ConnectOptions, Connection, Executor};

    let database = Database::sqlite();
    let vendor = Vendor::verifying_after(Duration::from_millis(1_500)).await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, &vendor).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database.file());
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let body = json!({ "identifier": "8001015009087", "type": "1" });
    problem_and_headers(bank.create(&body), ProblemCode::StorageUnavailable).await;
    assert_eq!(call.await.unwrap().status(), 503, "the verdict can't be stored yet");
    assert_eq!(bank.state(&page).await, "verifying", "reading still works");
    other.execute("COMMIT").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(vendor.verdict_calls().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_waiting_for_a_locked_file_are_limited() {
    use sqlx::{ConnectOptions, Connection, Executor};

    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &["--max-in-flight=3"]).await;
    let mut pages = Vec::new();
    for _ in 0..6 {
        pages.push(bank.linked().await.0);
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database.file());
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    for page in &pages[..3] {
        problem_and_headers(bank.verify(page, &json!({})), ProblemCode::StorageUnavailable).await;
    }
    // The relay still has to undo each attempt whose write may have succeeded.
    for page in &pages[3..] {
        problem_and_headers(bank.verify(page, &json!({})), ProblemCode::Overloaded).await;
    }
    other.execute("COMMIT").await.unwrap();
    other.close().await.unwrap();
    bank.sessions.tasks().wait().await;
    for page in &pages {
        success(bank.verify(page, &json!({}))).await;
        assert_eq!(bank.report(page).await["verifies"], 1);
    }
    assert_eq!(vendor.verdict_calls().len(), 6);
}
