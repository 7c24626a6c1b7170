//! What a phone can do in a hand-off: open the link, choose a number, continue the session, or disown it.

use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::ProblemCode;
use axum::response::Response;
use reqwest::Method;
use serde_json::json;

use crate::support::bank::{Bank, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::handoff::{HANDOFFS, Phone};
use crate::support::receiver::Receiver;
use crate::support::vendor::issued;
use crate::support::{IDENTIFIER, Vendor, all_of, problem, success, verify_reply};

on_both!(
    a_phone_continues_the_session,
    the_phone_learns_who_asks_before_it_gets_anything,
    a_wrong_number_ends_the_hand_off,
    only_one_phone_opens_a_link,
    a_phone_repeats_calls_whose_answers_were_lost,
    a_person_who_did_not_start_it_ends_the_session,
    a_session_is_disowned_also_after_the_hand_off_has_ended,
    a_session_with_a_verdict_is_not_disowned,
    a_phones_token_hands_nothing_over,
    a_link_that_the_desktop_requested_before_is_not_issued_after,
    codes_and_claims_are_stored_as_hashes,
);

async fn a_phone_continues_the_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, _, phones) = bank.handed_over(&page).await;
    assert_eq!(bank.handoff(&page, &desk).await, "confirmed");
    // From now on the desktop gets no links and no verdicts.
    problem(bank.link(&page, &json!({})), ProblemCode::HandoffState).await;
    let link = success(bank.link(&phones, &json!({}))).await;
    let verify = json!({ "s3_key": link["s3_key"] });
    problem(bank.verify(&page, &verify), ProblemCode::HandoffState).await;
    assert!(vendor.verdict_calls().is_empty());
    let verdict = success(bank.verify(&phones, &verify)).await;
    assert_eq!(verdict["outcome"], "verified");
    // Both can read the verdict.
    assert_eq!(success(bank.verdict(&page)).await, verdict);
    assert_eq!(success(bank.verdict(&phones)).await, verdict);
    assert_eq!(bank.state(&page).await, "verified");
    let links = bank.report(&page).await["links"].clone();
    assert_eq!(links, 1, "the desktop's refused call counts for nothing");
}

async fn the_phone_learns_who_asks_before_it_gets_anything(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let body =
        json!({ "identifier": IDENTIFIER, "type": "1", "reference": REFERENCE, "purpose": "to open an account" });
    let page = bank.page_with(&body).await;
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";
    let begun = bank.begin(&page).header("user-agent", agent).send().await.unwrap();
    let begun: serde_json::Value = serde_json::from_str(&begun.text().await.unwrap()).unwrap();
    let code = begun["url"].as_str().unwrap().split_once('#').unwrap().1;
    bank.clock.put_forward(12_000);
    let claim = Phone::new().claim;
    let opened = success(bank.relay.post("/v1/handoffs/redeem", &json!({ "code": code, "claim": claim }))).await;
    assert_eq!(opened["handoff_id"], begun["handoff_id"]);
    assert_eq!(opened["name"], "Example Bank");
    assert_eq!(opened["purpose"], "to open an account");
    assert!((12..20).contains(&opened["seconds_ago"].as_i64().unwrap()), "{opened}");
    assert_eq!(opened["device"], json!({ "browser": "chrome", "system": "windows" }));
    let numbers = opened["numbers"].as_array().unwrap();
    assert_eq!((numbers.len(), numbers.contains(&begun["number"])), (3, true));
    let text = opened.to_string();
    for secret in [IDENTIFIER, REFERENCE, "v4.local", &page.id] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

async fn a_wrong_number_ends_the_hand_off(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone) = bank.opened(&page).await;
    let wrong = if desk.number == 11 { 22 } else { 11 };
    problem(bank.confirm(&desk, &phone, wrong), ProblemCode::WrongNumber).await;
    // A wrong number ends the hand-off.
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::WrongNumber).await;
    assert_eq!(bank.handoff(&page, &desk).await, "mistaken");
    problem(bank.redeem(&desk, &phone), ProblemCode::UnknownHandoff).await;
    // The desktop still has the session, and can try again.
    success(bank.link(&page, &json!({}))).await;
    bank.handed_over(&page).await;
}

