//! Relays on PostgreSQL behind PgBouncer, which lends a connection for one transaction only.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::pooler::Pooler;
use crate::support::program;
use crate::support::receiver::Receiver;
use crate::support::{Vendor, all_of, problem, success};

const POOLER: &str = "--database-pooler";

/// Two relays with many connections share two connections of the server, so each statement meets those of the others.
#[tokio::test(flavor = "multi_thread")]
async fn relays_work_behind_pgbouncer() {
    let database = Database::postgres();
    let pooler = Pooler::before(&database, 2);
    let pooled = database.at(&pooler.url);
    let vendor = Vendor::verifying_after(Duration::from_millis(50)).await;
    let receiver = Receiver::answering(|_, before| if before == 0 { 500 } else { 200 }).await;
    let url = format!("--webhook-url={}", receiver.url);
    let flags = [POOLER, &url, "--rate-address=off", "--rate-api-key=off"];
    let banks = [Bank::open(&pooled, &vendor.base, &flags).await, Bank::open(&pooled, &vendor.base, &flags).await];
    let mut pages = Vec::new();
    for index in 0..24 {
        pages.push(banks[index % 2].page().await);
    }
    let links = pages.iter().zip(banks.iter().cycle()).map(|(page, bank)| bank.link(page, &json!({})));
    all_of(links.map(success)).await;
    // Both relays ask for each verdict, at once.
    let calls = pages.iter().flat_map(|page| banks.iter().map(|bank| bank.verify(page, &json!({}))));
    for answer in all_of(calls.map(success)).await {
        assert_eq!(answer["outcome"], "verified");
    }
    assert_eq!(vendor.verdict_calls().len(), 24, "one call to the vendor for each photo");
    for (page, bank) in pages.iter().zip(banks.iter().cycle()) {
        assert_eq!(bank.state(page).await, "verified");
        problem(bank.link(page, &json!({})), ProblemCode::SessionState).await;
    }
    banks[0].deliver_all().await;
    banks[0].clock.put_forward(7_000);
    banks[0].deliver_all().await;
    let sent: std::collections::HashSet<_> = receiver.arrived().into_iter().map(|webhook| webhook.id).collect();
    assert_eq!((sent.len(), receiver.arrived().len()), (24, 25));

    banks[1].clock.put_forward(31 * 86_400_000);
    assert_eq!(banks[1].sessions.sweep().await.unwrap().deleted, 24);
    assert_eq!(database.sql("SELECT count(*) FROM sessions").await, "0");
    // Named statements would stay on the server's connections, and meet those of other relays.
    let named = database.at(&pooler.url).sql("SELECT count(*) FROM pg_prepared_statements").await;
    assert_eq!(named, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_behind_pgbouncer() {
    let database = Database::postgres();
    let pooler = Pooler::before(&database, 1);
    let vendor = Vendor::verifying().await;
    Bank::open(&database.at(&pooler.url), &vendor.base, &[POOLER]).await.judged().await;
    let flag = format!("--database={}", pooler.url);
    let (done, text) = program::run(&[&flag, POOLER, "webhooks", "list"], &[]);
    assert!(done, "{text}");
    let keys = [("AKIBA_DATA_KEYS", database.keys.data.as_str())];
    let (done, text) = program::run(&[&flag, POOLER, "database", "reseal"], &keys);
    assert!(done, "{text}");
    // Without the flag the error says what to do.
    let (done, text) = program::run(&[&flag, "webhooks", "list"], &[]);
    assert!(!done && text.contains("08P01") && text.contains("give --database-pooler"), "{text}");
}

/// A statement that waits for a lock ends after its time, although the settings are not those of the connection.
#[tokio::test(flavor = "multi_thread")]
async fn timeouts_hold_behind_pgbouncer() {
    let database = Database::postgres();
    let pooler = Pooler::before(&database, 4);
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database.at(&pooler.url), &vendor.base, &[POOLER]).await;
    let (page, _) = bank.linked().await;
    let locked = tokio::spawn({
        let database = database.at(&database.url);
        async move { database.sql("BEGIN; LOCK TABLE sessions; SELECT pg_sleep(8); COMMIT").await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::StorageUnavailable).await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'";
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(database.sql(waiting).await, "0", "the server has given the statement up");
    locked.await.unwrap();
    success(bank.verify(&page, &json!({}))).await;
}

/// A statement that sqlx makes itself has a name, which the next transaction may not find.
#[test]
fn the_store_makes_each_statement_itself() {
    // SQLite only, the copy's direct connection, and the migrations.
    let own = ["backup.rs", "checkpoint.rs", "copy.rs", "durability.rs", "flush.rs", "mod.rs", "pooler.rs"];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_file() && !own.contains(&name) {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("sqlx::query"), "{name}: use Store::query, which also works behind a pooler");
        }
    }
}
