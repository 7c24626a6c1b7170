//! What the page for phones gets for a session: who asks, in which language, and where to go at the end.

use akiba_protocol::ProblemCode;
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, on_both};
use crate::support::handoff::{HANDOFFS, Phone};
use crate::support::{IDENTIFIER, Vendor, problem, run_log, success};

on_both!(a_person_returns_only_to_listed_urls, each_key_has_its_own_name, a_session_has_its_language);

const PLACES: [&str; 3] =
    [HANDOFFS[0], "--handoff-link-ttl-max=1day", "--return-url=https://bank.example/app,https://shop.example"];

fn session(member: &str, value: &str) -> Value {
    json!({ "identifier": IDENTIFIER, "type": "1", member: value })
}

/// Makes a link, opens it and goes on. Returns the link, and what the phone gets before and after.
async fn go_on(bank: &Bank, page: &Page) -> (String, Value, Value) {
    let call = bank.host(reqwest::Method::POST, &format!("{}/handoffs", page.path()));
    let made = call.header("content-type", "application/json").body("{}").send().await.unwrap();
    let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
    let url = made["url"].as_str().unwrap().to_owned();
    let (code, phone) = (url.split_once('#').unwrap().1, Phone::new());
    run_log::secret(code);
    let body = json!({ "code": code, "claim": phone.claim });
    let opened = success(bank.relay.post("/v1/handoffs/redeem", &body)).await;
    let path = format!("/v1/handoffs/{}/confirm", opened["handoff_id"].as_str().unwrap());
    let confirmed = success(bank.relay.post(&path, &json!({ "claim": phone.claim }))).await;
    run_log::secret(confirmed["session_token"].as_str().unwrap());
    (url, opened, confirmed)
}

async fn a_person_returns_only_to_listed_urls(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &PLACES).await;
    let back = "https://bank.example/app/done?case=4711";
    let page = bank.page_with(&session("return_url", back)).await;
    assert_eq!(go_on(&bank, &page).await.2["return_url"], back);
    assert_eq!(go_on(&bank, &bank.page().await).await.2.get("return_url"), None);
    // From a desktop, the person goes back to that.
    let desktop = bank.page_with(&session("return_url", back)).await;
    let (desk, phone) = bank.opened(&desktop).await;
    assert_eq!(success(bank.confirm(&desk, &phone, desk.number)).await.get("return_url"), None);
    for trick in [
        "https://bank.example.evil/app",
        "https://bank.example@evil.example/app",
        "//evil.example/app",
        "https:\\\\evil.example\\app",
        "https://bank.example/app/..%2fadmin",
        "https://bank.example/application",
        "javascript:alert(1)",
        "",
    ] {
        problem(bank.create(&session("return_url", trick)), ProblemCode::BadRequest).await;
    }
    // The list counts as it is when the phone asks.
    let page = bank.page_with(&session("return_url", back)).await;
    let shorter =
        Bank::open(database, &vendor.base, &[PLACES[0], PLACES[1], "--return-url=https://shop.example"]).await;
    assert_eq!(go_on(&shorter, &page).await.2.get("return_url"), None);
    let none = Bank::open(database, &vendor.base, &HANDOFFS).await;
    problem(none.create(&session("return_url", back)), ProblemCode::BadRequest).await;
}

async fn each_key_has_its_own_name(database: &Database) {
    let vendor = Vendor::verifying().await;
    let key = database.keys.api_setting.split_once('=').unwrap().0;
    let own = format!("--handoff-name={key}=Own Bank");
    let common = "--handoff-name=Common Bank";
    for (flags, name, look) in [(vec![common, &own], "Own Bank", Some(key)), (vec![common], "Common Bank", None)] {
        let flags = [&PLACES[..2], &flags].concat();
        let bank = Bank::open(database, &vendor.base, &flags).await;
        let (url, opened, _) = go_on(&bank, &bank.page().await).await;
        assert_eq!((opened["name"].as_str(), opened.get("for").and_then(Value::as_str)), (Some(name), look));
        assert_eq!(url.contains(&format!("?for={key}#")), look.is_some(), "{url}");
    }
}

async fn a_session_has_its_language(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &PLACES).await;
    let (url, ..) = go_on(&bank, &bank.page_with(&session("lang", "pt-BR")).await).await;
    assert!(url.contains("/s?lang=pt-BR#"), "{url}");
    for wrong in ["", "portuguese", "pt_BR", "en\"><script>"] {
        problem(bank.create(&session("lang", wrong)), ProblemCode::BadRequest).await;
    }
}
