//! Data keys that are changed while data is about.

use std::process::Command;

use akiba_relay::secrets::data_keys::new_key;
use akiba_relay::session::SessionStartError;
use akiba_relay::webhook::worker::deliver_due;
use serde_json::json;

use crate::bank::{Bank, content_vendor};
use crate::database::{Database, Keys, on_both};
use crate::receiver::Receiver;
use crate::support::{FULL_NAME, success};

on_both!(an_old_key_can_be_dropped_after_a_reseal);

fn reseal(database: &Database, keys: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
    command.env_clear().env("AKIBA_RELAY_DATABASE", &database.url).env("AKIBA_DATA_KEYS", keys);
    let output = command.args(["database", "reseal"]).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

async fn an_old_key_can_be_dropped_after_a_reseal(database: &Database) {
    let vendor = content_vendor().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--keep=full"];
    let before = Bank::open(database, &vendor.base, &flags).await;
    let mut judged = Vec::new();
    // More than one round's.
    for _ in 0..3 {
        let (page, _) = before.linked().await;
        success(before.verify(&page, &json!({}))).await;
        judged.push(page);
    }
    let (open, _) = before.linked().await;
    let (old, new) = (database.keys.data.clone(), new_key("2027").unwrap());
    let both = Keys { data: format!("{new} {old}"), ..database.keys.copy() };
    let changed = Keys { data: new.clone(), ..database.keys.copy() };
    let during = Bank::with_keys(database, &both, &vendor.base, &flags).await;
    let (newer, _) = during.linked().await;

    // Without the old key nothing old can be opened, and it is told so.
    let (success_without, text) = reseal(database, &new);
    assert!(!success_without && text.contains("14 can't be opened"), "{text}");
    // 4 sessions, 4 links, 3 verdicts and 3 webhooks; the fifth session and its link are under the new key.
    assert_eq!(reseal(database, &both.data), (true, "14 encrypted again\n".to_owned()));
    assert_eq!(reseal(database, &both.data), (true, "0 encrypted again\n".to_owned()));
    assert_eq!(reseal(database, &new), (true, "0 encrypted again\n".to_owned()));

    let after = Bank::with_keys(database, &changed, &vendor.base, &flags).await;
    for page in &judged {
        let report = after.report(page).await;
        assert_eq!(report["verdict"]["reply"]["data"]["identity"]["fullname"], FULL_NAME);
    }
    for page in [&open, &newer] {
        assert_eq!(success(after.verify(page, &json!({}))).await["outcome"], "verified");
    }
    while deliver_due(after.sessions.outbox()).await.unwrap() > 0 {}
    assert_eq!(receiver.arrived().len(), 5);
    let refused = Bank::try_open(database, &database.keys, &vendor.base, &flags).await;
    assert!(matches!(refused.err(), Some(SessionStartError::OtherDataKeys)), "nothing is under the old one");
}
