//! PostgreSQL behind a network that forgets, and one that has become a replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use crate::support::bank::{Bank, vendor, verdicts_asked};
use crate::support::database::Database;
use crate::support::{Task, problem, success, verify_reply};

/// A way to PostgreSQL on which connections can fall silent without an end, as after a failover of the network.
struct Way {
    url: String,
    silent_below: Arc<AtomicUsize>,
    count: Arc<AtomicUsize>,
    _task: Task<()>,
}

impl Way {
    async fn to(database: &Database) -> Self {
        let (place, name) = (database.socket(), database.name());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url =
            format!("postgres://relay@127.0.0.1:{}/{name}?sslmode=disable", listener.local_addr().unwrap().port());
        let (silent_below, count) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (limit, counted) = (Arc::clone(&silent_below), Arc::clone(&count));
        let task = tokio::spawn(async move {
            loop {
                let (here, _) = listener.accept().await.unwrap();
                let number = counted.fetch_add(1, Ordering::Relaxed);
                let there = UnixStream::connect(&place).await.unwrap();
                let (mut here_in, mut here_out) = here.into_split();
                let (mut there_in, mut there_out) = there.into_split();
                let up = Arc::clone(&limit);
                let down = Arc::clone(&limit);
                tokio::spawn(async move {
                    let mut bytes = [0; 4_096];
                    while let Ok(length @ 1..) = here_in.read(&mut bytes).await {
                        if number >= up.load(Ordering::Relaxed) && there_out.write_all(&bytes[..length]).await.is_err()
                        {
                            break;
                        }
                    }
                    // Nor is the end of what is silent told.
                    if number < up.load(Ordering::Relaxed) {
                        std::future::pending::<()>().await;
                    }
                });
                tokio::spawn(async move {
                    let mut bytes = [0; 4_096];
                    while let Ok(length @ 1..) = there_in.read(&mut bytes).await {
                        if number >= down.load(Ordering::Relaxed) && here_out.write_all(&bytes[..length]).await.is_err()
                        {
                            break;
                        }
                    }
                    // The end is not told either.
                    if number < down.load(Ordering::Relaxed) {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { url, silent_below, count, _task: Task::of(task) }
    }

    fn forget(&self) {
        self.silent_below.store(self.count.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_fall_silent_are_given_up() {
    let database = Database::postgres();
    let way = Way::to(&database).await;
    let through = database.by_way_of(&way.url);
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(800)).await;
    let bank = Bank::open(&through, &vendor.base, &["--database-connections=4"]).await;
    let (page, _) = bank.linked().await;
    let verdict = tokio::spawn(bank.verify(&page, &json!({})).send());
    while verdicts_asked(&vendor).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Every connection is in the middle of a query when its other end goes away.
    let lock = async {
        database.sql("BEGIN; LOCK TABLE sessions; SELECT pg_sleep(1)::text; COMMIT").await;
    };
    let path = format!("/v1/sessions/{}", page.id);
    let calls = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let calls: Vec<_> = (0..8).map(|_| tokio::spawn(bank.host(reqwest::Method::GET, &path).send())).collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        way.forget();
        calls
    };
    let ((), calls) = tokio::join!(lock, calls);
    let forgotten = Instant::now();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 503);
    }
    assert!(forgotten.elapsed() < Duration::from_secs(12), "it says so soon");
    assert!([200, 503].contains(&verdict.await.unwrap().unwrap().status().as_u16()));
    while bank.host(reqwest::Method::GET, &path).send().await.unwrap().status() != 200
        || bank.state(&page).await != "verified"
    {
        assert!(forgotten.elapsed() < Duration::from_secs(40), "it does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(verdicts_asked(&vendor).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_fell_silent_does_not_keep_its_session() {
    let database = Database::postgres();
    let way = Way::to(&database).await;
    let vendor = vendor(|_| verify_reply(), Duration::ZERO).await;
    let bank = Bank::open(&database.by_way_of(&way.url), &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    // It has locked its session, and waits for its link, when the network forgets it.
    let lock = async {
        database.sql("BEGIN; LOCK TABLE links IN SHARE MODE; SELECT pg_sleep(1)::text; COMMIT").await;
    };
    let verdict = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let call = tokio::spawn(bank.verify(&page, &json!({})).send());
        tokio::time::sleep(Duration::from_millis(300)).await;
        way.forget();
        call.await.unwrap().unwrap().status()
    };
    let ((), status) = tokio::join!(lock, verdict);
    assert_eq!(status, 503);
    let forgotten = Instant::now();
    loop {
        let status = bank.verify(&page, &json!({})).send().await.unwrap().status();
        if status == 200 {
            break;
        }
        assert!(forgotten.elapsed() < Duration::from_secs(30), "{status}: its lock stays");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(verdicts_asked(&vendor).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_become_a_replica_loses_no_verdict() {
    let database = Database::postgres();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(1_500)).await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let call = tokio::spawn(bank.verify(&page, &json!({})).send());
    while verdicts_asked(&vendor).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let name = database.name();
    database.sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    database
        .sql(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
              WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    assert_eq!(call.await.unwrap().unwrap().status(), 503);
    problem(bank.create(&json!({ "identifier": "8001015009087", "type": "1" })), ProblemCode::StorageUnavailable).await;
    let options = "options=-c%20default_transaction_read_only%3Doff";
    let writer = database.by_way_of(&format!("{}&{options}", database.url));
    writer.sql(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
    // The connections that were made meanwhile stay as they were; they must be given up.
    let started = Instant::now();
    while bank.state(&page).await != "verified" {
        assert!(started.elapsed() < Duration::from_secs(20), "the verdict is lost");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for _ in 0..10 {
        bank.page().await;
    }
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(verdicts_asked(&vendor).len(), 1);
}
