//! Several back ends at one relay: each gets its own webhooks, and no others.

use std::time::{Duration, Instant};

use akiba_relay::secrets::api_keys::new_key;
use akiba_relay::secrets::webhook_secrets::new_secret;
use akiba_relay::server::background::Background;
use serde_json::json;

use super::delivery::is_signed;
use crate::support::bank::{Bank, Page};
use crate::support::database::{Database, Keys, on_both};
use crate::support::receiver::{Arrived, Receiver};
use crate::support::{IDENTIFIER, Vendor, program, run_log, success};

on_both!(
    each_back_end_gets_only_its_own_webhooks,
    a_slow_receiver_delays_no_other_back_end,
    a_failing_endpoint_delays_no_other_one_of_the_session,
    webhooks_without_an_endpoint_are_given_up_after_a_day,
    the_webhooks_of_a_removed_endpoint_can_be_dropped,
);

/// The API key of a second back end, and its setting.
struct Other {
    key: String,
    flag: String,
}

impl Other {
    fn new() -> Self {
        let (key, setting) = new_key("other").unwrap();
        run_log::secret(&key);
        Self { key, flag: format!("--api-key={setting}") }
    }

    /// Creates a session of the second back end, and gets its verdict.
    async fn judged(&self, bank: &Bank) -> Page {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let response = bank.relay.post("/v1/sessions", &body).bearer_auth(&self.key).send().await.unwrap();
        assert_eq!(response.status(), 201);
        let page = Page::of(&serde_json::from_str(&response.text().await.unwrap()).unwrap());
        success(bank.link(&page, &json!({}))).await;
        success(bank.verify(&page, &json!({}))).await;
        page
    }
}

fn secret() -> String {
    let secret = new_secret().unwrap();
    run_log::secret(&secret);
    secret
}

fn endpoint(key: &str, receiver: &Receiver, secret: &str, more: &str) -> String {
    format!("[[endpoint]]\napi-key = {key:?}\nurl = {:?}\nsecrets = [{secret:?}]\n{more}\n", receiver.url)
}

fn with_endpoints(database: &Database, endpoints: &[String]) -> Keys {
    Keys { endpoints: Some(endpoints.concat()), ..database.keys.copy() }
}

fn sessions(arrived: &[Arrived]) -> Vec<&str> {
    arrived.iter().map(Arrived::session).collect()
}

async fn each_back_end_gets_only_its_own_webhooks(database: &Database) {
    let vendor = Vendor::verifying().await;
    let (of_bank, audit, of_other) = (
        Receiver::answering(|_, _| 200).await,
        Receiver::answering(|_, _| 200).await,
        Receiver::answering(|_, _| 200).await,
    );
    let (first, second, third) = (secret(), secret(), secret());
    let other = Other::new();
    let keys = with_endpoints(
        database,
        &[
            endpoint("bank", &of_bank, &first, ""),
            endpoint("bank", &audit, &second, "name = \"audit\"\nevents = [\"session.expired\"]"),
            endpoint("other", &of_other, &third, ""),
        ],
    );
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[&other.flag]).await;
    let own = bank.judged().await;
    let foreign = other.judged(&bank).await;
    bank.deliver_all().await;
    let (expired, _) = bank.linked().await;
    bank.clock.put_forward(3_600_000);
    bank.sessions.sweep().await.unwrap();
    bank.deliver_all().await;

    let arrived = of_bank.arrived();
    assert_eq!(sessions(&arrived), [own.id.as_str(), expired.id.as_str()]);
    assert!(arrived.iter().all(|webhook| is_signed(webhook, &first) && !is_signed(webhook, &third)));
    let arrived_at_audit = audit.arrived();
    assert_eq!(sessions(&arrived_at_audit), [expired.id.as_str()], "the filter lets only this event through");
    assert_ne!(arrived_at_audit[0].id, arrived[1].id);
    assert!(is_signed(&arrived_at_audit[0], &second) && !is_signed(&arrived_at_audit[0], &first));
    let arrived = of_other.arrived();
    assert_eq!(sessions(&arrived), [foreign.id.as_str()]);
    assert!(is_signed(&arrived[0], &third) && !is_signed(&arrived[0], &first));
}

async fn a_slow_receiver_delays_no_other_back_end(database: &Database) {
    let vendor = Vendor::verifying().await;
    let slow = Receiver::slow(Duration::from_secs(20)).await;
    let fast = Receiver::answering(|_, _| 200).await;
    let other = Other::new();
    let keys =
        with_endpoints(database, &[endpoint("bank", &slow, &secret(), ""), endpoint("other", &fast, &secret(), "")]);
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[&other.flag]).await;
    // More than the relay sends to one receiver at once.
    for _ in 0..40 {
        bank.judged().await;
    }
    let _background = Background::start(&bank.sessions);
    slow.wait("the slow receiver is busy", |arrived| arrived.len() >= 32).await;
    let started = Instant::now();
    other.judged(&bank).await;
    fast.wait("the webhook of the other back end", |arrived| arrived.len() == 1).await;
    assert!(started.elapsed() < Duration::from_secs(10), "it waited for the slow receiver");
}

