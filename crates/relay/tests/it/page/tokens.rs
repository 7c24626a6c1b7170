//! Session tokens: expiry, forgery and the rotation of their keys.

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::{Vendor, problem, success};

on_both!(an_expired_token_is_rejected);

async fn an_expired_token_is_rejected(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=10m", "--clock-leeway=30s"]).await;
    let (page, _) = bank.linked().await;
    bank.clock.put_forward(10 * 60_000);
    success(bank.link(&page, &json!({}))).await;
    bank.clock.put_forward(31_000);
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(bank.state(&page).await, "expired");
    assert_eq!(vendor.seen().len(), 2);
    // A relay whose clock is behind accepts the token, but the database knows the session is over.
    bank.clock.put_forward(-60_000);
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
}

#[tokio::test]
async fn a_token_under_another_key_is_rejected() {
    let (database, other) = (Database::sqlite(), Database::sqlite());
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let foreign = Bank::open(&other, &vendor.base, &[]).await.page().await;
    let page = bank.page().await;
    let (head, _) = page.token.rsplit_once('.').unwrap();
    let mut changed = page.token.clone();
    changed.replace_range(40..41, if &changed[40..41] == "A" { "B" } else { "A" });
    for token in [
        "",
        "x",
        "v4.local.",
        &foreign.token,
        head,
        &changed,
        &format!("{}=", page.token),
        &database.keys.api,
        &page.id,
    ] {
        let intruder = Page { token: token.to_owned(), ..page.clone() };
        problem(bank.link(&intruder, &json!({})), ProblemCode::Unauthorized).await;
        problem(bank.verify(&intruder, &json!({})), ProblemCode::Unauthorized).await;
    }
    problem(bank.relay.post("/v1/customer", &json!({})), ProblemCode::Unauthorized).await;
    // Every proxy would log a token in the query.
    let in_query = format!("/v1/customer?access_token={}", page.token);
    problem(bank.relay.post(&in_query, &json!({})), ProblemCode::Unauthorized).await;
    let twice = bank.link(&page, &json!({})).header("authorization", format!("Bearer {}", page.token));
    problem(twice, ProblemCode::Unauthorized).await;
    assert!(vendor.seen().is_empty());
    success(bank.link(&page, &json!({}))).await;
}

#[tokio::test]
async fn session_keys_can_be_rotated() {
    let mut database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let before = Bank::open(&database, &vendor.base, &[]).await;
    let (page, second) = (before.page().await, before.page().await);
    let old = database.keys.session.clone();
    let new = akiba_relay::secrets::session_keys::new_key().unwrap();

    database.keys.session = format!("{new}\n{old}");
    let during = Bank::open(&database, &vendor.base, &[]).await;
    success(during.link(&page, &json!({}))).await;
    let newer = during.page().await;

    database.keys.session = new;
    let after = Bank::open(&database, &vendor.base, &[]).await;
    problem(after.link(&second, &json!({})), ProblemCode::Unauthorized).await;
    success(after.link(&newer, &json!({}))).await;
}
