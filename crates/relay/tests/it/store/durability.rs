//! Settings of PostgreSQL that lose committed data, and a crash of the server.

use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::{IDENTIFIER, closed_port};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_loses_commits_is_warned_of() {
    let database = Database::postgres();
    let vendor = closed_port().await;
    let start = async || {
        let program = Program::with_sessions(&database, &["--vendor-base", &vendor]);
        program.signal(rustix::process::Signal::TERM);
        program.ended().await.1
    };
    let log = start().await;
    assert!(!log.contains("= off"), "{log}");
    database.sql(&format!("ALTER DATABASE {} SET synchronous_commit = off", database.name())).await;
    let log = start().await;
    assert!(log.contains("PostgreSQL runs with synchronous_commit = off"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_a_crash_of_postgres_once_it_is_answered() {
    let database = Database::postgres_alone();
    let program = Program::with_sessions(&database, &["--vendor-base", &closed_port().await]);
    let mut sessions = Vec::new();
    for _ in 0..5 {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let answer = program.post("/v1/sessions", &database.keys.api, &body).send().await.unwrap();
        let created: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        sessions.push(created["session_id"].as_str().unwrap().to_owned());
    }
    database.crash();
    database.start_again();
    for id in sessions {
        crate::support::wait::until(&format!("session {id} is there"), async || {
            let url = format!("{}/v1/sessions/{id}", program.base);
            let answer = program.request(reqwest::Method::GET, &url).bearer_auth(&database.keys.api).send().await;
            answer.unwrap().status() == 200
        })
        .await;
    }
}
