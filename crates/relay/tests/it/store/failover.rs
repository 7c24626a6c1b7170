//! PostgreSQL behind a network that drops connections silently, and a PostgreSQL that has become a replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::wait::{until, until_within};
use crate::support::{Task, Vendor, problem, success};

/// A proxy to PostgreSQL whose connections can fall silent without being closed, as after a failover of the network.
struct Proxy {
    url: String,
    silent_below: Arc<AtomicUsize>,
    count: Arc<AtomicUsize>,
    _task: Task<()>,
}

impl Proxy {
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
                    // The end of a silent connection is not passed on.
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
                    // The end is not passed on, either.
                    if number < down.load(Ordering::Relaxed) {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { url, silent_below, count, _task: Task::of(task) }
    }

    /// Makes all present connections fall silent.
    fn silence(&self) {
        self.silent_below.store(self.count.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_are_dropped() {
    let database = Database::postgres();
    let proxy = Proxy::to(&database).await;
    let through = database.at(&proxy.url);
    let vendor = Vendor::verifying_after(Duration::from_millis(800)).await;
    let bank = Bank::open(&through, &vendor.base, &["--database-connections=4"]).await;
    let (page, _) = bank.linked().await;
    let verdict = bank.verify_in_background(&page, &vendor).await;
    // The connections of reads are in the middle of a query when their other end disappears.
    let lock = async {
        database.sql("BEGIN; LOCK TABLE sessions; SELECT pg_sleep(4)::text; COMMIT").await;
    };
    let path = page.path();
    let locked = "SELECT count(*)::text FROM pg_locks JOIN pg_database ON pg_database.oid = database \
        WHERE datname = current_database() AND mode = 'AccessExclusiveLock' AND granted";
    let waiting = "SELECT count(*)::text FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let count = async |sql| database.sql(sql).await.parse::<u32>().unwrap();
    let calls = async {
        until("the table is locked", async || count(locked).await > 0).await;
        let calls: Vec<_> = (0..8).map(|_| tokio::spawn(bank.host(reqwest::Method::GET, &path).send())).collect();
        until("the reads wait", async || count(waiting).await >= 3).await;
        proxy.silence();
        calls
    };
    let ((), calls) = tokio::join!(lock, calls);
    let silenced = Instant::now();
    let mut failed = 0;
    for call in calls {
        match call.await.unwrap().unwrap().status().as_u16() {
            503 => failed += 1,
            // It waited for a place, and then had a new connection.
            status => assert_eq!(status, 200),
        }
    }
    assert!(failed >= 3, "{failed} of the reads failed whose connections were silent");
    assert!(silenced.elapsed() < Duration::from_secs(12), "the calls fail late");
    assert!([200, 503].contains(&verdict.await.unwrap().status().as_u16()));
    until_within(Duration::from_secs(40), "the relay recovers with its verdict", async || {
        bank.host(reqwest::Method::GET, &path).send().await.unwrap().status() == 200
            && bank.state(&page).await == "verified"
    })
    .await;
    assert_eq!(vendor.verdict_calls().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_transaction_releases_its_session() {
    let database = Database::postgres();
    let proxy = Proxy::to(&database).await;
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database.at(&proxy.url), &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    // The transaction has locked its session and waits for its link when the network drops it.
    let lock = async {
        database.sql("BEGIN; LOCK TABLE links IN SHARE MODE; SELECT pg_sleep(1)::text; COMMIT").await;
    };
    let verdict = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let call = tokio::spawn(bank.verify(&page, &json!({})).send());
        tokio::time::sleep(Duration::from_millis(300)).await;
        proxy.silence();
        call.await.unwrap().unwrap().status()
    };
    let ((), status) = tokio::join!(lock, verdict);
    assert_eq!(status, 503);
    until("the lock is released", async || bank.verify(&page, &json!({})).send().await.unwrap().status() == 200).await;
    assert_eq!(vendor.verdict_calls().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_turned_replica_loses_no_verdict() {
    let database = Database::postgres();
    let vendor = Vendor::verifying_after(Duration::from_millis(1_500)).await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, &vendor).await;
    let name = database.name();
    database.sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    database
        .sql(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
              WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    assert_eq!(call.await.unwrap().status(), 503);
    problem(bank.create(&json!({ "identifier": "8001015009087", "type": "1" })), ProblemCode::StorageUnavailable).await;
    let options = "options=-c%20default_transaction_read_only%3Doff";
    let writer = database.at(&format!("{}&{options}", database.url));
    writer.sql(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
    // Connections opened in the meantime stay read-only. The relay must drop them.
    until("the verdict is stored", async || bank.state(&page).await == "verified").await;
    for _ in 0..10 {
        bank.page().await;
    }
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(vendor.verdict_calls().len(), 1);
}
