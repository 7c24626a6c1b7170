//! The log of sessions at level `trace`: one line a request, and no secret in any line. It is a binary of its own because
//! a process has one log, and this test needs all of its lines.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests can panic, too")]

#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the other tests, which use the rest")]
mod support;

use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::telemetry;
use akiba_relay::telemetry::LogFormat;
use reqwest::Method;
use serde_json::{Value, json};
use tracing_subscriber::util::SubscriberInitExt;

use support::bank::{Bank, Page, REFERENCE};
use support::database::Database;
use support::handoff::{HANDOFFS, Phone};
use support::memory_log::Log;
use support::receiver::Receiver;
use support::vendor::Seen;
use support::{FULL_NAME, IDENTIFIER, SIGNATURE, TOKEN, Vendor, problem, run_log, success, verify_reply};

/// Takes sessions through every state. Returns the texts that must not be in the log.
async fn go(database: &Database) -> Vec<String> {
    let judge = |request: &Seen| {
        let name = request.body["selfie_filename"].as_str().unwrap();
        if name.ends_with(".png") { json!(format!("{IDENTIFIER} {FULL_NAME}")) } else { verify_reply() }
    };
    let vendor = Vendor::judging(judge, Duration::ZERO).await;
    let receiver = Receiver::answering(|_, before| if before == 0 { 500 } else { 200 }).await;
    // Another data key. The relay starts with it as long as there are no sessions.
    let data = akiba_relay::secrets::data_keys::new_key("2026").unwrap();
    let keys = support::database::Keys { data, ..database.keys.copy() };
    let blind = Bank::with_keys(database, &keys, &vendor.base, &[]).await;
    let bank = Bank::telling(database, &vendor.base, &receiver.url, &HANDOFFS).await;
    let (page, link) = bank.linked().await;
    success(bank.verify(&page, &json!({ "id": IDENTIFIER })).header("idempotency-key", "frank-7d1")).await;
    bank.report(&page).await;
    let (other, _) = bank.linked().await;
    for (wrong, code) in [
        (json!({ "s3_key": link["s3_key"] }), ProblemCode::SessionMismatch),
        (json!({ "id": format!("{IDENTIFIER}\r\nx: {FULL_NAME}") }), ProblemCode::SessionMismatch),
        (json!([IDENTIFIER]), ProblemCode::BadRequest),
    ] {
        problem(bank.verify(&other, &wrong), code).await;
    }
    // A verdict that is lost, repeated, and lost again.
    let lost = bank.page().await;
    success(bank.link(&lost, &json!({ "selfie_filename": "x.png" }))).await;
    problem(bank.verify(&lost, &json!({})), ProblemCode::VendorReply).await;
    problem(bank.reconcile(&lost, "repeat"), ProblemCode::VendorReply).await;
    success(bank.reconcile(&lost, "release")).await;
    // Calls with invalid tokens and ids.
    let intruder = Page { token: format!("{}x", page.token), ..page.clone() };
    problem(bank.link(&intruder, &json!({ "identifier": IDENTIFIER })), ProblemCode::Unauthorized).await;
    let path = format!("/v1/sessions/{IDENTIFIER}");
    problem(bank.host(Method::GET, &path), ProblemCode::UnknownSession).await;
    let wrong = json!({ "identifier": IDENTIFIER, "type": "1", "reference": format!("{REFERENCE}\n") });
    problem(bank.create(&wrong), ProblemCode::BadRequest).await;
    problem(blind.link(&other, &json!({})), ProblemCode::Internal).await;
    // A session that moves to a phone, and one that its person disowns.
    let handed = bank.page().await;
    let (desk, claimed, phones) = bank.handed_over(&handed).await;
    success(bank.link(&phones, &json!({}))).await;
    assert_eq!(bank.end(&handed, &desk).send().await.unwrap().status(), 204);
    let (unwanted, victim) = bank.opened(&handed).await;
    assert_eq!(bank.disown(&unwanted, &victim).send().await.unwrap().status(), 204);
    problem(bank.redeem(&unwanted, &Phone::new()), ProblemCode::UnknownHandoff).await;
    bank.clock.put_forward(40 * 86_400_000);
    bank.sessions.sweep().await.unwrap();
    let key = link["s3_key"].as_str().unwrap();
    let bare = |key: &str| {
        let longest = key.split(['.', ':']).max_by_key(|part| part.len()).unwrap();
        longest.trim_start_matches("akr_").trim_start_matches("whsec_").to_owned()
    };
    vec![
        page.token.clone(),
        bare(&page.token),
        key.to_owned(),
        link["selfie_filename"].as_str().unwrap().to_owned(),
        bare(&database.keys.api),
        bare(&database.keys.session),
        bare(&database.keys.data),
        bare(&database.keys.webhook),
        "frank-7d1".to_owned(),
        desk.code.clone(),
        claimed.claim.clone(),
        bare(&phones.token),
        unwanted.code.clone(),
        victim.claim.clone(),
        REFERENCE.to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_session_is_logged() {
    let log = Log::default();
    telemetry::subscriber(LogFormat::Json, "trace".parse().unwrap(), false, log.clone()).try_init().unwrap();
    let mut secrets = Vec::new();
    for database in [Database::sqlite(), Database::postgres()] {
        secrets.extend(go(&database).await);
    }
    secrets.extend([IDENTIFIER, FULL_NAME, SIGNATURE, TOKEN, "A3020FM2PX"].map(str::to_owned));

    let text = log.text();
    run_log::keep(&text);
    for secret in &secrets {
        assert!(secret.len() > 5, "{secret}");
        let line = text.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret} is in the log");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["target"] == "sqlx::query"), "the libraries' lines are missing");
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    for line in &requests {
        let route = line["route"].as_str().unwrap();
        let named = route != "/v1/sessions"
            && !["unauthorized", "unknown-session", "unknown-handoff"].iter().any(|code| line["code"] == *code);
        assert_eq!(line["session"].as_str().is_some_and(|id| id.starts_with("ses_")), named, "{line}");
    }
    assert!(requests.iter().any(|line| line["route"] == "/v1/sessions/{id}"));
}