async fn only_one_phone_opens_a_link(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Arc::new(Bank::open(database, &vendor.base, &HANDOFFS).await);
    let other = Arc::new(Bank::open(database, &vendor.base, &HANDOFFS).await);
    let page = bank.page().await;
    let desk = bank.desk(&page).await;
    let phones: Vec<_> = (0..20).map(|_| Phone::new()).collect();
    let calls = phones.iter().enumerate().map(|(place, phone)| {
        let at = if place % 2 == 0 { &bank } else { &other };
        let call = at.redeem(&desk, phone).send();
        async move { call.await.unwrap().status().as_u16() }
    });
    let statuses = all_of(calls.collect::<Vec<_>>()).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 19, "{statuses:?}");
    let first = statuses.iter().position(|status| *status == 200).unwrap();
    // Another phone knows the code and the number, and can neither continue nor end it.
    let second = &phones[(first + 1) % 20];
    problem(bank.confirm(&desk, second, desk.number), ProblemCode::UnknownHandoff).await;
    problem(bank.disown(&desk, second), ProblemCode::UnknownHandoff).await;
    success(bank.confirm(&desk, &phones[first], desk.number)).await;
}

async fn a_phone_repeats_calls_whose_answers_were_lost(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone) = (bank.desk(&page).await, Phone::new());
    let opened = success(bank.redeem(&desk, &phone)).await;
    let again = success(bank.redeem(&desk, &phone)).await;
    assert_eq!((&again["numbers"], &again["expires_at"]), (&opened["numbers"], &opened["expires_at"]));
    success(bank.confirm(&desk, &phone, desk.number)).await;
    let token = success(bank.confirm(&desk, &phone, desk.number)).await;
    let phones =
        crate::support::bank::Page { token: token["session_token"].as_str().unwrap().to_owned(), ..page.clone() };
    success(bank.link(&phones, &json!({}))).await;
    // A right number is not taken back by a wrong one.
    let wrong = if desk.number == 11 { 22 } else { 11 };
    problem(bank.confirm(&desk, &phone, wrong), ProblemCode::HandoffState).await;
    success(bank.link(&phones, &json!({}))).await;
    for wrong in [json!({ "code": desk.code, "claim": "short" }), json!({ "code": desk.code }), json!([])] {
        problem(bank.relay.post("/v1/handoffs/redeem", &wrong), ProblemCode::BadRequest).await;
    }
}

async fn a_person_who_did_not_start_it_ends_the_session(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let flags = [HANDOFFS.as_slice(), &[&url]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let page = bank.page().await;
    let (desk, phone) = bank.opened(&page).await;
    for _ in 0..2 {
        assert_eq!(bank.disown(&desk, &phone).send().await.unwrap().status(), 204);
    }
    assert_eq!(bank.state(&page).await, "disowned");
    assert_eq!(bank.handoff(&page, &desk).await, "disowned");
    problem(bank.link(&page, &json!({})), ProblemCode::SessionState).await;
    problem(bank.begin(&page), ProblemCode::SessionState).await;
    problem(bank.confirm(&desk, &phone, desk.number), ProblemCode::HandoffState).await;
    problem(bank.verdict(&page), ProblemCode::SessionState).await;
    // Also from a session whose phone has uploaded a photo, and the photo is not judged.
    let second = bank.page().await;
    let (desk, phone, phones) = bank.handed_over(&second).await;
    success(bank.link(&phones, &json!({}))).await;
    assert_eq!(bank.disown(&desk, &phone).send().await.unwrap().status(), 204);
    problem(bank.verify(&phones, &json!({})), ProblemCode::SessionState).await;
    assert!(vendor.verdict_calls().is_empty());
    bank.deliver_all().await;
    let arrived = receiver.arrived();
    // Webhooks of two sessions have no order.
    let mut told: Vec<_> = arrived.iter().map(|webhook| (webhook.event(), webhook.session())).collect();
    told.sort_unstable();
    assert_eq!(told, [("session.disowned", page.id.as_str()), ("session.disowned", second.id.as_str())]);
    assert_eq!(arrived[0].body["data"]["reference"], REFERENCE);
    assert_eq!(arrived[0].body["data"]["state"], "disowned");
    // It has ended: no other webhook follows, and it is deleted in time.
    bank.clock.put_forward(40 * 86_400_000);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.deliver().await, 0);
    problem(bank.host(Method::GET, &page.path()), ProblemCode::UnknownSession).await;
}

