//! `akiba-relay database backup` while a relay writes.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::task::JoinSet;

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::{Vendor, program};

fn backup(database: &str, file: &str) -> (bool, String) {
    program::run(&["--database", database, "database", "backup", file], &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_ends_and_opens() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let bank = Arc::new(Bank::open(&database, &vendor.base, &[]).await);
    let verified = bank.judged().await;
    let report = bank.report(&verified).await;
    for _ in 0..300 {
        bank.page().await;
    }
    let last = bank.page().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let (bank, stop) = (Arc::clone(&bank), Arc::clone(&stop));
        writers.spawn(async move {
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                bank.page().await;
                written += 1;
            }
            written
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let name = file.display().to_string();
    let started = Instant::now();
    let (url, target) = (database.url.clone(), name.clone());
    let (done, text) = tokio::task::spawn_blocking(move || backup(&url, &target)).await.unwrap();
    assert!(done, "{text}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    stop.store(true, Ordering::Relaxed);
    assert!(writers.join_all().await.iter().sum::<u32>() > 0, "the relay wrote meanwhile");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");

    let copy = database.at(&format!("sqlite:{name}"));
    let restored = Bank::open(&copy, &vendor.base, &[]).await;
    assert_eq!(restored.report(&verified).await, report);
    // What is still in the write-ahead log is in the copy, too.
    assert_eq!(restored.state(&last).await, "created");
    let mut connection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let found: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(found, "ok");
    connection.close().await.unwrap();

    let before = std::fs::read(&file).unwrap();
    let (done, text) = backup(&database.url, &name);
    assert!(!done && text.contains("already exists"), "{text}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_backup_needs_a_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db").display().to_string();
    let (done, text) = backup("postgres://relay@localhost/relay", &file);
    assert!(!done && text.contains("pg_dump"), "{text}");
    let missing = format!("sqlite:{}", folder.path().join("none.db").display());
    let (done, text) = backup(&missing, &file);
    assert!(!done && text.contains("no such database"), "{text}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
