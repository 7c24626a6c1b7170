//! Links that the back end makes and sends to the person itself.

use akiba_protocol::ProblemCode;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::handoff::{HANDOFFS, Phone};
use crate::support::program;
use crate::support::receiver::Receiver;
use crate::support::{IDENTIFIER, Vendor, all_of, problem, run_log, success};

on_both!(
    a_link_of_the_back_end_continues_the_session_without_a_number,
    one_browser_opens_a_link_of_the_back_end,
    a_link_of_the_back_end_expires,
    an_opened_link_leaves_the_session_its_usual_life,
    a_new_link_replaces_the_one_before_and_its_phone,
    the_back_end_learns_of_its_link,
    only_the_back_end_of_a_session_makes_links_to_it,
    a_session_lives_as_long_as_its_link_and_is_never_deleted_before,
    links_of_the_back_end_are_audited_and_stored_as_hashes,
);

const LINKS: [&str; 3] = [HANDOFFS[0], HANDOFFS[1], "--handoff-link-ttl-max=7days"];

/// A link as the person gets it.
struct Link {
    id: String,
    code: String,
}

impl Bank {
    fn make_link(&self, page: &Page, body: &Value) -> RequestBuilder {
        let call = self.host(Method::POST, &format!("{}/handoffs", page.path()));
        call.header("content-type", "application/json").body(body.to_string())
    }

    async fn made_link(&self, page: &Page, body: &Value) -> (Link, Value) {
        let response = self.make_link(page, body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 201, "{text}");
        let made: Value = serde_json::from_str(&text).unwrap();
        let code = made["url"].as_str().unwrap().strip_prefix("https://phone.bank.example/s#").unwrap().to_owned();
        run_log::secret(&code);
        (Link { id: made["handoff_id"].as_str().unwrap().to_owned(), code }, made)
    }

    fn open_link(&self, link: &Link, phone: &Phone) -> RequestBuilder {
        self.relay.post("/v1/handoffs/redeem", &json!({ "code": link.code, "claim": phone.claim }))
    }

    fn go_on(&self, link: &Link, phone: &Phone) -> RequestBuilder {
        self.relay.post(&format!("/v1/handoffs/{}/confirm", link.id), &json!({ "claim": phone.claim }))
    }

    /// Makes a link, opens it and goes on. Returns the phone's page.
    async fn gone_on(&self, page: &Page) -> (Link, Phone, Page) {
        let (link, _) = self.made_link(page, &json!({})).await;
        let phone = Phone::new();
        success(self.open_link(&link, &phone)).await;
        let confirmed = success(self.go_on(&link, &phone)).await;
        let token = confirmed["session_token"].as_str().unwrap().to_owned();
        run_log::secret(&token);
        (link, phone, Page { id: page.id.clone(), token })
    }
}

async fn a_link_of_the_back_end_continues_the_session_without_a_number(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    let body = json!({ "identifier": IDENTIFIER, "type": "1", "purpose": "to open an account" });
    let page = bank.page_with(&body).await;
    let (link, made) = bank.made_link(&page, &json!({})).await;
    // 192 bits, as it lives for long.
    assert_eq!((link.code.len(), made.get("number")), (32, None));
    bank.clock.put_forward(3_600_000);
    let phone = Phone::new();
    let opened = success(bank.open_link(&link, &phone)).await;
    let shown = ["kind", "name", "purpose"].map(|member| opened[member].as_str().unwrap());
    assert_eq!(shown, ["link", "Example Bank", "to open an account"]);
    assert_eq!((opened.get("numbers"), opened.get("device")), (None, None));
    assert!((3_600..3_610).contains(&opened["seconds_ago"].as_i64().unwrap()), "{opened}");
    let confirmed = success(bank.go_on(&link, &phone)).await;
    let phones = Page { token: confirmed["session_token"].as_str().unwrap().to_owned(), ..page.clone() };
    success(bank.link(&phones, &json!({}))).await;
    // The page that got the session's token has nothing any more.
    problem(bank.link(&page, &json!({})), ProblemCode::SessionExpired).await;
    assert_eq!(success(bank.verify(&phones, &json!({}))).await["outcome"], "verified");
}

