//! Links that the vendor did not issue, and the session's limit of links.

use akiba_protocol::ProblemCode;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::{Vendor, closed_port, problem, success};

on_both!(a_link_that_never_reached_the_vendor_is_not_counted, a_link_that_the_vendor_may_have_issued_is_counted);

async fn a_link_that_never_reached_the_vendor_is_not_counted(database: &Database) {
    let bank = Bank::open(database, &closed_port().await, &["--max-links=2"]).await;
    let page = bank.page().await;
    for _ in 0..5 {
        problem(bank.link(&page, &json!({})), ProblemCode::VendorUnavailable).await;
    }
    assert_eq!(bank.report(&page).await["links"], 0);

    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--max-links=2"]).await;
    success(bank.link(&page, &json!({}))).await;
    success(bank.link(&page, &json!({}))).await;
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
    assert_eq!(bank.report(&page).await["links"], 2);
}

async fn a_link_that_the_vendor_may_have_issued_is_counted(database: &Database) {
    let vendor = Vendor::saying(500, "{}").await;
    let bank = Bank::open(database, &vendor.base, &["--max-links=2"]).await;
    let page = bank.page().await;
    for _ in 0..2 {
        problem(bank.link(&page, &json!({})), ProblemCode::VendorUnavailable).await;
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
}
