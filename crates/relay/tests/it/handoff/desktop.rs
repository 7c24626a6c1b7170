//! What the desktop can do in a hand-off: begin, renew, follow and end it.

use std::time::{Duration, Instant};

use akiba_protocol::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::handoff::{HANDOFFS, Phone};
use crate::support::program::Program;
use crate::support::{IDENTIFIER, Vendor, problem, success};

on_both!(
    a_renewed_link_replaces_the_one_before,
    another_hand_off_ends_the_one_before,
    a_link_expires,
    the_desktop_hears_of_each_change,
    the_desktop_hears_of_a_change_at_another_relay,
    the_desktop_takes_the_session_back,
    a_desktop_that_was_reloaded_finds_its_hand_off,
    hand_offs_of_a_session_are_limited,
    a_session_that_is_over_is_not_handed_over,
    a_desktop_has_only_the_hand_offs_of_its_session,
);

async fn a_renewed_link_replaces_the_one_before(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let first = bank.desk(&page).await;
    bank.clock.put_forward(100_000);
    let second = bank.renewed(&page, &first).await;
    assert_eq!((&second.id, second.number), (&first.id, first.number));
    assert_ne!(second.code, first.code);
    problem(bank.redeem(&first, &Phone::new()), ProblemCode::UnknownHandoff).await;
    // The first link would have expired by now.
    bank.clock.put_forward(100_000);
    success(bank.redeem(&second, &Phone::new())).await;
    problem(bank.renew(&page, &second), ProblemCode::HandoffState).await;
}

async fn another_hand_off_ends_the_one_before(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let waiting = bank.desk(&page).await;
    let (opened, phone) = bank.opened(&page).await;
    assert_eq!(bank.handoff(&page, &waiting).await, "ended");
    problem(bank.redeem(&waiting, &Phone::new()), ProblemCode::UnknownHandoff).await;
    let last = bank.desk(&page).await;
    assert_eq!(bank.handoff(&page, &opened).await, "ended");
    problem(bank.confirm(&opened, &phone, opened.number), ProblemCode::HandoffState).await;
    assert_eq!(bank.handoff(&page, &last).await, "waiting");
}

async fn a_link_expires(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = [HANDOFFS.as_slice(), &["--clock-leeway=10s"]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let page = bank.page().await;
    // Two minutes and the leeway.
    let desk = bank.desk(&page).await;
    bank.clock.put_forward(129_000);
    let phone = Phone::new();
    success(bank.redeem(&desk, &phone)).await;
    // Once it is open, five minutes more.
    bank.clock.put_forward(311_000);
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::HandoffState).await;
    assert_eq!(bank.handoff(&page, &desk).await, "expired");
    let late = bank.desk(&page).await;
    bank.clock.put_forward(131_000);
    problem(bank.redeem(&late, &Phone::new()), ProblemCode::UnknownHandoff).await;
    problem(bank.renew(&page, &late), ProblemCode::HandoffState).await;
    assert_eq!(bank.handoff(&page, &late).await, "expired");
    success(bank.link(&page, &json!({}))).await;
}

async fn the_desktop_hears_of_each_change(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone) = (bank.desk(&page).await, Phone::new());
    let status = success(bank.follow(&page, &desk, None)).await;
    assert_eq!((&status["state"], &status["session"]), (&json!("waiting"), &json!("created")));
    let mut version = status["version"].as_i64().unwrap();
    // A desktop that knows another version does not wait.
    success(bank.follow(&page, &desk, Some(version - 1))).await;
    let steps = [bank.redeem(&desk, &phone), bank.confirm(&desk, &phone, desk.number)];
    for (step, state) in steps.into_iter().zip(["opened", "confirmed"]) {
        let following = tokio::spawn(bank.follow(&page, &desk, Some(version)).send());
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!following.is_finished(), "it waits");
        let started = Instant::now();
        success(step).await;
        let answer: serde_json::Value =
            serde_json::from_str(&following.await.unwrap().unwrap().text().await.unwrap()).unwrap();
        assert_eq!(answer["state"], state);
        assert!(started.elapsed() < Duration::from_millis(1_500), "{:?}", started.elapsed());
        version = answer["version"].as_i64().unwrap();
    }
    // And of what the phone does then.
    let token = success(bank.confirm(&desk, &phone, desk.number)).await;
    let phones =
        crate::support::bank::Page { token: token["session_token"].as_str().unwrap().to_owned(), ..page.clone() };
    success(bank.link(&phones, &json!({}))).await;
    let linked = success(bank.follow(&page, &desk, Some(version))).await;
    assert_eq!(linked["session"], "link_issued");
    let following = tokio::spawn(bank.follow(&page, &desk, linked["version"].as_i64()).send());
    success(bank.verify(&phones, &json!({}))).await;
    let text = following.await.unwrap().unwrap().text().await.unwrap();
    assert!(text.contains("\"verif"), "{text}");
    assert_eq!(success(bank.verdict(&page)).await["outcome"], "verified");
}