async fn one_browser_opens_a_link_of_the_back_end(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    let other = Bank::open(database, &vendor.base, &LINKS).await;
    let (link, _) = bank.made_link(&bank.page().await, &json!({})).await;
    let phones: Vec<_> = (0..10).map(|_| Phone::new()).collect();
    let calls = phones.iter().enumerate().map(|(place, phone)| {
        let call = if place % 2 == 0 { &bank } else { &other }.open_link(&link, phone).send();
        async move { call.await.unwrap().status().as_u16() }
    });
    let statuses = all_of(calls.collect::<Vec<_>>()).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    let first = statuses.iter().position(|status| *status == 200).unwrap();
    problem(bank.go_on(&link, &phones[(first + 1) % 10]), ProblemCode::UnknownHandoff).await;
    // The same browser continues after a reload, before the confirmation and after it.
    success(bank.open_link(&link, &phones[first])).await;
    success(bank.go_on(&link, &phones[first])).await;
    success(bank.open_link(&link, &phones[first])).await;
    success(bank.go_on(&link, &phones[first])).await;
}

async fn a_link_of_the_back_end_expires(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    for (body, life) in [(json!({}), 24 * 3_600_000), (json!({ "ttl": 7_200 }), 7_200_000)] {
        let (early, late) = (bank.page().await, bank.page().await);
        let (open, _) = bank.made_link(&early, &body).await;
        let (over, _) = bank.made_link(&late, &body).await;
        bank.clock.put_forward(life - 60_000);
        success(bank.open_link(&open, &Phone::new())).await;
        // The leeway of the clocks, too.
        bank.clock.put_forward(60_000 + 31_000);
        problem(bank.open_link(&over, &Phone::new()), ProblemCode::UnknownHandoff).await;
        assert_eq!(bank.state(&late).await, "expired");
    }
    let page = bank.page().await;
    for wrong in [json!({ "ttl": 0 }), json!({ "ttl": 7 * 86_400 + 1 }), json!({ "ttl": "day" }), json!([])] {
        problem(bank.make_link(&page, &wrong), ProblemCode::BadRequest).await;
    }
    // A day, or the longest life if that is shorter.
    let short = Bank::open(database, &vendor.base, &[HANDOFFS[0], "--handoff-link-ttl-max=1h"]).await;
    let (link, _) = short.made_link(&short.page().await, &json!({})).await;
    short.clock.put_forward(3_600_000 + 31_000);
    problem(short.open_link(&link, &Phone::new()), ProblemCode::UnknownHandoff).await;
}

async fn an_opened_link_leaves_the_session_its_usual_life(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    let page = bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1", "ttl": 600 })).await;
    let (link, _) = bank.made_link(&page, &json!({})).await;
    let phone = Phone::new();
    bank.clock.put_forward(7_200_000);
    success(bank.open_link(&link, &phone)).await;
    // The person may read for a while.
    bank.clock.put_forward(540_000);
    let confirmed = success(bank.go_on(&link, &phone)).await;
    let phones = Page { token: confirmed["session_token"].as_str().unwrap().to_owned(), ..page.clone() };
    success(bank.link(&phones, &json!({}))).await;
    bank.clock.put_forward(60_000 + 31_000);
    problem(bank.link(&phones, &json!({})), ProblemCode::SessionExpired).await;
    problem(bank.go_on(&link, &phone), ProblemCode::SessionExpired).await;
    // A person who opens it and does nothing has no longer.
    let page = bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1", "ttl": 600 })).await;
    let (link, _) = bank.made_link(&page, &json!({})).await;
    success(bank.open_link(&link, &phone)).await;
    bank.clock.put_forward(600_000 + 31_000);
    problem(bank.go_on(&link, &phone), ProblemCode::HandoffState).await;
    assert_eq!(bank.state(&page).await, "expired");
}

async fn a_new_link_replaces_the_one_before_and_its_phone(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    let page = bank.page().await;
    let (waiting, _) = bank.made_link(&page, &json!({})).await;
    let (_, _, lost) = bank.gone_on(&page).await;
    problem(bank.open_link(&waiting, &Phone::new()), ProblemCode::UnknownHandoff).await;
    success(bank.link(&lost, &json!({}))).await;
    // The person has lost the page. The next one gets the session, and the lost one nothing more.
    let (_, _, phones) = bank.gone_on(&page).await;
    problem(bank.link(&lost, &json!({})), ProblemCode::SessionState).await;
    success(bank.link(&phones, &json!({}))).await;
    // The desktop can't take it over, and the session's hand-offs are counted together.
    problem(bank.begin(&page), ProblemCode::HandoffState).await;
    for _ in 3..10 {
        bank.made_link(&page, &json!({})).await;
    }
    problem(bank.make_link(&page, &json!({})), ProblemCode::SessionLimit).await;
}

