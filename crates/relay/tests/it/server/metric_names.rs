//! The metrics keep the conventions of Prometheus, and are never stale.

use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::json;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::closed_port;
use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::wait::until;

const ADMIN: &str = "--admin-listen=127.0.0.1:0";

/// Returns the metrics in the classic text format, which has other names for the families of counters and infos.
fn classic(text: &str) -> String {
    let mut classic = String::new();
    for line in text.lines() {
        let mut words = line.splitn(4, ' ');
        let (mark, kind, name, rest) = (words.next(), words.next(), words.next(), words.next().unwrap_or_default());
        let (Some("#"), Some(kind), Some(name)) = (mark, kind, name) else {
            classic.push_str(&format!("{line}\n"));
            continue;
        };
        let is = |kind: &str| text.contains(&format!("# TYPE {name} {kind}\n"));
        let suffix = if is("counter") {
            "_total"
        } else if is("info") {
            "_info"
        } else {
            ""
        };
        if kind != "UNIT" {
            classic.push_str(&format!("# {kind} {name}{suffix} {}\n", rest.replace("info", "gauge")));
        }
    }
    classic
}

#[tokio::test(flavor = "multi_thread")]
async fn names_keep_the_conventions_of_prometheus() {
    let database = Database::sqlite();
    let program = Program::with_sessions(&database, &[ADMIN, "--vendor-base", &closed_port().await]);
    let (status, text) = program.operator(Method::GET, "/metrics").await;
    assert_eq!(status, 200);
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let mut count = 0;
    for (name, kind) in families {
        count += 1;
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{name}");
        assert!(name.starts_with("akiba_relay_") || name.starts_with("process_"), "{name}");
        for wrong in ["_ms", "_millis", "_milliseconds", "_kb", "_kilobytes", "_minutes", "_total", "_count", "_sum"] {
            assert!(!name.ends_with(wrong), "{name}");
        }
        let timed =
            name.split('_').any(|word| matches!(word, "age" | "duration" | "expiry" | "oldest" | "time" | "wait"));
        assert!(!timed || name.ends_with("_seconds"), "{name} has no unit");
        if kind == "counter" {
            let sample = format!("\n{name}_total");
            assert!(text.contains(&sample), "{name} has no sample");
        }
    }
    assert!(count > 25, "{count}");
    let value = async |name: &str| program.metric(name).await.unwrap_or_else(|| panic!("{name} is missing"));
    assert!(value("process_resident_memory_bytes").await > 1e6);
    assert!(value("process_virtual_memory_bytes").await > 1e6);
    assert!(value("process_cpu_seconds_total").await > 0.0);
    assert!(value("process_open_fds").await > 5.0);
    assert!(value("process_max_fds").await > 5.0);
    let age = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64() - value("process_start_time_seconds").await;
    assert!((-2.0..600.0).contains(&age), "{age}");
    assert_eq!(value("akiba_relay_database_up").await, 1.0);
    assert_eq!(value("akiba_relay_database_connections_max").await, 8.0);
    assert_eq!(value("akiba_relay_database_operations_waiting").await, 0.0);
    assert!(value("akiba_relay_database_writer_wait_seconds_count").await >= 1.0);

    check(&classic(&text));
}

/// A writer that holds the lock makes the relay's connections wait. Meanwhile they are in use.
#[tokio::test(flavor = "multi_thread")]
async fn connections_and_the_write_ahead_log_are_measured() {
    let database = Database::sqlite();
    let program = Program::with_sessions(&database, &[ADMIN, "--vendor-base", &closed_port().await]);
    let value = async |name: &str| program.metric(&format!("akiba_relay_database_{name}")).await.unwrap();
    let log = database.file().with_extension("db-wal");
    let size = || std::fs::metadata(&log).unwrap().len() as f64;
    // The sweep empties the log now and then.
    until("the size of the log is the file's", async || {
        database.sql("CREATE TABLE IF NOT EXISTS filling (text TEXT)").await;
        database.sql("INSERT INTO filling VALUES (hex(randomblob(20000)))").await;
        let (before, measured) = (size(), value("wal_bytes").await);
        before > 40_000.0 && measured == before
    })
    .await;

    let mut other = SqliteConnectOptions::new().filename(database.file()).connect().await.unwrap();
    let body = json!({ "identifier": "1", "type": "1" });
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let waiting = tokio::spawn(program.post("/v1/sessions", &database.keys.api, &body).send());
    until("a connection is in use", async || value("connections_in_use").await >= 1.0).await;
    assert!(value("connections").await > 1.0);
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    waiting.await.unwrap().unwrap();
    until("no connection is in use", async || value("connections_in_use").await == 0.0).await;
}

/// Checks the metrics by promtool, if it is installed.
fn check(text: &str) {
    let mut promtool = Command::new("promtool");
    let started =
        promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = started else { return eprintln!("promtool is not installed") };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_of_a_database_that_is_gone_are_absent() {
    let database = Database::postgres_alone();
    let program = Program::with_sessions(&database, &[ADMIN, "--vendor-base", &closed_port().await]);
    const OF_THE_DATABASE: [&str; 5] = [
        "akiba_relay_audit_entries_waiting",
        "akiba_relay_audit_oldest_waiting_seconds",
        "akiba_relay_webhook_oldest_pending_seconds",
        "akiba_relay_webhook_messages{status=\"pending\"}",
        "akiba_relay_webhook_messages{status=\"failed\"}",
    ];
    for name in OF_THE_DATABASE {
        assert_eq!(program.metric(name).await, Some(0.0), "{name}");
    }
    assert_eq!(program.metric("akiba_relay_database_wal_bytes").await, None);
    let database = tokio::task::spawn_blocking(move || {
        database.stop();
        database
    });
    let database = database.await.unwrap();
    assert_eq!(program.metric("akiba_relay_database_up").await, Some(0.0));
    for name in OF_THE_DATABASE {
        assert_eq!(program.metric(name).await, None, "{name}");
    }
    database.start_again();
    until("the database is back", async || program.metric("akiba_relay_database_up").await == Some(1.0)).await;
    for name in OF_THE_DATABASE {
        assert_eq!(program.metric(name).await, Some(0.0), "{name}");
    }
}
