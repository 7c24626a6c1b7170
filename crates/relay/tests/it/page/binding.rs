//! What a page cannot do with its own session.

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::vendor::issued;
use crate::support::{IDENTIFIER, Vendor, all_of, problem, success};

on_both!(
    a_session_belongs_to_one_person,
    only_photos_of_the_session_are_judged,
    the_last_link_is_the_default,
    links_and_verdicts_are_limited,
    links_are_limited_across_relays,
    verdicts_are_limited_across_relays,
    a_link_to_a_foreign_host_is_rejected,
);

async fn a_session_belongs_to_one_person(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.page().await;
    for wrong in [
        json!({ "identifier": "9001015009086" }),
        json!({ "identifier": "" }),
        json!({ "identifier": bank.page().await.id }),
        json!({ "type": "2" }),
        json!({ "identifier": IDENTIFIER, "type": "2" }),
    ] {
        problem(bank.link(&page, &wrong), ProblemCode::SessionMismatch).await;
    }
    assert!(vendor.seen().is_empty());
    for right in
        [json!({ "identifier": IDENTIFIER, "type": "1" }), json!({ "identifier": page.id }), json!({ "type": "1" })]
    {
        success(bank.link(&page, &right)).await;
    }
    for wrong in [json!({ "id": "9001015009086" }), json!({ "user_type": "2" })] {
        problem(bank.verify(&page, &wrong), ProblemCode::SessionMismatch).await;
    }
    for wrong in [json!([]), json!({ "s3_key": 1 }), json!("x")] {
        problem(bank.verify(&page, &wrong), ProblemCode::BadRequest).await;
    }
    assert!(vendor.verdict_calls().is_empty());
    success(bank.verify(&page, &json!({ "id": IDENTIFIER, "user_type": "1" }))).await;
}

async fn only_photos_of_the_session_are_judged(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let fresh = bank.page().await;
    problem(bank.verify(&fresh, &json!({})), ProblemCode::SessionState).await;
    problem(bank.verify(&fresh, &json!({ "s3_key": "selfies/x" })), ProblemCode::SessionMismatch).await;

    let (page, link) = bank.linked().await;
    let (_, other) = bank.linked().await;
    for wrong in [
        json!({ "s3_key": other["s3_key"] }),
        json!({ "s3_key": other["s3_key"], "selfie_filename": other["selfie_filename"] }),
        json!({ "s3_key": link["s3_key"], "selfie_filename": other["selfie_filename"] }),
        json!({ "selfie_filename": other["selfie_filename"] }),
        json!({ "s3_key": "" }),
        json!({ "s3_key": format!("{}/../x", link["s3_key"]) }),
    ] {
        problem(bank.verify(&page, &wrong), ProblemCode::SessionMismatch).await;
    }
    assert!(vendor.verdict_calls().is_empty());
    success(bank.verify(&page, &json!({ "s3_key": link["s3_key"] }))).await;
    assert_eq!(vendor.verdict_calls()[0].body["s3_key"], link["s3_key"]);
    // A name of another session's photo makes no link to it.
    let asked = json!({ "selfie_filename": other["selfie_filename"] });
    let own = success(bank.link(&bank.page().await, &asked)).await;
    let sent = vendor.seen().into_iter().filter(|call| call.is_link()).map(|call| call.body["selfie_filename"].clone());
    let sent: std::collections::HashSet<_> = sent.map(|name| name.to_string()).collect();
    assert_eq!(sent.len(), 3, "two sessions have one name: {sent:?}");
    assert_ne!(own["s3_key"], other["s3_key"]);
}

async fn the_last_link_is_the_default(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let last = success(bank.link(&page, &json!({}))).await;
    success(bank.verify(&page, &json!({}))).await;
    assert_eq!(vendor.verdict_calls()[0].body["s3_key"], last["s3_key"]);
}

async fn links_and_verdicts_are_limited(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &["--max-links=3", "--max-verifies=2"]).await;
    let page = bank.page().await;
    for _ in 0..3 {
        success(bank.link(&page, &json!({}))).await;
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;

    // With links to spare, so that nothing but the limit of verdicts ends the session.
    let bank = Bank::open(database, &vendor.base, &["--max-links=9", "--max-verifies=2"]).await;
    let page = bank.page().await;
    for _ in 0..2 {
        success(bank.link(&page, &json!({}))).await;
        assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected");
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected", "the same verdict again");
    assert_eq!(vendor.verdict_calls().len(), 2);
}

async fn links_are_limited_across_relays(database: &Database) {
    let vendor = Vendor::verifying().await;
    let mut banks = Vec::new();
    for _ in 0..2 {
        banks.push(Bank::open(database, &vendor.base, &["--max-links=5"]).await);
    }
    let page = banks[0].page().await;
    let answers = all_of((0..20).map(|index| banks[index % 2].link(&page, &json!({})).send())).await;
    let mut answers: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect();
    answers.sort_unstable();
    assert_eq!(answers, [[200; 5].as_slice(), &[409; 15]].concat());
    assert_eq!(vendor.seen().len(), 5);
}

async fn verdicts_are_limited_across_relays(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let mut banks = Vec::new();
    for _ in 0..2 {
        banks.push(Bank::open(database, &vendor.base, &["--max-verifies=3"]).await);
    }
    let page = banks[0].page().await;
    for index in 0..3 {
        success(banks[index % 2].link(&page, &json!({}))).await;
        assert_eq!(success(banks[(index + 1) % 2].verify(&page, &json!({}))).await["outcome"], "rejected");
    }
    for bank in &banks {
        problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    }
    assert_eq!(vendor.verdict_calls().len(), 3);
}

async fn a_link_to_a_foreign_host_is_rejected(database: &Database) {
    for place in [
        "https://bucket.s3.amazonaws.com.evil.example/k",
        "https://169.254.169.254/latest",
        "https://bucket.s3.amazonaws.com:444/k",
        "http://127.0.0.1:1/k",
    ] {
        let vendor = Vendor::answering(move |request| {
            let mut reply = issued(&request);
            reply["signed_link"] = json!(place);
            async move { Response::new(reply.to_string().into()) }
        })
        .await;
        let bank = Bank::open(database, &vendor.base, &[]).await;
        let page = bank.page().await;
        problem(bank.link(&page, &json!({})), ProblemCode::VendorReply).await;
        assert_eq!(bank.state(&page).await, "created");
    }
}
