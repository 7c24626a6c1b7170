//! One verdict for one photo, whatever fails on the way.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::vendor::{Seen, issued};
use crate::support::{Vendor, all_of, closed_port, problem, problem_and_headers, success, verify_reply};

on_both!(
    a_repeated_verify_returns_the_same_verdict,
    fifty_parallel_verifies_are_one_vendor_call,
    fifty_parallel_verifies_at_two_relays_are_one_vendor_call,
    a_disconnected_caller_does_not_cancel_the_verdict,
    a_call_for_another_photo_does_not_wait,
    an_idempotency_key_belongs_to_one_photo,
    a_lost_verdict_is_not_retried_automatically,
    the_host_can_repeat_a_lost_verdict,
    the_host_can_release_a_lost_verdict,
    a_late_answer_still_counts,
    a_call_that_the_vendor_refused_can_be_repeated,
    a_rejected_person_can_try_another_photo,
    a_verdict_is_unknown_after_its_relay_ended,
);

/// A vendor that issues links and answers calls for a verdict with only a status.
async fn vendor_saying(status: u16) -> Vendor {
    Vendor::answering(move |request| {
        let response = match request.is_link() {
            true => Response::new(issued(&request).to_string().into()),
            false => Response::builder().status(status).body("{}".into()).unwrap(),
        };
        async move { response }
    })
    .await
}

/// A vendor that takes a minute for its first verdict and answers the second call at once.
async fn slow_vendor() -> Vendor {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    Vendor::answering(move |request: Seen| {
        let verify = request.is_verify();
        let first = verify && asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        let answer = if verify { verify_reply() } else { issued(&request) };
        async move {
            if first {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            Response::new(answer.to_string().into())
        }
    })
    .await
}

async fn a_repeated_verify_returns_the_same_verdict(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, link) = bank.linked().await;
    let first = success(bank.verify(&page, &json!({})).header("idempotency-key", "k-1")).await;
    for again in [
        bank.verify(&page, &json!({})).header("idempotency-key", "k-1"),
        bank.verify(&page, &json!({})).header("idempotency-key", "k-2"),
        bank.verify(&page, &json!({ "s3_key": link["s3_key"] })),
    ] {
        assert_eq!(success(again).await, first);
    }
    problem(bank.link(&page, &json!({})), ProblemCode::SessionState).await;
    assert_eq!(vendor.verdict_calls().len(), 1);
    assert_eq!(bank.report(&page).await["verifies"], 1);
}

async fn many_at_once(banks: &[Bank], vendor: &Vendor) {
    let (page, _) = banks[0].linked().await;
    let answers = all_of((0..50).map(|index| success(banks[index % banks.len()].verify(&page, &json!({}))))).await;
    assert!(answers.iter().all(|answer| answer == &answers[0] && answer["outcome"] == "verified"), "{answers:?}");
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn fifty_parallel_verifies_are_one_vendor_call(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(300)).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    many_at_once(&[bank], &vendor).await;
}

async fn fifty_parallel_verifies_at_two_relays_are_one_vendor_call(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(300)).await;
    let banks = [Bank::open(database, &vendor.base, &[]).await, Bank::open(database, &vendor.base, &[]).await];
    many_at_once(&banks, &vendor).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_verifies_are_one_vendor_call_under_serializable_isolation() {
    let database = Database::postgres();
    let name = database.name();
    database.sql(&format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")).await;
    let vendor = Vendor::verifying().await;
    let banks = [Bank::open(&database, &vendor.base, &[]).await, Bank::open(&database, &vendor.base, &[]).await];
    // All transactions begin, and wait for each other, before the first one ends.
    let lock = async {
        database.sql("BEGIN; LOCK TABLE links IN SHARE MODE; SELECT pg_sleep(1)::text; COMMIT").await;
    };
    let (page, _) = banks[0].linked().await;
    let calls = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        (0..6).map(|index| tokio::spawn(success(banks[index % 2].verify(&page, &json!({}))))).collect::<Vec<_>>()
    };
    let ((), calls) = tokio::join!(lock, calls);
    for call in calls {
        assert_eq!(call.await.unwrap()["outcome"], "verified");
    }
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn a_disconnected_caller_does_not_cancel_the_verdict(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(500)).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let caller = bank.verify_in_background(&page, &vendor).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    bank.sessions.tasks().wait().await;
    assert_eq!(bank.state(&page).await, "verified");
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn a_call_for_another_photo_does_not_wait(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_secs(3)).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, first) = bank.linked().await;
    success(bank.link(&page, &json!({}))).await;
    let call = bank.verify_in_background(&page, &vendor).await;
    let other = bank.verify(&page, &json!({ "s3_key": first["s3_key"] }));
    let refused = problem(other.timeout(Duration::from_secs(2)), ProblemCode::VerdictPending).await;
    assert_eq!(refused.detail.as_deref(), Some("The vendor has not answered yet."));
    assert_eq!(call.await.unwrap().status(), 200);
}