async fn a_failing_endpoint_delays_no_other_one_of_the_session(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let failing = Receiver::answering(|_, _| 500).await;
    let working = Receiver::answering(|_, _| 200).await;
    let keys = with_endpoints(
        database,
        &[endpoint("bank", &failing, &secret(), ""), endpoint("bank", &working, &secret(), "name = \"crm\"")],
    );
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[]).await;
    let page = bank.judged().await;
    bank.deliver_all().await;
    success(bank.link(&page, &json!({}))).await;
    success(bank.verify(&page, &json!({}))).await;
    bank.deliver_all().await;
    assert_eq!(failing.arrived().len(), 1, "the second waits for the first");
    assert_eq!(working.arrived().len(), 2);
}

async fn webhooks_without_an_endpoint_are_given_up_after_a_day(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let flags = [format!("--webhook-url={}", receiver.url), "--retention=2h".to_owned()];
    let bank = Bank::open(database, &vendor.base, &[&flags[0], &flags[1]]).await;
    let page = bank.judged().await;
    drop(bank);
    // Webhooks were turned off.
    let bank = Bank::open(database, &vendor.base, &[&flags[1]]).await;
    bank.clock.put_forward(23 * 3_600_000);
    bank.sessions.sweep().await.unwrap();
    assert_eq!(bank.state(&page).await, "verified", "another relay may still deliver the webhook");
    assert!(bank.sessions.outbox().missing.lock().unwrap().contains("bank"), "the log names it");
    bank.clock.put_forward(2 * 3_600_000);
    let deleted = bank.sessions.sweep().await.unwrap().deleted;
    assert_eq!(deleted, 1, "the webhook must not keep personal data for ever");
    assert_eq!(receiver.arrived().len(), 0);
}

#[tokio::test]
async fn two_key_names_and_one_url_do_not_start_unless_that_is_confirmed() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let other = Other::new();
    let url = format!("--webhook-url={}", receiver.url);
    let refused = Bank::try_open(&database, &database.keys, &vendor.base, &[&other.flag, &url]).await;
    let words = refused.err().unwrap().to_string();
    assert!(words.contains("bank, other") && words.contains("--webhook-url-shared"), "{words}");
    // Two keys of one name belong to one back end.
    let (_, newer) = new_key("bank").unwrap();
    Bank::open(&database, &vendor.base, &[&format!("--api-key={newer}"), &url]).await;

    let bank = Bank::open(&database, &vendor.base, &[&other.flag, &url, "--webhook-url-shared"]).await;
    let (own, foreign) = (bank.judged().await, other.judged(&bank).await);
    bank.deliver_all().await;
    assert_eq!(sessions(&receiver.arrived()), [own.id, foreign.id]);
    let list = program::run(&["webhooks", "list", "--status=delivered"], &[("AKIBA_RELAY_DATABASE", &database.url)]);
    assert!(list.0 && list.1.contains("  bank  1  ") && list.1.contains("  other  1  "), "{list:?}");
}

async fn the_webhooks_of_a_removed_endpoint_can_be_dropped(database: &Database) {
    let vendor = Vendor::verifying().await;
    let [receiver, audit, other] = [
        Receiver::answering(|_, _| 200).await,
        Receiver::answering(|_, _| 200).await,
        Receiver::answering(|_, _| 200).await,
    ];
    // The last name begins with the one before it.
    let keys = with_endpoints(
        database,
        &[
            endpoint("bank", &receiver, &secret(), ""),
            endpoint("bank", &audit, &secret(), "name = \"audit\""),
            endpoint("bank", &other, &secret(), "name = \"audit-2\""),
        ],
    );
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[]).await;
    bank.judged().await;
    bank.deliver_all().await;
    let failed = bank.judged().await;
    let change = format!("UPDATE outbox SET status = 'failed' WHERE session_id = '{}'", failed.id);
    database.sql(&change).await;
    bank.judged().await;
    let drop = |endpoint: &str| {
        program::run(&["webhooks", "drop", "--endpoint", endpoint], &[("AKIBA_RELAY_DATABASE", &database.url)])
    };
    assert!(!drop("bank/none").0);
    assert_eq!(drop("bank/audit"), (true, "webhooks dropped: 2\n".to_owned()));
    assert!(!drop("bank/audit").0, "none is left");
    let rows = database.sql("SELECT endpoint || ' ' || status FROM outbox ORDER BY seq").await;
    assert_eq!(
        rows.lines().collect::<Vec<_>>(),
        [
            "bank delivered",
            "bank/audit delivered",
            "bank/audit-2 delivered",
            "bank failed",
            "bank/audit-2 failed",
            "bank pending",
            "bank/audit-2 pending",
        ]
    );
}
