//! An attacker who can write to the database but has no keys, and relays with the wrong keys.

use akiba_protocol::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, Keys, on_both};
use crate::support::receiver::Receiver;
use crate::support::{Vendor, problem, success};

on_both!(
    a_verdict_cannot_move_to_another_session,
    a_forged_state_verifies_nobody,
    a_forged_state_is_not_listed,
    a_session_under_another_key_still_expires,
);

async fn a_verdict_cannot_move_to_another_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let honest = bank.judged().await;
    let (thief, _) = bank.linked().await;
    let (honest_id, thief_id) = (&honest.id, &thief.id);
    database
        .sql(&format!(
            "UPDATE sessions SET state = 'verified', link_id = (SELECT id FROM links WHERE session_id = '{honest_id}') \
             WHERE id = '{thief_id}'"
        ))
        .await;
    database.sql(&format!("UPDATE links SET session_id = '{thief_id}' WHERE session_id = '{honest_id}'")).await;
    problem(bank.host(Method::GET, &format!("/v1/sessions/{thief_id}")), ProblemCode::Internal).await;
    problem(bank.verify(&thief, &json!({})), ProblemCode::Internal).await;
}

async fn a_forged_state_verifies_nobody(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let rejected = bank.judged().await;
    let (asked_nothing, _) = bank.linked().await;
    for page in [rejected, asked_nothing] {
        database.sql(&format!("UPDATE sessions SET state = 'verified' WHERE id = '{}'", page.id)).await;
        problem(bank.host(Method::GET, &page.path()), ProblemCode::Internal).await;
        problem(bank.verdict(&page), ProblemCode::Internal).await;
    }
}

async fn a_forged_state_is_not_listed(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let list = || bank.host(Method::GET, "/v1/sessions");
    let rejected = bank.judged().await;
    let (asked_nothing, _) = bank.linked().await;
    success(list()).await;
    for page in [&rejected, &asked_nothing] {
        let set = |state: &str| format!("UPDATE sessions SET state = '{state}' WHERE id = '{}'", page.id);
        database.sql(&set("verified")).await;
        problem(list(), ProblemCode::Internal).await;
        problem(bank.host(Method::GET, "/v1/sessions?state=verified"), ProblemCode::Internal).await;
        database.sql(&set("created")).await;
        success(list()).await;
    }
}

async fn a_session_under_another_key_still_expires(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flag = format!("--webhook-url={}", receiver.url);
    let data = akiba_relay::secrets::data_keys::new_key("other").unwrap();
    let blind = Bank::with_keys(database, &Keys { data, ..database.keys.copy() }, &vendor.base, &[&flag]).await;
    let bank = Bank::open(database, &vendor.base, &[&flag]).await;
    let page = bank.page().await;
    blind.clock.put_forward(3_600_000);
    assert_eq!(blind.sessions.sweep().await.unwrap().lapsed, 1);
    blind.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!((arrived[0].event(), arrived[0].session()), ("session.expired", page.id.as_str()));
}