async fn an_idempotency_key_belongs_to_one_photo(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, first) = bank.linked().await;
    let verify = |body: Value, key: &str| bank.verify(&page, &body).header("idempotency-key", key);
    success(verify(json!({}), "k-1")).await;
    let second = success(bank.link(&page, &json!({}))).await;
    problem(verify(json!({ "s3_key": second["s3_key"] }), "k-1"), ProblemCode::IdempotencyMismatch).await;
    success(verify(json!({}), "k-1")).await;
    assert_eq!(vendor.verdict_calls().len(), 1, "the key belongs to the first photo");
    success(verify(json!({}), "k-2")).await;
    success(verify(json!({ "s3_key": first["s3_key"] }), "k-1")).await;
    // Also once the other photo has its verdict.
    problem(verify(json!({ "s3_key": second["s3_key"] }), "k-1"), ProblemCode::IdempotencyMismatch).await;
    assert_eq!(vendor.verdict_calls().len(), 2);
    // Another session can use the same key.
    let (page, _) = bank.linked().await;
    success(bank.verify(&page, &json!({})).header("idempotency-key", "k-1")).await;
    for wrong in ["", "a b", &"x".repeat(256), "\u{e9}"] {
        let call = bank.verify(&page, &json!({})).header("idempotency-key", wrong);
        problem(call, ProblemCode::BadRequest).await;
    }
}

async fn a_lost_verdict_is_not_retried_automatically(database: &Database) {
    let lost = [
        (slow_vendor().await, ProblemCode::VendorTimeout),
        (vendor_saying(500).await, ProblemCode::VendorUnavailable),
        (vendor_saying(502).await, ProblemCode::VendorUnavailable),
        (vendor_saying(503).await, ProblemCode::VendorUnavailable),
        (vendor_saying(408).await, ProblemCode::VendorTimeout),
        (vendor_saying(302).await, ProblemCode::VendorReply),
        (Vendor::judging(|_| json!("success"), Duration::ZERO).await, ProblemCode::VendorReply),
    ];
    for (vendor, code) in lost {
        let timeout = if code == ProblemCode::VendorTimeout { "1s" } else { "30s" };
        let bank = Bank::open(database, &vendor.base, &[&format!("--vendor-timeout={timeout}")]).await;
        let (page, _) = bank.linked().await;
        problem(bank.verify(&page, &json!({})).header("idempotency-key", "k"), code).await;
        assert_eq!(bank.state(&page).await, "unknown");
        problem(bank.verify(&page, &json!({})).header("idempotency-key", "k"), ProblemCode::VerdictUnknown).await;
        problem(bank.verify(&page, &json!({})), ProblemCode::VerdictUnknown).await;
        problem(bank.link(&page, &json!({})), ProblemCode::VerdictUnknown).await;
        bank.sessions.sweep().await.unwrap();
        assert_eq!(vendor.verdict_calls().len(), 1);
        assert_eq!(bank.report(&page).await["verdict"], json!(null));
    }
}

async fn the_host_can_repeat_a_lost_verdict(database: &Database) {
    let vendor = slow_vendor().await;
    let bank = Bank::open(database, &vendor.base, &["--vendor-timeout=1s", "--max-verifies=1"]).await;
    let (page, link) = bank.linked().await;
    problem(bank.reconcile(&page, "repeat"), ProblemCode::SessionState).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::VendorTimeout).await;
    problem(bank.reconcile(&page, "guess"), ProblemCode::BadRequest).await;
    let report = success(bank.reconcile(&page, "repeat")).await;
    assert_eq!((&report["state"], &report["verdict"]["outcome"]), (&json!("verified"), &json!("verified")));
    let asked = vendor.verdict_calls();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|call| call.body["s3_key"] == link["s3_key"]));
    assert_eq!(success(bank.reconcile(&page, "repeat")).await, report, "a settled verdict stays");
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
    assert_eq!(vendor.verdict_calls().len(), 2);

    // The second call can't reach the vendor. The first may still have been judged.
    let vendor = vendor_saying(500).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    problem(bank.verify(&page, &json!({})), ProblemCode::VendorUnavailable).await;
    let without = Bank::open(database, &closed_port().await, &[]).await;
    problem(without.reconcile(&page, "repeat"), ProblemCode::VendorUnavailable).await;
    assert_eq!(bank.state(&page).await, "unknown");
    problem(bank.verify(&page, &json!({})), ProblemCode::VerdictUnknown).await;
}

