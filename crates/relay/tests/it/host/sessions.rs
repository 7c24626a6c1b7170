//! A session from creation to report: what its back end and its page can do and read.

use akiba_protocol::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::support::bank::{Bank, Page, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::{FULL_NAME, IDENTIFIER, Relay, Vendor, problem, problem_and_headers, success, verify_reply};

on_both!(
    a_page_without_personal_data_gets_a_verdict,
    the_full_reply_is_a_setting,
    a_session_works_on_every_relay,
    consent_is_stored,
    an_invalid_id_is_an_unknown_session,
);

async fn a_page_without_personal_data_gets_a_verdict(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.page().await;
    let report = bank.report(&page).await;
    assert_eq!((&report["state"], &report["verdict"]), (&json!("created"), &json!(null)));

    let link = success(bank.link(&page, &json!({ "selfie_filename": "frank nono.png" }))).await;
    let sent = &vendor.seen()[0].body;
    assert_eq!((&sent["identifier"], &sent["type"]), (&json!(IDENTIFIER), &json!("1")));
    let name = sent["selfie_filename"].as_str().unwrap();
    assert!(name.starts_with("selfie-") && name.ends_with(".png"), "{name}");
    assert_eq!(link["identifier"], page.id.as_str(), "the page gets the session's id in place of the person's");
    let mut fields: Vec<_> = link.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["identifier", "s3_key", "selfie_filename", "signed_link"]);
    assert!(!link.to_string().contains(IDENTIFIER));
    assert_eq!(bank.state(&page).await, "link_issued");

    // As the widget sends it: with the fields of the first answer.
    let body = json!({
        "id": link["identifier"], "user_type": "1", "s3_key": link["s3_key"], "selfie_filename": link["selfie_filename"],
    });
    let reply = success(bank.verify(&page, &body)).await;
    assert_eq!(
        reply,
        json!({
            "status": "success", "message": verify_reply()["message"], "outcome": "verified", "reference": REFERENCE,
        })
    );
    assert_eq!(
        vendor.verdict_calls()[0].body,
        json!({ "id": IDENTIFIER, "user_type": "1", "s3_key": link["s3_key"], "selfie_filename": name })
    );

    let report = bank.report(&page).await;
    assert_eq!(report["state"], "verified");
    assert_eq!(report["reference"], REFERENCE);
    assert_eq!((&report["links"], &report["verifies"]), (&json!(1), &json!(1)));
    let verdict = &report["verdict"];
    assert_eq!((&verdict["outcome"], &verdict["customer_id"]), (&json!("verified"), &json!("A3020FM2PX")));
    let reply = &verdict["reply"];
    assert_eq!((&reply["status"], &reply["data"]["identity"]["fraud_detected"]), (&json!("success"), &json!("Low")));
    assert!(!report.to_string().contains(FULL_NAME), "the name is stored without need");
}

async fn the_full_reply_is_a_setting(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--page-reply=full", "--keep=full"]).await;
    let (page, _) = bank.linked().await;
    let reply = success(bank.verify(&page, &json!({}))).await;
    assert_eq!(reply["data"]["identity"]["fullname"], FULL_NAME);
    assert_eq!(reply["outcome"], "verified");
    assert_eq!(success(bank.verify(&page, &json!({}))).await, reply);
    assert_eq!(bank.report(&page).await["verdict"]["reply"]["data"], reply["data"]);
}

async fn a_session_works_on_every_relay(database: &Database) {
    let vendor = Vendor::verifying().await;
    let first = Bank::open(database, &vendor.base, &[]).await;
    let second = Bank::open(database, &vendor.base, &[]).await;
    let page = first.page().await;
    success(second.link(&page, &json!({}))).await;
    let reply = success(first.verify(&page, &json!({}))).await;
    assert_eq!(success(second.verify(&page, &json!({}))).await, reply);
    assert_eq!(second.state(&page).await, "verified");
    assert_eq!(vendor.verdict_calls().len(), 1);
}

async fn an_invalid_id_is_an_unknown_session(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    let page = bank.page().await;
    for id in
        ["x", "%00", "%FF", "ses_'--", "ses_0%00", &page.id[1..], &page.id.replace("ses", "lnk"), &"x".repeat(9_000)]
    {
        problem(bank.host(Method::GET, &format!("/v1/sessions/{id}")), ProblemCode::UnknownSession).await;
    }
    let last = if page.id.ends_with('0') { '1' } else { '0' };
    let other = format!("/v1/sessions/{}{last}", &page.id[..page.id.len() - 1]);
    problem(bank.host(Method::GET, &other), ProblemCode::UnknownSession).await;
}

