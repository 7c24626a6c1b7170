//! The copy of a database from SQLite to PostgreSQL.

use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::program;
use crate::support::receiver::Receiver;
use crate::support::{Vendor, success, verify_reply};

fn copy(from: &str, to: &str) -> (bool, String) {
    program::run(&["database", "copy", "--from", from, "--to", to], &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_continue_after_a_copy_to_postgres() {
    let (old, new) = (Database::sqlite(), Database::postgres());
    let vendor = Vendor::judging(
        |request| match request.body["selfie_filename"].as_str().unwrap().ends_with(".png") {
            true => json!({ "status": "failed" }),
            false => verify_reply(),
        },
        std::time::Duration::ZERO,
    )
    .await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flag = format!("--webhook-url={}", receiver.url);
    let before = Bank::open(&old, &vendor.base, &[&flag]).await;
    let fresh = before.page().await;
    let (linked, link) = before.linked().await;
    let (verified, _) = before.linked().await;
    success(before.verify(&verified, &json!({})).header("idempotency-key", "k-1")).await;
    before.deliver().await;
    // Two webhooks of one session that are not delivered yet.
    let twice = before.page().await;
    success(before.link(&twice, &json!({ "selfie_filename": "a.png" }))).await;
    success(before.verify(&twice, &json!({}))).await;
    success(before.link(&twice, &json!({}))).await;
    success(before.verify(&twice, &json!({}))).await;
    // More than fit in one statement.
    for _ in 0..505 {
        before.page().await;
    }
    let reports = [before.report(&fresh).await, before.report(&linked).await, before.report(&verified).await];

    let (copied, text) = copy(&old.url, &new.url);
    assert!(!copied && text.contains("in use"), "{text}");
    before.sessions.store().close().await;
    assert!(!copy("sqlite:/nowhere/at/all.db", &new.url).0);
    assert!(!copy(&new.url, &old.url).0, "from PostgreSQL to SQLite");
    let (copied, text) = copy(&old.url, &new.url.replace("relay@", "relay:s3cret@"));
    assert!(!copied && text.contains("PGPASSWORD") && !text.contains("s3cret"), "{text}");
    assert_eq!(copy(&old.url, &new.url), (true, "509 sessions, 4 links and 3 webhooks copied\n".to_owned()));
    let (again, text) = copy(&old.url, &new.url);
    assert!(!again && text.contains("the target already holds sessions"), "{text}");

    let moved = new.with_keys_of(&old);
    let after = Bank::open(&moved, &vendor.base, &[&flag]).await;
    assert_eq!([after.report(&fresh).await, after.report(&linked).await, after.report(&verified).await], reports);
    success(after.link(&fresh, &json!({}))).await;
    assert_eq!(success(after.verify(&linked, &json!({ "s3_key": link["s3_key"] }))).await["outcome"], "verified");
    let asked = vendor.verdict_calls().len();
    success(after.verify(&verified, &json!({})).header("idempotency-key", "k-1")).await;
    assert_eq!(vendor.verdict_calls().len(), asked, "the stored verdict is returned");
    after.deliver_all().await;
    let arrived = receiver.arrived();
    let of = |id: &str| {
        arrived.iter().filter(|webhook| webhook.session() == id).map(|webhook| webhook.event().to_owned()).collect()
    };
    let (twice, verified): (Vec<_>, Vec<_>) = (of(&twice.id), of(&verified.id));
    assert_eq!(twice, ["session.rejected", "session.verified"], "in order");
    assert_eq!(verified, ["session.verified"], "a delivered webhook is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_copy_leaves_nothing() {
    let (old, new) = (Database::sqlite(), Database::postgres());
    let vendor = Vendor::verifying().await;
    let before = Bank::open(&old, &vendor.base, &[]).await;
    for _ in 0..3 {
        before.linked().await;
    }
    before.sessions.store().close().await;
    // A relay creates the tables. Then a constraint rejects the last rows.
    drop(Bank::open(&new, &vendor.base, &[]).await);
    new.sql("ALTER TABLE links ADD CONSTRAINT none CHECK (issued_at < 0)").await;
    let (copied, text) = copy(&old.url, &new.url);
    assert!(!copied && text.contains("to: database"), "{text}");
    assert_eq!(new.sql("SELECT COUNT(*) FROM sessions").await, "0");
    new.sql("ALTER TABLE links DROP CONSTRAINT none").await;
    assert!(copy(&old.url, &new.url).0);
    assert_eq!(new.sql("SELECT COUNT(*) FROM links").await, "3");
}

/// Fills every table that the migrations make, so a new table or column can't be forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_every_table_is_copied() {
    const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                          AND name <> '_sqlx_migrations' ORDER BY name <> 'sessions', name";
    let (old, new) = (Database::sqlite(), Database::postgres());
    let vendor = Vendor::verifying().await;
    Bank::open(&old, &vendor.base, &[]).await.sessions.store().close().await;
    drop(Bank::open(&new, &vendor.base, &[]).await);
    let mut expected = Vec::new();
    for table in old.sql(TABLES).await.lines() {
        let columns = old.sql(&format!("SELECT name || ' ' || type FROM pragma_table_info('{table}')")).await;
        // The target numbers these rows itself.
        let identity = format!(
            "SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' AND is_identity = 'YES'"
        );
        let identity = new.sql(&identity).await;
        let columns = columns.lines().map(|column| column.split_once(' ').unwrap());
        let columns: Vec<_> = columns.filter(|&(name, _)| name != identity).collect();
        let names: Vec<_> = columns.iter().map(|&(name, _)| name).collect();
        let values = columns.iter().enumerate().map(|(index, &(name, kind))| match (name, kind) {
            ("session_id", _) => "'sessions.id'".to_owned(),
            (_, "TEXT") => format!("'{table}.{name}'"),
            (_, "INTEGER") => format!("{}", 1_000 + index),
            (_, "BLOB") => format!("X'{index:04X}'"),
            other => panic!("{table}: {other:?}"),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        old.sql(&format!("INSERT INTO {table} ({}) VALUES ({values})", names.join(", "))).await;
        let text = |&(name, kind): &(&str, &str)| match kind {
            "BLOB" => format!("'X''' || upper(encode({name}, 'hex')) || ''''"),
            "TEXT" => format!("quote_literal({name})"),
            _ => format!("{name}::text"),
        };
        let row = columns.iter().map(text).collect::<Vec<_>>().join(" || ', ' || ");
        expected.push((format!("SELECT {row} FROM {table}"), values, table.to_owned()));
    }
    assert!(expected.len() >= 7, "{expected:?}");
    let (copied, said) = copy(&old.url, &new.url);
    assert!(copied, "{said}");
    for (sql, values, table) in expected {
        assert_eq!(new.sql(&sql).await, values, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_with_a_row_in_any_table_is_refused() {
    let (old, new) = (Database::sqlite(), Database::postgres());
    let vendor = Vendor::verifying().await;
    Bank::open(&old, &vendor.base, &[]).await.sessions.store().close().await;
    drop(Bank::open(&new, &vendor.base, &[]).await);
    new.sql("INSERT INTO persons (person, attempts, expires_at) VALUES ('x', 1, 1)").await;
    let (copied, said) = copy(&old.url, &new.url);
    assert!(!copied && said.contains("the target already holds sessions"), "{said}");
}