async fn the_host_can_release_a_lost_verdict(database: &Database) {
    let vendor = slow_vendor().await;
    let bank = Bank::open(database, &vendor.base, &["--vendor-timeout=1s"]).await;
    let (page, first) = bank.linked().await;
    problem(bank.verify(&page, &json!({})), ProblemCode::VendorTimeout).await;
    assert_eq!(success(bank.reconcile(&page, "release")).await["state"], "link_issued");
    problem(bank.verify(&page, &json!({})), ProblemCode::SessionState).await;
    success(bank.link(&page, &json!({}))).await;
    problem(bank.verify(&page, &json!({ "s3_key": first["s3_key"] })), ProblemCode::SessionState).await;
    assert_eq!(vendor.verdict_calls().len(), 1);
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
}

async fn a_late_answer_still_counts(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(1_500)).await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let other = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let call = bank.verify_in_background(&page, &vendor).await;
    // Another relay, whose clock is ahead, expires the attempt.
    other.clock.put_forward(100_000);
    assert_eq!(other.state(&page).await, "unknown");
    assert_eq!(call.await.unwrap().status(), 200);
    assert_eq!(bank.state(&page).await, "verified");
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn a_call_that_the_vendor_refused_can_be_repeated(database: &Database) {
    let rows = [
        (401, ProblemCode::VendorDenied, 0),
        (404, ProblemCode::UnknownCustomer, 1),
        (422, ProblemCode::Refused, 1),
        (429, ProblemCode::TooManyRequests, 0),
    ];
    for (status, code, counted) in rows {
        let vendor = vendor_saying(status).await;
        let bank = Bank::open(database, &vendor.base, &[]).await;
        let (page, link) = bank.linked().await;
        problem(bank.verify(&page, &json!({})).header("idempotency-key", "k"), code).await;
        let report = bank.report(&page).await;
        assert_eq!((&report["state"], &report["verifies"]), (&json!("link_issued"), &json!(counted)), "{status}");
        let healthy = Vendor::verifying().await;
        let bank = Bank::open(database, &healthy.base, &[]).await;
        success(bank.verify(&page, &json!({})).header("idempotency-key", "k")).await;
        assert_eq!(healthy.verdict_calls()[0].body["s3_key"], link["s3_key"]);
    }
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let without = Bank::open(database, &closed_port().await, &[]).await;
    problem(without.verify(&page, &json!({})), ProblemCode::VendorUnavailable).await;
    success(bank.verify(&page, &json!({}))).await;
}

async fn a_rejected_person_can_try_another_photo(database: &Database) {
    let vendor = Vendor::judging(
        |request| {
            let first = request.body["selfie_filename"].as_str().unwrap().ends_with(".png");
            if first { json!({ "status": "failed", "message": "no match" }) } else { verify_reply() }
        },
        Duration::ZERO,
    )
    .await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.page().await;
    let first = success(bank.link(&page, &json!({ "selfie_filename": "a.png" }))).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["status"], "failed");
    assert_eq!(bank.report(&page).await["verdict"]["outcome"], "rejected");
    success(bank.link(&page, &json!({}))).await;
    assert_eq!(bank.state(&page).await, "link_issued");
    let reply = success(bank.verify(&page, &json!({}))).await;
    assert_eq!(reply["outcome"], "verified");
    assert_eq!(success(bank.verify(&page, &json!({ "s3_key": first["s3_key"] }))).await["outcome"], "rejected");
    assert_eq!(bank.report(&page).await["verdict"]["outcome"], "verified");
}

async fn a_verdict_is_unknown_after_its_relay_ended(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_secs(3_600)).await;
    let bank = Bank::open(database, &vendor.base, &["--vendor-timeout=1m"]).await;
    let (page, _) = bank.linked().await;
    let _ = bank.verify(&page, &json!({})).timeout(Duration::from_secs(1)).send().await;
    assert_eq!(vendor.verdict_calls().len(), 1);
    let other = Bank::open(database, &vendor.base, &["--vendor-timeout=100ms"]).await;
    assert_eq!(other.state(&page).await, "verifying");
    let (_, headers) = problem_and_headers(other.link(&page, &json!({})), ProblemCode::VerdictPending).await;
    assert_eq!(headers["retry-after"], "1");
    // A minute for the vendor, 15 s for the database, 30 s for the difference between clocks.
    other.clock.put_forward(95_000);
    other.sessions.sweep().await.unwrap();
    assert_eq!(other.state(&page).await, "verifying", "its lease has not expired");
    other.clock.put_forward(11_000);
    assert_eq!(other.sessions.sweep().await.unwrap().lapsed, 1);
    assert_eq!(other.state(&page).await, "unknown");
}
