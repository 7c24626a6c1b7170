//! The last event of a session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::store::expiry::TO_CLOSE;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::bank::{Bank, Page, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::vendor::issued;
use crate::support::wait::until;
use crate::support::{Vendor, problem, success, verify_reply};

on_both!(
    a_rejection_that_is_not_final_is_closed_once_at_the_end_of_its_session,
    used_up_links_close_a_rejected_session,
    used_up_verdicts_close_a_session_without_a_verdict,
    a_session_with_a_last_event_is_not_closed_again,
    a_verdict_of_an_earlier_call_leaves_the_last_event_to_the_sweep,
    a_damaged_session_keeps_no_other_from_closing,
    the_sweep_reads_only_the_sessions_that_it_closes,
);

/// The default lifetime and leeway, and the longest time that a call can run, in milliseconds.
const LIFE: i64 = 930_000;
const GRACE: i64 = 90_000;

/// Returns the events of a session that have arrived.
async fn events(bank: &Bank, receiver: &Receiver, page: &Page) -> Vec<Value> {
    bank.deliver_all().await;
    let arrived = receiver.arrived();
    arrived.iter().filter(|webhook| webhook.session() == page.id).map(|webhook| webhook.body.clone()).collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

async fn a_rejection_that_is_not_final_is_closed_once_at_the_end_of_its_session(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let bank = Bank::open(database, &vendor.base, &[&url]).await;
    let page = bank.judged().await;
    bank.sessions.sweep().await.unwrap();
    assert_eq!(types(&events(&bank, &receiver, &page).await), ["session.rejected"]);
    let version = async || database.sql("SELECT version FROM sessions").await;

    // Two relays sweep at once. One was started again meanwhile.
    drop(bank);
    let (first, second) =
        (Bank::open(database, &vendor.base, &[&url]).await, Bank::open(database, &vendor.base, &[&url]).await);
    for bank in [&first, &second] {
        bank.clock.put_forward(LIFE);
    }
    let (one, other) = tokio::join!(first.sessions.sweep(), second.sessions.sweep());
    assert_eq!(one.unwrap().closed + other.unwrap().closed, 1);
    let closed = version().await;
    second.sessions.sweep().await.unwrap();
    assert_eq!(version().await, closed, "a closed session is not touched again");
    let events = events(&first, &receiver, &page).await;
    assert_eq!(types(&events), ["session.rejected", "session.closed"]);
    assert_eq!(
        events[1]["data"],
        json!({
            "session_id": page.id, "reference": REFERENCE, "state": "rejected", "outcome": "rejected",
            "reason": "not-matched", "final": true,
        })
    );
    assert_eq!(first.report(&page).await["verdict"]["final"], true);
}

async fn used_up_links_close_a_rejected_session(database: &Database) {
    // The second call for a link fails at the vendor, so it counts and gives no link.
    let vendor = Vendor::answering(|request| async move {
        let fails = request.is_link() && request.body["selfie_filename"].as_str().unwrap().ends_with(".png");
        let answer = if request.is_link() { issued(&request) } else { json!({ "status": "failed" }) };
        let response = Response::builder().status(if fails { 500 } else { 200 });
        response.header("content-type", "application/json").body(answer.to_string().into()).unwrap()
    })
    .await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--max-links=2"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    // At once, and after a sweep that found nothing to do.
    for age in [0, 120_000] {
        let page = bank.judged().await;
        bank.clock.put_forward(age);
        bank.sessions.sweep().await.unwrap();
        problem(bank.link(&page, &json!({ "selfie_filename": "a.png" })), ProblemCode::VendorUnavailable).await;
        bank.sessions.sweep().await.unwrap();
        assert_eq!(types(&events(&bank, &receiver, &page).await), ["session.rejected"], "the call might still run");
        bank.clock.put_forward(GRACE);
        bank.sessions.sweep().await.unwrap();
        assert_eq!(types(&events(&bank, &receiver, &page).await), ["session.rejected", "session.closed"]);
        problem(bank.link(&page, &json!({})), ProblemCode::SessionLimit).await;
        bank.clock.put_forward(LIFE);
        bank.sessions.sweep().await.unwrap();
        assert_eq!(events(&bank, &receiver, &page).await.len(), 2);
    }
}

async fn used_up_verdicts_close_a_session_without_a_verdict(database: &Database) {
    // A refused call counts, and brings no verdict.
    let vendor = Vendor::answering(|request| async move {
        let status = if request.is_link() { 200 } else { 400 };
        let answer = if request.is_link() { issued(&request) } else { json!({}) };
        let response = Response::builder().status(status).header("content-type", "application/json");
        response.body(answer.to_string().into()).unwrap()
    })
    .await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--max-verifies=1"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let (page, _) = bank.linked().await;
    problem(bank.verify(&page, &json!({})), ProblemCode::Refused).await;
    bank.clock.put_forward(GRACE);
    bank.sessions.sweep().await.unwrap();
    bank.clock.put_forward(LIFE);
    bank.sessions.sweep().await.unwrap();
    let events = events(&bank, &receiver, &page).await;
    assert_eq!(types(&events), ["session.closed"], "the end of its life is not reported again");
    assert_eq!(events[0]["data"]["state"], "link_issued");
    assert_eq!(bank.state(&page).await, "expired");
}

async fn a_session_with_a_last_event_is_not_closed_again(database: &Database) {
    let vendor = Vendor::judging(
        |request| match request.body["user_type"].as_str().unwrap() {
            "2" => {
                let mut reply = verify_reply();
                reply["data"]["identity"]["fraud_detected"] = json!("High");
                reply
            }
            _ => json!({ "status": "failed" }),
        },
        Duration::ZERO,
    )
    .await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--max-verifies=1", "--max-links=1"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let used_up = bank.judged().await;
    let fraud = bank.page_with(&json!({ "identifier": "1", "type": "2" })).await;
    success(bank.link(&fraud, &json!({}))).await;
    success(bank.verify(&fraud, &json!({}))).await;
    let (open, _) = bank.linked().await;
    bank.clock.put_forward(GRACE);
    bank.sessions.sweep().await.unwrap();
    assert!(events(&bank, &receiver, &open).await.is_empty(), "its last link can still get a verdict");
    bank.clock.put_forward(LIFE);
    bank.sessions.sweep().await.unwrap();
    for (page, expected) in [(&used_up, "session.rejected"), (&fraud, "session.rejected"), (&open, "session.expired")] {
        assert_eq!(types(&events(&bank, &receiver, page).await), [expected]);
    }
}

/// The call that counts as lost brings a verdict after all, while the last allowed one is running.
async fn a_verdict_of_an_earlier_call_leaves_the_last_event_to_the_sweep(database: &Database) {
    let (gate, calls) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let opened = Arc::clone(&gate);
    let vendor = Vendor::answering(move |request| {
        let (gate, calls) = (Arc::clone(&opened), Arc::clone(&calls));
        async move {
            if request.is_link() {
                return Response::new(issued(&request).to_string().into());
            }
            if calls.fetch_add(1, Ordering::SeqCst) > 0 {
                std::future::pending::<()>().await;
            }
            gate.acquire().await.unwrap().forget();
            Response::new(json!({ "status": "failed" }).to_string().into())
        }
    })
    .await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [&format!("--webhook-url={}", receiver.url), "--max-verifies=2"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let (page, _) = bank.linked().await;
    let first = bank.verify_in_background(&page, &vendor).await;
    bank.clock.put_forward(GRACE);
    bank.sessions.sweep().await.unwrap();
    let second = tokio::spawn(bank.reconcile(&page, "repeat").send());
    until("the call is repeated", async || vendor.verdict_calls().len() == 2).await;
    gate.add_permits(1);
    until("the verdict of the first call is stored", async || bank.state(&page).await == "rejected").await;
    let told = events(&bank, &receiver, &page).await;
    assert_eq!(types(&told), ["session.unknown", "session.rejected"]);
    assert_eq!(told[1]["data"]["final"], false);
    bank.clock.put_forward(GRACE);
    bank.sessions.sweep().await.unwrap();
    let told = events(&bank, &receiver, &page).await;
    assert_eq!(types(&told), ["session.unknown", "session.rejected", "session.closed"]);
    assert_eq!(told[2]["data"]["final"], true);
    for call in [first.abort_handle(), second.abort_handle()] {
        call.abort();
    }
}

async fn a_damaged_session_keeps_no_other_from_closing(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let (damaged, page) = (bank.judged().await, bank.judged().await);
    let condition = format!("NEW.session_id = '{}'", damaged.id);
    if database.url.starts_with("sqlite:") {
        let raise = "BEGIN SELECT RAISE(ABORT, 'damaged'); END";
        database.sql(&format!("CREATE TRIGGER damaged BEFORE INSERT ON outbox WHEN {condition} {raise}")).await;
    } else {
        let raise = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'damaged'; END $$";
        database.sql(&format!("CREATE FUNCTION damaged() {raise}")).await;
        let each = "FOR EACH ROW";
        database
            .sql(&format!(
                "CREATE TRIGGER damaged BEFORE INSERT ON outbox {each} WHEN ({condition}) EXECUTE FUNCTION damaged()"
            ))
            .await;
    }
    bank.clock.put_forward(LIFE);
    assert_eq!(bank.sessions.sweep().await.unwrap().closed, 1);
    assert_eq!(types(&events(&bank, &receiver, &page).await), ["session.rejected", "session.closed"]);
}

async fn the_sweep_reads_only_the_sessions_that_it_closes(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    bank.page().await;
    let columns = "api_key, customer_type, sealed, state, expires_at, updated_at, due_at";
    database
        .sql(&format!(
            "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 20000) \
             INSERT INTO sessions (id, created_at, {columns}) SELECT 'ses_' || n, n, {} FROM counter, sessions",
            columns.replace("due_at", "1000 + n")
        ))
        .await;
    database.sql("ANALYZE").await;
    let condition = TO_CLOSE.replace("$1", "1").replace("$2", "2").replace("$3", "10").replace("$4", "5");
    let plan = database.plan(&format!("SELECT id, sealed FROM sessions WHERE {condition} LIMIT 200")).await;
    assert!(plan.contains("sessions_due"), "{plan}");
    for slow in ["SCAN sessions", "Seq Scan on sessions"] {
        assert!(!plan.contains(slow), "{plan}");
    }
}