async fn the_desktop_hears_of_a_change_at_another_relay(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let other = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone) = (bank.desk(&page).await, Phone::new());
    let version = success(bank.follow(&page, &desk, None)).await["version"].as_i64();
    let following = tokio::spawn(bank.follow(&page, &desk, version).send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    success(other.redeem(&desk, &phone)).await;
    let text = following.await.unwrap().unwrap().text().await.unwrap();
    assert!(text.contains("\"opened\""), "{text}");
    success(other.confirm(&desk, &phone, desk.number)).await;
    problem(bank.link(&page, &json!({})), ProblemCode::HandoffState).await;
}

async fn the_desktop_takes_the_session_back(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone, phones) = bank.handed_over(&page).await;
    success(bank.link(&phones, &json!({}))).await;
    problem(bank.begin(&page), ProblemCode::HandoffState).await;
    for _ in 0..2 {
        assert_eq!(bank.end(&page, &desk).send().await.unwrap().status(), 204);
    }
    assert_eq!(bank.handoff(&page, &desk).await, "ended");
    problem(bank.link(&phones, &json!({})), ProblemCode::SessionState).await;
    problem(bank.verify(&phones, &json!({})), ProblemCode::SessionState).await;
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::HandoffState).await;
    assert!(vendor.verdict_calls().is_empty());
    success(bank.link(&page, &json!({}))).await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["outcome"], "verified");
}

async fn a_desktop_that_was_reloaded_finds_its_hand_off(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = [HANDOFFS.as_slice(), &["--handoff-link-ttl-max=1h"]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let (page, other) = (bank.page().await, bank.page().await);
    problem(bank.held(&page), ProblemCode::UnknownHandoff).await;
    // Until a phone is confirmed, the desktop begins another one.
    bank.opened(&page).await;
    problem(bank.held(&page), ProblemCode::UnknownHandoff).await;
    let (desk, _, phones) = bank.handed_over(&page).await;
    let held = success(bank.held(&page)).await;
    assert_eq!(held, success(bank.follow(&page, &desk, None)).await);
    assert_eq!((&held["handoff_id"], &held["state"]), (&json!(desk.id), &json!("confirmed")));
    problem(bank.held(&other), ProblemCode::UnknownHandoff).await;
    problem(bank.held(&phones), ProblemCode::Forbidden).await;
    // It ends it with the id, and then there is none.
    assert_eq!(bank.end(&page, &desk).send().await.unwrap().status(), 204);
    problem(bank.held(&page), ProblemCode::UnknownHandoff).await;
    // After the verdict it still finds it, and reads the verdict.
    let (_, _, phones) = bank.handed_over(&page).await;
    success(bank.link(&phones, &json!({}))).await;
    success(bank.verify(&phones, &json!({}))).await;
    // A desktop that does not know it yet learns that there is one.
    problem(bank.link(&page, &json!({})), ProblemCode::HandoffState).await;
    assert_eq!(success(bank.held(&page)).await["session"], "verified");
    assert_eq!(success(bank.verdict(&page)).await["outcome"], "verified");
    // A link of the back end does not count.
    let path = format!("{}/handoffs", other.path());
    let sent = bank.relay.post(&path, &json!({})).bearer_auth(&database.keys.api).send().await.unwrap();
    let sent: serde_json::Value = serde_json::from_str(&sent.text().await.unwrap()).unwrap();
    let (code, claim) = (sent["url"].as_str().unwrap().split_once('#').unwrap().1, Phone::new().claim);
    success(bank.relay.post("/v1/handoffs/redeem", &json!({ "code": code, "claim": claim }))).await;
    let confirm = format!("/v1/handoffs/{}/confirm", sent["handoff_id"].as_str().unwrap());
    success(bank.relay.post(&confirm, &json!({ "claim": claim }))).await;
    problem(bank.held(&other), ProblemCode::UnknownHandoff).await;
    problem(bank.link(&other, &json!({})), ProblemCode::SessionState).await;
}

async fn hand_offs_of_a_session_are_limited(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    for _ in 0..10 {
        bank.desk(&page).await;
    }
    problem(bank.begin(&page), ProblemCode::SessionLimit).await;
    let other = bank.page().await;
    bank.desk(&other).await;
    success(bank.link(&page, &json!({}))).await;
}

async fn a_session_that_is_over_is_not_handed_over(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = [HANDOFFS.as_slice(), &["--max-links=1", "--clock-leeway=1s"]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    problem(bank.begin(&bank.judged().await), ProblemCode::SessionState).await;
    problem(bank.begin(&bank.linked().await.0), ProblemCode::SessionLimit).await;
    // Sessions that end while their hand-offs are open.
    let (page, other) = (bank.page().await, bank.page().await);
    let (desk, phone) = bank.opened(&page).await;
    let waiting = bank.desk(&other).await;
    for session in [&page, &other] {
        success(bank.link(session, &json!({}))).await;
        success(bank.verify(session, &json!({}))).await;
    }
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::SessionState).await;
    problem(bank.redeem(&waiting, &Phone::new()), ProblemCode::SessionState).await;
    assert_eq!(success(bank.follow(&page, &desk, None)).await["session"], "verified");
    let short = bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1", "ttl": 60 })).await;
    let (desk, phone) = bank.opened(&short).await;
    bank.clock.put_forward(62_000);
    assert_eq!(success(bank.follow(&short, &desk, None)).await["session"], "expired");
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::HandoffState).await;
    problem(bank.begin(&short), ProblemCode::SessionExpired).await;
}

