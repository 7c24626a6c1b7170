//! A page that reads its verdict again, for example after a reload.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::vendor::issued;
use crate::support::{FULL_NAME, IDENTIFIER, Vendor, problem, success, verify_reply};

on_both!(
    a_page_reads_its_verdict_again,
    a_rejection_is_read_until_the_next_link,
    a_session_without_a_verdict_says_why,
    a_token_reads_its_verdict_shortly_after_its_expiry,
    a_token_reads_no_other_verdict,
);

async fn a_page_reads_its_verdict_again(database: &Database) {
    let vendor = Vendor::verifying().await;
    for flags in [&[][..], &["--keep=full", "--page-reply=full"]] {
        let bank = Bank::open(database, &vendor.base, flags).await;
        let (page, _) = bank.linked().await;
        let before = success(bank.verify(&page, &json!({}))).await;
        let calls = vendor.seen().len();
        assert_eq!(success(bank.verdict(&page)).await, before);
        assert_eq!(vendor.seen().len(), calls, "the vendor is not asked");
        assert_eq!(before.to_string().contains(FULL_NAME), !flags.is_empty());
    }
}

async fn a_rejection_is_read_until_the_next_link(database: &Database) {
    let vendor = Vendor::judging(
        |call| {
            let mut reply = verify_reply();
            reply["status"] = json!("failed");
            assert_eq!(call.body["id"], IDENTIFIER);
            reply
        },
        Duration::ZERO,
    )
    .await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.judged().await;
    let verdict = success(bank.verdict(&page)).await;
    assert_eq!((&verdict["outcome"], &verdict["reason"]), (&json!("rejected"), &json!("not-matched")));
    success(bank.link(&page, &json!({}))).await;
    problem(bank.verdict(&page), ProblemCode::SessionState).await;
}

async fn a_session_without_a_verdict_says_why(database: &Database) {
    // The second call for a verdict is lost.
    let vendor = Vendor::answering(|request| async move {
        let (status, body) = if request.is_link() { (200, issued(&request)) } else { (500, Value::Null) };
        tokio::time::sleep(Duration::from_secs(u64::from(request.is_verify()))).await;
        Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(body.to_string().into())
            .unwrap()
    })
    .await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=5m"]).await;
    let page = bank.page().await;
    problem(bank.verdict(&page), ProblemCode::SessionState).await;
    success(bank.link(&page, &json!({}))).await;
    problem(bank.verdict(&page), ProblemCode::SessionState).await;
    let call = bank.verify_in_background(&page, &vendor).await;
    problem(bank.verdict(&page), ProblemCode::VerdictPending).await;
    assert_eq!(call.await.unwrap().status(), 502);
    problem(bank.verdict(&page), ProblemCode::VerdictUnknown).await;

    let (idle, _) = bank.linked().await;
    bank.clock.put_forward(331_000);
    problem(bank.verdict(&idle), ProblemCode::SessionExpired).await;
    success(bank.host(Method::GET, &idle.path())).await;
    let deleted = bank.page().await;
    assert_eq!(bank.host(Method::DELETE, &deleted.path()).send().await.unwrap().status(), 204);
    problem(bank.verdict(&deleted), ProblemCode::UnknownSession).await;
}

async fn a_token_reads_its_verdict_shortly_after_its_expiry(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = ["--session-ttl=5m", "--clock-leeway=30s", "--rate-session=100/m"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let page = bank.judged().await;
    let verdict = success(bank.verdict(&page)).await;
    bank.clock.put_forward(19 * 60_000);
    assert_eq!(success(bank.verdict(&page)).await, verdict);
    // For everything else it has expired.
    problem(bank.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
    bank.clock.put_forward(61_000);
    problem(bank.verdict(&page), ProblemCode::SessionExpired).await;
}

async fn a_token_reads_no_other_verdict(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (judged, other) = (bank.judged().await, bank.page().await);
    problem(bank.verdict(&other), ProblemCode::SessionState).await;
    // The token decides, not an id that the caller names.
    let named = format!("/v1/customer/verify?session_id={}", judged.id);
    problem(bank.relay.request(Method::GET, &named).bearer_auth(&other.token), ProblemCode::SessionState).await;
    for token in ["", "x", &judged.id, &database.keys.api] {
        problem(bank.verdict(&Page { token: token.to_owned(), ..judged.clone() }), ProblemCode::Unauthorized).await;
    }
    problem(bank.relay.request(Method::GET, "/v1/customer/verify"), ProblemCode::Unauthorized).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_verdict_is_counted_also_after_the_expiry() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &["--session-ttl=5m", "--rate-session=3/m:3"]).await;
    let page = bank.judged().await;
    bank.clock.put_forward(340_000);
    success(bank.verdict(&page)).await;
    success(bank.verdict(&page)).await;
    problem(bank.verdict(&page), ProblemCode::TooManyRequests).await;
}
