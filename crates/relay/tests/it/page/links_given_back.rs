//! Links that the vendor did not issue, and the session's limit of links.

use akiba_protocol::ProblemCode;
use akiba_relay::session::page::binding::LinkCall;
use serde_json::json;

use super::hang_up::{Moment, hangs_up, settled};
use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::{IDENTIFIER, Vendor, closed_port, problem, success};

on_both!(
    a_link_that_never_reached_the_vendor_is_not_counted,
    a_link_that_the_vendor_may_have_issued_is_counted,
    a_call_that_a_check_refuses_uses_up_no_link,
    a_caller_that_hangs_up_before_the_vendor_is_asked_uses_up_no_link,
);

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

async fn a_call_that_a_check_refuses_uses_up_no_link(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &["--max-links=1", "--max-person-verifies=1"]).await;
    let (first, second) = (bank.page().await, bank.page().await);
    for body in [json!({ "identifier": "9001015009086" }), json!({ "type": "2" })] {
        problem(bank.link(&first, &body), ProblemCode::SessionMismatch).await;
        assert_eq!(bank.report(&first).await["links"], 0, "{body}");
    }
    assert_eq!(vendor.seen().len(), 0);
    success(bank.link(&first, &json!({}))).await;
    success(bank.verify(&first, &json!({}))).await;
    problem(bank.link(&second, &json!({})), ProblemCode::PersonLimit).await;
    assert_eq!(bank.report(&second).await["links"], 0);
    // The link of the first session is used up all the same.
    assert_eq!(bank.report(&first).await["links"], 1);
}

async fn a_caller_that_hangs_up_before_the_vendor_is_asked_uses_up_no_link(database: &Database) {
    // The relay needs an access token first, and the server for it never answers. So whatever the await, nobody asked the
    // vendor for a link.
    let (vendor, _reached) = Vendor::stalled().await;
    let flags = ["--vendor-profile=newer", "--vendor-client-id=bank", "--vendor-timeout=1s", "--max-person-verifies=5"];
    let bank = Bank::open(database, &vendor.base, &[&flags[..], &["--breaker-failures=0"]].concat()).await;
    for moment in [Moment::During, Moment::After] {
        for awaits in 1.. {
            let page = bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1", "consent": { "version": "1", "at": "2026-02-03T04:05:06Z" } })).await;
            let gone = hangs_up(bank.sessions.link(&page.id, None, LinkCall::default()), awaits, moment).await;
            settled(&bank).await;
            assert_eq!(bank.report(&page).await["links"], 0, "{moment:?} await {awaits}");
            if !gone {
                break;
            }
        }
    }
}