async fn consent_is_stored(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    let consent = json!({ "version": "2026-02", "at": "2026-02-03T04:05:06+02:00" });
    let body = json!({ "identifier": IDENTIFIER, "type": "2", "consent": consent, "ttl": 60 });
    let response = bank.create(&body).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let created: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let page = Page { id: created["session_id"].as_str().unwrap().to_owned(), token: String::new() };
    let report = bank.report(&page).await;
    assert_eq!((&report["consent"], &report["type"]), (&consent, &json!("2")));
    assert_eq!(report["expires_at"], created["expires_at"]);
    assert!(!report.to_string().contains(IDENTIFIER), "the report repeats the identifier");
}

#[tokio::test]
async fn a_wrong_api_key_is_rejected() {
    let database = Database::sqlite();
    let bank = Bank::open(&database, "http://127.0.0.1:9", &["--allow-origin=https://bank.example"]).await;
    let page = bank.page().await;
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let path = page.path();
    for key in ["", "akr_AAAA", &page.token, &database.keys.api_setting, &database.keys.api[..20]] {
        let create = bank.relay.post("/v1/sessions", &body).bearer_auth(key);
        let (_, headers) = problem_and_headers(create, ProblemCode::Unauthorized).await;
        assert_eq!(headers["www-authenticate"], "Bearer");
        problem(bank.relay.request(Method::GET, &path).bearer_auth(key), ProblemCode::Unauthorized).await;
    }
    problem(bank.relay.post("/v1/sessions", &body), ProblemCode::Unauthorized).await;
    let basic = bank.relay.post("/v1/sessions", &body).basic_auth(&database.keys.api, Some(""));
    problem(basic, ProblemCode::Unauthorized).await;
    // A browser must never hold an API key, not even on an allowed page.
    let from_page = bank.create(&body).header("origin", "https://bank.example");
    problem(from_page, ProblemCode::Forbidden).await;
}

#[tokio::test]
async fn a_back_end_reads_only_its_own_sessions() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let new_key = |name| akiba_relay::secrets::api_keys::new_key(name).unwrap();
    let own_name = database.keys.api_setting.split('=').next().unwrap();
    let ((other, other_setting), (newer, newer_setting)) = (new_key("another"), new_key(own_name));
    let flags = [format!("--api-key={other_setting}"), format!("--api-key={newer_setting}")];
    let bank = Bank::open(&database, &vendor.base, &flags.each_ref().map(String::as_str)).await;
    let (page, _) = bank.linked().await;
    let path = page.path();
    let reconcile = format!("{path}/reconcile");
    for call in [
        bank.relay.request(Method::GET, &path),
        bank.relay.request(Method::DELETE, &path),
        bank.relay.post(&reconcile, &json!({ "action": "release" })),
    ] {
        problem(call.bearer_auth(&other), ProblemCode::UnknownSession).await;
    }
    // Keys of one name belong to one back end, which allows rotation.
    let report = success(bank.relay.request(Method::GET, &path).bearer_auth(&newer)).await;
    assert_eq!(report, bank.report(&page).await);
}

#[tokio::test]
async fn an_invalid_session_request_is_rejected() {
    let database = Database::sqlite();
    let bank = Bank::open(&database, "http://127.0.0.1:9", &[]).await;
    let valid = || json!({ "identifier": IDENTIFIER, "type": "1" });
    for (field, wrong) in [
        ("identifier", json!("")),
        ("identifier", json!(" ")),
        ("identifier", json!(null)),
        ("identifier", json!("8001\r\nx: 1")),
        ("identifier", json!("8".repeat(129))),
        ("type", json!("3")),
        ("type", json!(1)),
        ("reference", json!("")),
        ("reference", json!("a\u{0}b")),
        ("consent", json!({ "version": "1" })),
        ("consent", json!({ "version": "1", "at": "yesterday" })),
        ("consent", json!({ "version": "", "at": "2026-02-03T04:05:06Z" })),
        ("ttl", json!(0)),
        ("ttl", json!(-1)),
        ("ttl", json!(3_601)),
        ("ttl", json!("60")),
    ] {
        let mut body = valid();
        body[field] = wrong;
        problem(bank.create(&body), ProblemCode::BadRequest).await;
    }
}

#[tokio::test]
async fn without_sessions_their_routes_do_not_exist() {
    let relay = Relay::before("http://127.0.0.1:9", &[]).await;
    problem(relay.post("/v1/sessions", &json!({})), ProblemCode::NotFound).await;
    problem(relay.request(Method::GET, "/v1/sessions/ses_1"), ProblemCode::NotFound).await;
}