async fn the_back_end_learns_of_its_link(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let bank = Bank::open(database, &vendor.base, &[LINKS.as_slice(), &[&url]].concat()).await;
    let (used, disowned) = (bank.page().await, bank.page().await);
    let (_, _, phones) = bank.gone_on(&used).await;
    success(bank.link(&phones, &json!({}))).await;
    success(bank.verify(&phones, &json!({}))).await;
    let handoff = bank.report(&used).await["handoff"].clone();
    assert_eq!((&handoff["used"], &handoff["kind"], handoff.get("same_network")), (&json!(true), &json!("link"), None));
    assert!(handoff["opened_at"].as_str().unwrap().ends_with('Z'));
    // The person can also say during the selfie that they did not start this.
    let (link, phone, phones) = bank.gone_on(&disowned).await;
    success(bank.link(&phones, &json!({}))).await;
    let path = format!("/v1/handoffs/{}/disown", link.id);
    let said = bank.relay.post(&path, &json!({ "claim": phone.claim })).send().await.unwrap();
    assert_eq!(said.status(), 204);
    problem(bank.verify(&phones, &json!({})), ProblemCode::SessionState).await;
    bank.deliver_all().await;
    let arrived = receiver.arrived();
    for (page, event) in [(&used, "session.verified"), (&disowned, "session.disowned")] {
        let webhook = arrived.iter().find(|webhook| webhook.session() == page.id).unwrap();
        let handoff = &webhook.body["data"]["handoff"];
        assert_eq!((webhook.event(), &handoff["kind"]), (event, &json!("link")));
    }
}

async fn only_the_back_end_of_a_session_makes_links_to_it(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    let page = bank.page().await;
    let path = format!("{}/handoffs", page.path());
    problem(bank.relay.post(&path, &json!({})).bearer_auth(&page.token), ProblemCode::Unauthorized).await;
    problem(bank.make_link(&page, &json!({})).header("origin", "https://bank.example"), ProblemCode::Forbidden).await;
    let unknown = Page { id: format!("ses_{}", "0".repeat(32)), ..page.clone() };
    problem(bank.make_link(&unknown, &json!({})), ProblemCode::UnknownSession).await;
    let forbidding = bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1", "handoff": "forbid" })).await;
    problem(bank.make_link(&forbidding, &json!({})), ProblemCode::Forbidden).await;
    // Without the setting there are no such links.
    let without = Bank::open(database, &vendor.base, &HANDOFFS).await;
    problem(without.make_link(&page, &json!({})), ProblemCode::Forbidden).await;
}

async fn a_session_lives_as_long_as_its_link_and_is_never_deleted_before(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = [LINKS.as_slice(), &["--retention=8days", "--session-ttl-max=1h"]].concat();
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let page = bank.page().await;
    let (_, made) = bank.made_link(&page, &json!({ "ttl": 7 * 86_400 })).await;
    assert_eq!(bank.report(&page).await["expires_at"], made["expires_at"]);
    bank.clock.put_forward(6 * 86_400_000);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.state(&page).await, "created");
    // This one could be opened after the session's deletion.
    let (link, _) = bank.made_link(&page, &json!({ "ttl": 7 * 86_400 })).await;
    bank.clock.put_forward(2 * 86_400_000 - 20 * 60_000);
    bank.sessions.sweep().await.unwrap();
    let phone = Phone::new();
    success(bank.open_link(&link, &phone)).await;
    success(bank.go_on(&link, &phone)).await;
    for (flag, sentence) in [("--retention=7days", "--retention is shorter"), ("--retention=30days", "")] {
        let keys = &database.keys;
        let flags = [LINKS.as_slice(), &[flag]].concat();
        let tried = Bank::try_open(database, keys, &vendor.base, &flags).await.err();
        assert_eq!(tried.is_some(), !sentence.is_empty(), "{flag}");
        assert!(tried.is_none_or(|error| error.to_string().contains(sentence)));
    }
    let tried = Bank::try_open(database, &database.keys, &vendor.base, &["--handoff-link-ttl-max=1h"]).await.err();
    assert!(tried.is_some_and(|error| error.to_string().contains("needs --handoff-page")));
}

async fn links_of_the_back_end_are_audited_and_stored_as_hashes(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &LINKS).await;
    let (link, phone, _) = bank.gone_on(&bank.page().await).await;
    let dump = database.dump();
    for secret in [&link.code, &phone.claim] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    let (done, text) = program::run(&["audit", "export"], &[("AKIBA_RELAY_DATABASE", &database.url)]);
    assert!(done, "{text}");
    let records = text.lines().filter(|line| line.starts_with('{')).map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        serde_json::from_str::<Value>(line["record"].as_str().unwrap()).unwrap()
    });
    let of_handoffs = records.filter(|record| record["action"] == "session.handoff");
    let told: Vec<_> = of_handoffs.map(|record| (record["actor"].clone(), record["detail"].clone())).collect();
    assert_eq!(
        told,
        [("key", "waiting"), ("page", "opened"), ("page", "confirmed")].map(|(a, b)| (json!(a), json!(b)))
    );
}
