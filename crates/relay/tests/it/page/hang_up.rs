//! Callers that hang up. Whatever the moment, the vendor is asked and its verdict is stored, or the attempt does not
//! count. A session is `unknown` only if the vendor was asked.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use akiba_relay::session::audit::AuditedCall;
use akiba_relay::session::host::reconcile::Action;
use akiba_relay::session::page::binding::VerifyCall;
use axum::response::Response;
use serde_json::json;

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::vendor::issued;
use crate::support::wait::until;
use crate::support::{Vendor, success};

on_both!(a_hang_up_at_any_await_leaves_no_false_unknown, a_hang_up_of_a_repeat_leaves_nothing_pending);

/// When the caller of [`hangs_up`] goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// While the operation runs.
    During,
    /// After the operation, before its result is read.
    After,
}

/// Drops a call at its await number `awaits`. Returns `false` if the call ended before.
pub(crate) async fn hangs_up(call: impl Future, awaits: usize, moment: Moment) -> bool {
    let mut call = Box::pin(call);
    let mut left = awaits;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(true);
        }
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(false),
            Poll::Pending if left == 0 && matches!(moment, Moment::During) => Poll::Ready(true),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Waits until nothing runs: no task, and no commit that the caller left behind.
pub(crate) async fn settled(bank: &Bank) {
    bank.sessions.tasks().wait().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
}

async fn a_hang_up_at_any_await_leaves_no_false_unknown(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let mut asked = 0;
    for moment in [Moment::During, Moment::After] {
        for awaits in 1.. {
            let (page, _) = bank.linked().await;
            let call = bank.sessions.verify(&page.id, None, VerifyCall::default(), None);
            let gone = hangs_up(call, awaits, moment).await;
            settled(&bank).await;
            let report = bank.report(&page).await;
            let calls = vendor.verdict_calls().len() - asked;
            asked += calls;
            let outcome = (report["state"].as_str().unwrap(), report["verifies"].as_i64().unwrap(), calls);
            let fine = matches!(outcome, ("verified", 1, 1) | ("link_issued", 0, 0));
            assert!(fine, "{moment:?} await {awaits}: state, counted and asked are {outcome:?}");
            if !gone {
                break;
            }
        }
    }
}

async fn a_hang_up_of_a_repeat_leaves_nothing_pending(database: &Database) {
    // The first verdict of each session is lost, the second is a rejection.
    let vendor = Vendor::answering(|request| {
        let response = match request.is_link() {
            true => Response::new(issued(&request).to_string().into()),
            false => Response::builder().status(500).body("{}".into()).unwrap(),
        };
        async move { response }
    })
    .await;
    let second = Vendor::rejecting().await;
    // So many failures would open the circuit breaker.
    let bank = Bank::open(database, &vendor.base, &["--breaker-failures=0"]).await;
    let repeating = Bank::open(database, &second.base, &[]).await;
    let call = AuditedCall { key: "bank", request: "r" };
    let mut asked = 0;
    for moment in [Moment::During, Moment::After] {
        for awaits in 1.. {
            let (page, _) = bank.linked().await;
            assert_eq!(bank.verify(&page, &json!({})).send().await.unwrap().status(), 502);
            assert_eq!(bank.state(&page).await, "unknown");
            let gone = hangs_up(repeating.sessions.reconcile(call, &page.id, Action::Repeat), awaits, moment).await;
            settled(&repeating).await;
            let report = bank.report(&page).await;
            let calls = second.verdict_calls().len() - asked;
            asked += calls;
            let outcome = (report["state"].as_str().unwrap(), report["verifies"].as_i64().unwrap(), calls);
            let fine = matches!(outcome, ("rejected", 2, 1) | ("unknown", 1, 0));
            assert!(fine, "{moment:?} await {awaits}: state, counted and asked are {outcome:?}");
            if !gone {
                break;
            }
        }
    }
}

/// Makes every commit of an attempt take a second.
const SLOW_COMMIT: &str = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$; \
     CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON sessions DEFERRABLE INITIALLY DEFERRED \
     FOR EACH ROW WHEN (NEW.state = 'verifying') EXECUTE FUNCTION slow()";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_during_a_slow_commit_leaves_no_false_unknown() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    database.sql(SLOW_COMMIT).await;
    let mut pages: Vec<Page> = Vec::new();
    for after in [200, 400, 600, 800, 1_000, 1_200] {
        let (page, _) = bank.linked().await;
        let call = bank.verify(&page, &json!({})).timeout(Duration::from_millis(after));
        let _ = call.send().await;
        pages.push(page);
    }
    for page in &pages {
        until("the verdict is there", async || bank.state(page).await == "verified").await;
        assert_eq!(success(bank.verify(page, &json!({}))).await["outcome"], "verified");
        assert_eq!(bank.report(page).await["verifies"], 1);
    }
    assert_eq!(vendor.verdict_calls().len(), pages.len());
}
