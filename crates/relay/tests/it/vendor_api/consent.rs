//! The vendor's newer API, which wants to know of the person's consent.

use akiba_protocol::ProblemCode;
use akiba_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::{TOKEN, problem, success};

on_both!(the_vendor_is_told_of_the_consent_that_the_back_end_has);

async fn session(bank: &Bank, body: Value) -> Page {
    let response = bank.create(&body).send().await.unwrap();
    let created: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let text = |field: &str| created[field].as_str().unwrap().to_owned();
    Page { id: text("session_id"), token: text("session_token") }
}

async fn the_vendor_is_told_of_the_consent_that_the_back_end_has(database: &Database) {
    let sandbox = Sandbox::start(Options { token: Some(TOKEN.to_owned()), ..Options::default() }).await.unwrap();
    let flags = ["--vendor-profile=newer", "--vendor-client-id=sandbox", "--link-host=127.0.0.1"];
    let bank = Bank::open(database, &sandbox.vendor_url(), &flags).await;
    let person = json!({ "identifier": "0000000000001", "type": "1" });
    let without = session(&bank, person.clone()).await;
    problem(bank.link(&without, &json!({})), ProblemCode::Refused).await;

    let mut agreed = person;
    agreed["consent"] = json!({ "version": "2026-01", "at": "2026-02-03T04:05:06Z" });
    let page = session(&bank, agreed).await;
    let link = success(bank.link(&page, &json!({}))).await;
    assert!(link["signed_link"].as_str().unwrap().starts_with(&sandbox.s3_url()));
    // Nothing was uploaded, so the verdict is no; the call itself is as the vendor wants it.
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected");
}
