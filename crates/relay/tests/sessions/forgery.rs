//! Somebody who may write to the database, and has none of the keys; and relays that have the wrong ones.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::webhook::worker::deliver_due;
use reqwest::Method;
use serde_json::json;

use crate::bank::{Bank, content_vendor, vendor};
use crate::database::{Database, Keys, on_both};
use crate::receiver::Receiver;
use crate::support::{problem, success};

on_both!(
    a_verdict_does_not_move_to_another_session,
    a_state_alone_verifies_nobody,
    a_session_that_cannot_be_opened_is_told_of_all_the_same,
);

async fn a_verdict_does_not_move_to_another_session(database: &Database) {
    let vendor = content_vendor().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (honest, _) = bank.linked().await;
    success(bank.verify(&honest, &json!({}))).await;
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

async fn a_state_alone_verifies_nobody(database: &Database) {
    let vendor = vendor(|_| json!({ "status": "failed" }), Duration::ZERO).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (rejected, _) = bank.linked().await;
    success(bank.verify(&rejected, &json!({}))).await;
    let (asked_nothing, _) = bank.linked().await;
    for page in [rejected, asked_nothing] {
        database.sql(&format!("UPDATE sessions SET state = 'verified' WHERE id = '{}'", page.id)).await;
        problem(bank.host(Method::GET, &format!("/v1/sessions/{}", page.id)), ProblemCode::Internal).await;
    }
}

async fn a_session_that_cannot_be_opened_is_told_of_all_the_same(database: &Database) {
    let vendor = content_vendor().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flag = format!("--webhook-url={}", receiver.url);
    let data = akiba_relay::secrets::data_keys::new_key("other").unwrap();
    let blind = Bank::with_keys(database, &Keys { data, ..database.keys.copy() }, &vendor.base, &[&flag]).await;
    let bank = Bank::open(database, &vendor.base, &[&flag]).await;
    let page = bank.page().await;
    blind.clock.put_forward(3_600_000);
    assert_eq!(blind.sessions.sweep().await.unwrap().lapsed, 1);
    deliver_due(blind.sessions.outbox()).await.unwrap();
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!((arrived[0].event(), arrived[0].session()), ("session.expired", page.id.as_str()));
}
