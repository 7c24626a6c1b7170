//! A database that is gone for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use serde_json::{Value, json};

use crate::bank::{Bank, Page, vendor, verdicts_asked};
use crate::database::Database;
use crate::receiver::Receiver;
use crate::support::{problem_and_headers, success, verify_reply};

/// What became of one page's calls.
struct Fate {
    page: Option<Page>,
    told: Option<Value>,
    refused: usize,
}

/// Goes the whole way as a patient widget does: what is answered with 503 is asked again.
async fn go(bank: &Bank, over: &AtomicBool) -> Fate {
    let mut fate = Fate { page: None, told: None, refused: 0 };
    let mut linked = false;
    while fate.told.is_none() {
        let request = match &fate.page {
            None => bank.create(&json!({ "identifier": "8001015009087", "type": "1" })),
            Some(page) if !linked => bank.link(page, &json!({})),
            Some(page) => bank.verify(page, &json!({})),
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        match (status, &fate.page) {
            (201, None) => {
                let text = |field: &str| body[field].as_str().unwrap().to_owned();
                fate.page = Some(Page { id: text("session_id"), token: text("session_token") });
            }
            (200, Some(_)) if !linked => linked = true,
            (200, Some(_)) => fate.told = Some(body),
            (503, _) => {
                assert_eq!(body["code"], "storage-unavailable");
                assert!(!over.load(Ordering::Relaxed) || fate.refused < 100, "it does not come back");
                fate.refused += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            // A link or an attempt whose writing was cut in the middle.
            (409, Some(_)) => tokio::time::sleep(Duration::from_millis(200)).await,
            _ => panic!("{status} {body}"),
        }
    }
    fate
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_gone_for_ten_seconds_loses_and_doubles_nothing() {
    let database = Database::postgres_alone();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(400)).await;
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
    let path = format!("/v1/sessions/{}", page.id);
    let asked = Instant::now();
    let (_, headers) =
        problem_and_headers(bank.host(reqwest::Method::GET, &path), ProblemCode::StorageUnavailable).await;
    assert!(asked.elapsed() < Duration::from_secs(8), "it says so soon");
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
    assert!(fates.iter().any(|fate| fate.refused > 0), "some met the outage");
    assert!(fates.len() > 12, "{}", fates.len());
    for fate in &fates {
        assert_eq!(fate.told.as_ref().unwrap()["outcome"], "verified");
        assert_eq!(bank.state(fate.page.as_ref().unwrap()).await, "verified");
    }
    // One call of the vendor for each, also for those whose verdict came while nothing could be kept.
    let asked = verdicts_asked(&vendor);
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
async fn a_locked_file_is_a_503_and_loses_nothing() {
    use sqlx::{ConnectOptions, Connection, Executor};

    let database = Database::sqlite();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(1_500)).await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let call = tokio::spawn(bank.verify(&page, &json!({})).send());
    while verdicts_asked(&vendor).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database.file());
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let wanted = json!({ "identifier": "8001015009087", "type": "1" });
    problem_and_headers(bank.create(&wanted), ProblemCode::StorageUnavailable).await;
    assert_eq!(call.await.unwrap().unwrap().status(), 503, "the verdict can't be kept yet");
    assert_eq!(bank.state(&page).await, "verifying", "reading goes on");
    other.execute("COMMIT").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(verdicts_asked(&vendor).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_locked_file_is_limited() {
    use sqlx::{ConnectOptions, Connection, Executor};

    let database = Database::sqlite();
    let vendor = vendor(|_| verify_reply(), Duration::ZERO).await;
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
    // Each attempt that was perhaps marked is still to be taken back.
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
    assert_eq!(verdicts_asked(&vendor).len(), 6);
}
