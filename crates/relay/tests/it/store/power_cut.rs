//! A power cut, and a disk whose flushes fail: SQLite's files as they were at their last flush.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::wait::until;
use crate::support::{IDENTIFIER, closed_port};

/// The exit status after a failed flush.
const FLUSH_FAILED: i32 = 74;

/// Builds the library that watches the flushes of the relay.
fn library(folder: &Path) -> PathBuf {
    let library = folder.join("disk.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/disk.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl"]).status();
    assert!(built.unwrap().success());
    library
}

/// Starts a relay whose flushes are watched. They fail while the file `fail` exists.
async fn start(database: &Database, folder: &Path) -> Program {
    let (library, vendor) = (library(folder), closed_port().await);
    let program = Program::with_sessions_and(database, &["--vendor-base", &vendor], |command| {
        command.env("LD_PRELOAD", library).env("AKIBA_FAIL", folder.join("fail"));
    });
    // After the first sweep: its checkpoint flushes, too.
    tokio::time::sleep(Duration::from_secs(2)).await;
    program
}

async fn create(program: &Program, database: &Database) -> Option<String> {
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let answer = program.post("/v1/sessions", &database.keys.api, &body).send().await.ok()?;
    let created: Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
    created["session_id"].as_str().map(ToOwned::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_a_power_cut_once_it_is_answered() {
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let program = start(&database, folder.path()).await;
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.push(create(&program, &database).await.expect("a session"));
    }
    // A power cut: nothing is left but what was flushed.
    drop(program);
    let file = database.file();
    for end in ["", "-wal"] {
        let of = |more: &str| PathBuf::from(format!("{}{end}{more}", file.display()));
        std::fs::rename(of(".flushed"), of("")).unwrap();
    }
    std::fs::remove_file(format!("{}-shm", file.display())).unwrap();
    let program = Program::with_sessions(&database, &["--vendor-base", &closed_port().await]);
    for id in sessions {
        let url = format!("{}/v1/sessions/{id}", program.base);
        let answer = program.request(reqwest::Method::GET, &url).bearer_auth(&database.keys.api).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_flush_ends_the_relay() {
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let program = start(&database, folder.path()).await;
    assert!(create(&program, &database).await.is_some());
    std::fs::write(folder.path().join("fail"), "").unwrap();
    assert_eq!(create(&program, &database).await, None);
    let (status, log) = program.exit_status().await;
    assert_eq!(status, Some(FLUSH_FAILED), "{log}");
    assert!(log.contains("could not flush the database to the disk"), "{log}");
    std::fs::remove_file(folder.path().join("fail")).unwrap();
    let again = start(&database, folder.path()).await;
    assert!(create(&again, &database).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_that_fails_at_a_checkpoint_ends_the_relay() {
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let program = start(&database, folder.path()).await;
    assert!(create(&program, &database).await.is_some());
    std::fs::write(folder.path().join("fail"), "").unwrap();
    let address = program.address().to_owned();
    until("the relay ends at its next checkpoint", async || tokio::net::TcpStream::connect(&address).await.is_err())
        .await;
    let (status, log) = program.exit_status().await;
    assert_eq!(status, Some(FLUSH_FAILED), "{log}");
}
