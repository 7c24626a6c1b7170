//! Rotation of data keys while there is data under the old key.

use akiba_relay::secrets::data_keys::new_key;
use akiba_relay::session::SessionStartError;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, Keys, on_both};
use crate::support::program;
use crate::support::receiver::Receiver;
use crate::support::{FULL_NAME, Vendor, success};

on_both!(an_old_data_key_can_be_removed_after_a_reseal);

fn reseal(database: &Database, keys: &str) -> (bool, String) {
    program::run(&["database", "reseal"], &[("AKIBA_RELAY_DATABASE", &database.url), ("AKIBA_DATA_KEYS", keys)])
}

async fn an_old_data_key_can_be_removed_after_a_reseal(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--keep=full"];
    let before = Bank::open(database, &vendor.base, &flags).await;
    let mut judged = Vec::new();
    for _ in 0..3 {
        let page = before.judged().await;
        judged.push(page);
    }
    // The command reads 200 values at once.
    for _ in 0..405 {
        before.page().await;
    }
    let (open, _) = before.linked().await;
    let (old, new) = (database.keys.data.clone(), new_key("2027").unwrap());
    let both = Keys { data: format!("{new} {old}"), ..database.keys.copy() };
    let changed = Keys { data: new.clone(), ..database.keys.copy() };
    let during = Bank::with_keys(database, &both, &vendor.base, &flags).await;
    let (newer, _) = during.linked().await;

    // Without the old key the old data cannot be opened, and the command says so.
    let (success_without, text) = reseal(database, &new);
    assert!(!success_without && text.contains("419 values can't be decrypted"), "{text}");
    // 409 sessions, 4 links, 3 verdicts and 3 webhooks; the last session and its link are already under the new key.
    assert_eq!(reseal(database, &both.data), (true, "419 values encrypted with the first key\n".to_owned()));
    assert_eq!(reseal(database, &both.data), (true, "0 values encrypted with the first key\n".to_owned()));
    assert_eq!(reseal(database, &new), (true, "0 values encrypted with the first key\n".to_owned()));

    let after = Bank::with_keys(database, &changed, &vendor.base, &flags).await;
    for page in &judged {
        let report = after.report(page).await;
        assert_eq!(report["verdict"]["reply"]["data"]["identity"]["fullname"], FULL_NAME);
    }
    for page in [&open, &newer] {
        assert_eq!(success(after.verify(page, &json!({}))).await["outcome"], "verified");
    }
    after.deliver_all().await;
    assert_eq!(receiver.arrived().len(), 5);
    let refused = Bank::try_open(database, &database.keys, &vendor.base, &flags).await;
    assert!(matches!(refused.err(), Some(SessionStartError::OtherDataKeys)), "no data is under the old key");
}
