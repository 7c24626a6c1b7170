//! What the back end decides about hand-offs, and what it learns.

use akiba_protocol::ProblemCode;
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::handoff::{HANDOFFS, Phone};
use crate::support::receiver::Receiver;
use crate::support::{IDENTIFIER, Vendor, problem, success};

on_both!(
    a_back_end_can_forbid_a_hand_off,
    a_back_end_can_demand_a_hand_off,
    the_back_end_learns_of_a_hand_off,
    networks_are_compared_by_the_clients_addresses,
);

fn session(policy: &str) -> Value {
    json!({ "identifier": IDENTIFIER, "type": "1", "handoff": policy })
}

async fn a_back_end_can_forbid_a_hand_off(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page_with(&session("forbid")).await;
    problem(bank.begin(&page), ProblemCode::Forbidden).await;
    success(bank.link(&page, &json!({}))).await;
    let page = bank.page_with(&session("allow")).await;
    bank.handed_over(&page).await;
    problem(bank.create(&session("maybe")), ProblemCode::BadRequest).await;
}

async fn a_back_end_can_demand_a_hand_off(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &HANDOFFS).await;
    let page = bank.page_with(&session("demand")).await;
    problem(bank.link(&page, &json!({})), ProblemCode::HandoffRequired).await;
    let (desk, _, phones) = bank.handed_over(&page).await;
    success(bank.link(&phones, &json!({}))).await;
    // A desktop that takes the session back gets the phone's photo judged no more than a link of its own.
    assert_eq!(bank.end(&page, &desk).send().await.unwrap().status(), 204);
    problem(bank.link(&page, &json!({})), ProblemCode::HandoffRequired).await;
    problem(bank.verify(&page, &json!({})), ProblemCode::HandoffRequired).await;
    assert!(vendor.verdict_calls().is_empty());
    // The refused calls used up no link.
    assert_eq!(bank.report(&page).await["links"], 1);
    // Without a page for phones nobody could fulfil it.
    let without = Bank::open(database, &vendor.base, &[]).await;
    problem(without.create(&session("demand")), ProblemCode::BadRequest).await;
}

async fn the_back_end_learns_of_a_hand_off(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let flags = [HANDOFFS.as_slice(), &[&url]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let judge = async |page: &Page| {
        success(bank.link(page, &json!({}))).await;
        success(bank.verify(page, &json!({}))).await;
    };
    let (plain, opened, used) = (bank.page().await, bank.page().await, bank.page().await);
    judge(&plain).await;
    bank.opened(&opened).await;
    judge(&opened).await;
    let (_, _, phones) = bank.handed_over(&used).await;
    judge(&phones).await;
    let disowned = bank.page().await;
    let (desk, phone) = bank.opened(&disowned).await;
    assert_eq!(bank.disown(&desk, &phone).send().await.unwrap().status(), 204);
    let expired = bank.page().await;
    bank.handed_over(&expired).await;

    assert_eq!(bank.report(&plain).await.get("handoff"), None);
    for (page, is_used) in [(&opened, false), (&used, true), (&disowned, false)] {
        let handoff = bank.report(page).await["handoff"].clone();
        assert_eq!((&handoff["used"], &handoff["same_network"]), (&json!(is_used), &json!(true)), "{handoff}");
        assert!(handoff["opened_at"].as_str().unwrap().ends_with('Z'));
    }
    bank.clock.put_forward(3_600_000);
    bank.sessions.sweep().await.unwrap();
    bank.deliver_all().await;
    let arrived = receiver.arrived();
    let told = |page: &Page| {
        let webhook = arrived.iter().find(|webhook| webhook.session() == page.id).unwrap();
        (webhook.event(), webhook.body["data"].get("handoff").map(|handoff| handoff["used"].clone()))
    };
    assert_eq!(told(&plain), ("session.verified", None));
    assert_eq!(told(&opened), ("session.verified", None));
    assert_eq!(told(&used), ("session.verified", Some(json!(true))));
    assert_eq!(told(&disowned), ("session.disowned", Some(json!(false))));
    assert_eq!(told(&expired), ("session.expired", Some(json!(true))));
}

async fn networks_are_compared_by_the_clients_addresses(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = [HANDOFFS.as_slice(), &["--trusted-proxy=127.0.0.1"]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let rows = [
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false),
        ("2001:db8:1:2::7", "2001:db8:1:2:9::8", true),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", false),
    ];
    for (desktop, phones, same) in rows {
        let page = bank.page().await;
        let begun = bank.begin(&page).header("x-forwarded-for", desktop).send().await.unwrap();
        let begun: Value = serde_json::from_str(&begun.text().await.unwrap()).unwrap();
        let code = begun["url"].as_str().unwrap().split_once('#').unwrap().1;
        let body = json!({ "code": code, "claim": Phone::new().claim });
        success(bank.relay.post("/v1/handoffs/redeem", &body).header("x-forwarded-for", phones)).await;
        assert_eq!(bank.report(&page).await["handoff"]["same_network"], same, "{desktop} {phones}");
    }
    let dump = database.dump();
    assert!(!dump.windows(9).any(|window| window == b"192.0.2.7"), "the address is stored");
}
