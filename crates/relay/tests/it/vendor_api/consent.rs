//! The vendor's newer API requires the person's consent.

use akiba_protocol::ProblemCode;
use akiba_sandbox::{Options, Sandbox};
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::{TOKEN, problem, success};

on_both!(the_stored_consent_is_sent_to_the_vendor);

async fn the_stored_consent_is_sent_to_the_vendor(database: &Database) {
    let sandbox = Sandbox::start(Options { token: Some(TOKEN.to_owned()), ..Options::default() }).await.unwrap();
    let flags = ["--vendor-profile=newer", "--vendor-client-id=sandbox", "--link-host=127.0.0.1"];
    let bank = Bank::open(database, &sandbox.vendor_url(), &flags).await;
    let person = json!({ "identifier": "0000000000001", "type": "1" });
    let without = bank.page_with(&person).await;
    problem(bank.link(&without, &json!({})), ProblemCode::Refused).await;

    let mut agreed = person;
    agreed["consent"] = json!({ "version": "2026-01", "at": "2026-02-03T04:05:06Z" });
    let page = bank.page_with(&agreed).await;
    let link = success(bank.link(&page, &json!({}))).await;
    assert!(link["signed_link"].as_str().unwrap().starts_with(&sandbox.s3_url()));
    // Without an uploaded photo the verdict is a rejection. The call itself is valid.
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected");
}