async fn a_session_is_disowned_also_after_the_hand_off_has_ended(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let (ended, mistaken, expired) = (bank.page().await, bank.page().await, bank.page().await);
    let of_ended = bank.opened(&ended).await;
    assert_eq!(bank.end(&ended, &of_ended.0).send().await.unwrap().status(), 204);
    let of_mistaken = bank.opened(&mistaken).await;
    let wrong = if of_mistaken.0.number == 11 { 22 } else { 11 };
    problem(bank.confirm(&of_mistaken.0, &of_mistaken.1, wrong), ProblemCode::WrongNumber).await;
    let of_expired = bank.opened(&expired).await;
    bank.clock.put_forward(340_000);
    for (page, (desk, phone)) in [(ended, of_ended), (mistaken, of_mistaken), (expired, of_expired)] {
        assert_eq!(bank.disown(&desk, &phone).send().await.unwrap().status(), 204);
        assert_eq!(bank.state(&page).await, "disowned");
    }
}

async fn a_session_with_a_verdict_is_not_disowned(database: &Database) {
    let vendor = Vendor::verifying_after(Duration::from_millis(500)).await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone, phones) = bank.handed_over(&page).await;
    success(bank.link(&phones, &json!({}))).await;
    let call = bank.verify_in_background(&phones, &vendor).await;
    problem(bank.disown(&desk, &phone), ProblemCode::VerdictPending).await;
    assert_eq!(call.await.unwrap().status(), 200);
    problem(bank.disown(&desk, &phone), ProblemCode::SessionState).await;
    assert_eq!(bank.state(&page).await, "verified");
}

async fn a_phones_token_hands_nothing_over(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, _, phones) = bank.handed_over(&page).await;
    problem(bank.begin(&phones), ProblemCode::Forbidden).await;
    problem(bank.renew(&phones, &desk), ProblemCode::Forbidden).await;
    problem(bank.follow(&phones, &desk, None), ProblemCode::Forbidden).await;
    problem(bank.end(&phones, &desk), ProblemCode::Forbidden).await;
    // Nor does it work as an API key, or for another session.
    problem(bank.relay.request(Method::GET, &page.path()).bearer_auth(&phones.token), ProblemCode::Unauthorized).await;
    let other = bank.linked().await.0;
    problem(bank.verdict(&phones), ProblemCode::SessionState).await;
    assert_eq!(bank.state(&other).await, "link_issued");
}

async fn a_link_that_the_desktop_requested_before_is_not_issued_after(database: &Database) {
    let vendor = Vendor::answering(|request| async move {
        let slow = request.is_link() && request.body["selfie_filename"].as_str().unwrap().ends_with(".png");
        tokio::time::sleep(Duration::from_millis(if slow { 1_000 } else { 0 })).await;
        let answer = if request.is_link() { issued(&request) } else { verify_reply() };
        Response::new(answer.to_string().into())
    })
    .await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page().await;
    let (desk, phone) = bank.opened(&page).await;
    let late =
        tokio::spawn(problem(bank.link(&page, &json!({ "selfie_filename": "x.png" })), ProblemCode::HandoffState));
    vendor.reached(1).await;
    success(bank.confirm(&desk, &phone, desk.number)).await;
    late.await.unwrap();
    assert_eq!(database.sql("SELECT count(*) FROM links").await, "0");
}

async fn codes_and_claims_are_stored_as_hashes(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1", "purpose": "to-open-an-account" })).await;
    let (desk, phone, phones) = bank.handed_over(&page).await;
    let dump = database.dump();
    let contains = |text: &str| {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        [text, &hex].iter().any(|text| dump.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    assert!(contains(&desk.id), "the dump is not of this database");
    for secret in [desk.code.as_str(), &phone.claim, &phones.token, "to-open-an-account", "127.0.0.1"] {
        assert!(!contains(secret), "{secret}");
    }
}