async fn a_desktop_has_only_the_hand_offs_of_its_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let (page, other) = (bank.page().await, bank.page().await);
    let desk = bank.desk(&page).await;
    problem(bank.follow(&other, &desk, None), ProblemCode::UnknownHandoff).await;
    problem(bank.renew(&other, &desk), ProblemCode::UnknownHandoff).await;
    problem(bank.end(&other, &desk), ProblemCode::UnknownHandoff).await;
    for path in ["/v1/handoffs/x", "/v1/handoffs/hof_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b"] {
        problem(bank.relay.request(Method::GET, path).bearer_auth(&page.token), ProblemCode::UnknownHandoff).await;
    }
    let wrong = format!("{}?since=1", desk.path());
    problem(bank.relay.request(Method::GET, &wrong).bearer_auth(&page.token), ProblemCode::BadRequest).await;
    problem(bank.relay.request(Method::GET, &desk.path()), ProblemCode::Unauthorized).await;
    assert_eq!(bank.handoff(&page, &desk).await, "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_page_for_phones_there_are_no_hand_offs() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let page = bank.page().await;
    problem(bank.begin(&page), ProblemCode::Forbidden).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn desktops_that_wait_are_limited_and_do_not_delay_a_stop() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let flags = [&format!("--vendor-base={}", vendor.base), HANDOFFS[0], "--max-handoff-waits=1"];
    let program = Program::with_sessions(&database, &flags);
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let created = program.post("/v1/sessions", &database.keys.api, &body).send().await.unwrap().text().await.unwrap();
    let created: serde_json::Value = serde_json::from_str(&created).unwrap();
    let token = created["session_token"].as_str().unwrap().to_owned();
    let begun = program.post("/v1/handoffs", &token, &json!({})).send().await.unwrap().text().await.unwrap();
    let begun: serde_json::Value = serde_json::from_str(&begun).unwrap();
    let path = format!("/v1/handoffs/{}", begun["handoff_id"].as_str().unwrap());
    let status = success(program.get(&path).bearer_auth(&token)).await;
    let path = format!("{path}?after={}", status["version"]);
    let following = tokio::spawn(program.get(&path).bearer_auth(&token).send());
    tokio::time::sleep(Duration::from_millis(500)).await;
    problem(program.get(&path).bearer_auth(&token), ProblemCode::Overloaded).await;
    let started = Instant::now();
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(following.await.unwrap().unwrap().status(), 200);
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
