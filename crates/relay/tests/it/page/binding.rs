//! What a page may not do with a session that is its own.

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::json;

use crate::support::bank::{Bank, content_vendor, issued, verdicts_asked};
use crate::support::database::{Database, on_both};
use crate::support::{IDENTIFIER, Vendor, problem, success};

on_both!(
    a_session_is_for_one_person,
    a_verdict_is_for_what_the_session_issued,
    the_last_link_counts_where_none_is_named,
    links_and_verdicts_are_counted,
    links_are_counted_across_relays,
    verdicts_are_counted_across_relays,
    a_link_to_elsewhere_is_not_handed_out,
);

async fn a_session_is_for_one_person(database: &Database) {
    let vendor = content_vendor().await;
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
    assert!(verdicts_asked(&vendor).is_empty());
    success(bank.verify(&page, &json!({ "id": IDENTIFIER, "user_type": "1" }))).await;
}

async fn a_verdict_is_for_what_the_session_issued(database: &Database) {
    let vendor = content_vendor().await;
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
    assert!(verdicts_asked(&vendor).is_empty());
    success(bank.verify(&page, &json!({ "s3_key": link["s3_key"] }))).await;
    assert_eq!(verdicts_asked(&vendor)[0].body["s3_key"], link["s3_key"]);
}

async fn the_last_link_counts_where_none_is_named(database: &Database) {
    let vendor = content_vendor().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let last = success(bank.link(&page, &json!({}))).await;
    success(bank.verify(&page, &json!({}))).await;
    assert_eq!(verdicts_asked(&vendor)[0].body["s3_key"], last["s3_key"]);
}

async fn links_and_verdicts_are_counted(database: &Database) {
    let vendor = crate::support::bank::vendor(|_| json!({ "status": "failed" }), std::time::Duration::ZERO).await;
    let bank = Bank::open(database, &vendor.base, &["--max-links=3", "--max-verifies=2"]).await;
    let page = bank.page().await;
    for _ in 0..3 {
        success(bank.link(&page, &json!({}))).await;
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;

    let page = bank.page().await;
    for _ in 0..2 {
        success(bank.link(&page, &json!({}))).await;
        assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected");
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "rejected", "told again");
    assert_eq!(verdicts_asked(&vendor).len(), 2);
}

async fn links_are_counted_across_relays(database: &Database) {
    let vendor = content_vendor().await;
    let mut banks = Vec::new();
    for _ in 0..2 {
        banks.push(Bank::open(database, &vendor.base, &["--max-links=5"]).await);
    }
    let page = banks[0].page().await;
    let calls = (0..20).map(|index| tokio::spawn(banks[index % 2].link(&page, &json!({})).send()));
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.unwrap().unwrap().status().as_u16());
    }
    answers.sort_unstable();
    assert_eq!(answers, [[200; 5].as_slice(), &[409; 15]].concat());
    assert_eq!(vendor.seen().len(), 5);
}

async fn verdicts_are_counted_across_relays(database: &Database) {
    let vendor = crate::support::bank::vendor(|_| json!({ "status": "failed" }), std::time::Duration::ZERO).await;
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
    assert_eq!(verdicts_asked(&vendor).len(), 3);
}

async fn a_link_to_elsewhere_is_not_handed_out(database: &Database) {
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
