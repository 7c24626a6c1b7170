//! A database of an earlier version opens and works.

use serde_json::json;

use crate::support::bank::{Bank, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::{Vendor, success};

on_both!(a_database_of_the_first_version_opens_and_works, webhooks_of_a_relay_of_an_earlier_version_are_delivered);

/// Turns the tables back into those of migration 1.
async fn undo_migrations(database: &Database) {
    for sql in [
        "DROP INDEX sessions_listed_undecided",
        "DROP INDEX sessions_due",
        "ALTER TABLE sessions DROP COLUMN due_at",
        "CREATE INDEX sessions_lease ON sessions (lease_until) WHERE state = 'verifying'",
        "CREATE INDEX sessions_life ON sessions (expires_at) WHERE state IN ('created', 'link_issued')",
        "DROP TABLE handoffs",
        "ALTER TABLE sessions DROP COLUMN holder",
        "DROP TABLE creations",
        "DROP INDEX sessions_untagged",
        "DROP INDEX sessions_listed",
        "DROP INDEX sessions_listed_by_reference",
        "ALTER TABLE sessions DROP COLUMN reference_tag",
        "DROP TABLE persons",
        "DROP INDEX outbox_due",
        "DROP INDEX outbox_status",
        "ALTER TABLE outbox DROP COLUMN endpoint",
        "ALTER TABLE sessions DROP COLUMN closed_at",
        "CREATE INDEX outbox_due ON outbox (next_at, seq) WHERE status = 'pending'",
        "CREATE INDEX outbox_failed ON outbox (seq) WHERE status = 'failed'",
        "DROP TABLE audit",
        "DROP TABLE audit_new",
        "DELETE FROM _sqlx_migrations WHERE version > 1",
    ] {
        database.sql(sql).await;
    }
}

async fn a_database_of_the_first_version_opens_and_works(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let bank = Bank::open(database, &vendor.base, &[&url]).await;
    let rejected = bank.judged().await;
    let (linked, _) = bank.linked().await;
    bank.sessions.store().close().await;
    drop(bank);
    undo_migrations(database).await;

    let bank = Bank::open(database, &vendor.base, &[&url]).await;
    assert_eq!(bank.deliver().await, 1, "a webhook that was pending is delivered");
    success(bank.verify(&linked, &json!({}))).await;
    success(bank.link(&rejected, &json!({}))).await;
    assert_eq!(bank.deliver().await, 1);
    let sessions: Vec<_> = receiver.arrived().iter().map(|webhook| webhook.session().to_owned()).collect();
    assert_eq!(sessions, [rejected.id.clone(), linked.id.clone()]);

    let search = async || success(bank.search(&json!({ "reference": REFERENCE }))).await;
    assert_eq!(search().await["sessions"], json!([]), "not yet");
    bank.sessions.sweep().await.unwrap();
    assert_eq!(search().await["sessions"].as_array().unwrap().len(), 2);
}

async fn webhooks_of_a_relay_of_an_earlier_version_are_delivered(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    bank.judged().await;
    bank.judged().await;
    // It knows no endpoints.
    database.sql("UPDATE outbox SET endpoint = ''").await;
    assert_eq!(bank.deliver().await, 0);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.deliver().await, 2);
}
