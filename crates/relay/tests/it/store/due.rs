//! When the sweep looks at a session next, and what that saves PostgreSQL.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::wait::until;
use crate::support::{Vendor, problem, success};

on_both!(
    a_session_that_the_sweep_has_postponed_still_loses_its_call,
    a_lost_verdict_is_not_looked_at_again_until_it_is_repeated_or_given_up,
    a_session_of_a_relay_of_the_version_before_expires,
    a_decided_session_is_not_looked_at,
);

const MINUTE: i64 = 60_000;

/// Returns when the sweep looks at the only session, in whole minutes from now.
async fn due_in(database: &Database, bank: &Bank) -> i64 {
    let due: i64 = database.sql("SELECT due_at FROM sessions").await.trim().parse().unwrap();
    (due - bank.clock.now()).div_euclid(MINUTE)
}

async fn sweep_after(bank: &Bank, milliseconds: i64) -> u64 {
    bank.clock.put_forward(milliseconds);
    bank.sessions.sweep().await.unwrap().lapsed
}

async fn a_session_that_the_sweep_has_postponed_still_loses_its_call(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_secs(3_600)).await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=30m", "--vendor-timeout=1m"]).await;
    let (page, _) = bank.linked().await;
    assert_eq!(due_in(database, &bank).await, 0, "within the first minute");
    assert_eq!(sweep_after(&bank, 2 * MINUTE).await, 0);
    assert_eq!(due_in(database, &bank).await, 27, "at the end of its life");
    let call = bank.verify_in_background(&page, &vendor).await;
    // A minute for the vendor, 15 s for the database, 30 s for the difference between clocks.
    assert_eq!(sweep_after(&bank, 100_000).await, 0);
    assert_eq!(sweep_after(&bank, 10_000).await, 1);
    assert_eq!(bank.state(&page).await, "unknown");
    call.abort();
}

async fn a_lost_verdict_is_not_looked_at_again_until_it_is_repeated_or_given_up(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_secs(3_600)).await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=30m", "--vendor-timeout=1m"]).await;
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, &vendor).await;
    assert_eq!(sweep_after(&bank, 2 * MINUTE).await, 1);
    for _ in 0..2 {
        assert!(due_in(database, &bank).await > 1_000_000_000, "never");
        assert_eq!(sweep_after(&bank, 2 * MINUTE).await, 0);
    }
    call.abort();
    success(bank.reconcile(&page, "release")).await;
    assert_eq!(bank.state(&page).await, "link_issued");
    assert_eq!(sweep_after(&bank, MINUTE).await, 0);
    assert_eq!(sweep_after(&bank, 30 * MINUTE).await, 1);
    assert_eq!(bank.state(&page).await, "expired");
}

async fn a_session_of_a_relay_of_the_version_before_expires(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &["--session-ttl=30m"]).await;
    let page = bank.page().await;
    database.sql("UPDATE sessions SET due_at = 0").await;
    assert_eq!(sweep_after(&bank, 0).await, 0);
    assert_eq!(due_in(database, &bank).await, 29);
    assert_eq!(sweep_after(&bank, 31 * MINUTE).await, 1);
    assert_eq!(bank.state(&page).await, "expired");
}

async fn a_decided_session_is_not_looked_at(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.judged().await;
    assert_eq!(database.sql("SELECT COUNT(*) FROM sessions WHERE due_at IS NULL").await, "1");
    problem(bank.link(&page, &json!({})), ProblemCode::SessionState).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_verdict_of_a_session_writes_to_the_indexes() {
    let database = Database::postgres_alone();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    for _ in 0..20 {
        bank.judged().await;
    }
    // The connections report what they have done at most a second late, when they are used.
    let updates = async || {
        bank.page().await;
        let sql = "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'";
        let counts = database.sql(sql).await;
        let (all, hot) = counts.trim().split_once(' ').unwrap();
        (all.parse::<u64>().unwrap(), hot.parse::<u64>().unwrap())
    };
    until("the updates are counted", async || updates().await.0 >= 80).await;
    let (all, hot) = updates().await;
    assert_eq!((all, all - hot), (80, 20), "a link counted and issued, a verdict asked for and stored");
}
