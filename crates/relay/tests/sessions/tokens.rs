//! Tokens that open nothing, and keys that are changed.

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::bank::{Bank, Page, content_vendor};
use crate::database::{Database, on_both};
use crate::support::{problem, success};

on_both!(an_expired_token_opens_nothing);

async fn an_expired_token_opens_nothing(database: &Database) {
    let vendor = content_vendor().await;
    let bank = Bank::open(database, &vendor.base, &["--session-ttl=10m", "--clock-leeway=30s"]).await;
    let (page, _) = bank.linked().await;
    bank.clock.put_forward(10 * 60_000);
    success(bank.link(&page, &json!({}))).await;
    bank.clock.put_forward(31_000);
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(bank.state(&page).await, "expired");
    assert_eq!(vendor.seen().len(), 2);
    // A relay whose clock is behind takes the token still; the database knows better.
    bank.clock.put_forward(-60_000);
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
}

#[tokio::test]
async fn only_a_token_of_this_relays_keys_opens_a_session() {
    let (database, other) = (Database::sqlite(), Database::sqlite());
    let vendor = content_vendor().await;
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
    // In the query it would be logged by every proxy.
    let in_query = format!("/v1/customer?access_token={}", page.token);
    problem(bank.relay.post(&in_query, &json!({})), ProblemCode::Unauthorized).await;
    let twice = bank.link(&page, &json!({})).header("authorization", format!("Bearer {}", page.token));
    problem(twice, ProblemCode::Unauthorized).await;
    assert!(vendor.seen().is_empty());
    success(bank.link(&page, &json!({}))).await;
}

#[tokio::test]
async fn keys_are_changed_while_pages_are_open() {
    let mut database = Database::sqlite();
    let vendor = content_vendor().await;
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
