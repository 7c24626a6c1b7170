//! The audit trail: what it records, that relays never fork it, and that tampering is found.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_relay::audit::id_hash;
use akiba_relay::session::audit::chain_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::bank::{Bank, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::wait::until;
use crate::support::{FULL_NAME, IDENTIFIER, Vendor, all_of, problem, program, success};

on_both!(
    what_a_back_end_does_is_recorded,
    reads_are_recorded_only_on_request,
    what_the_person_agreed_to_is_recorded,
    lists_and_searches_are_recorded,
    a_call_that_changes_nothing_is_not_recorded,
    two_relays_do_not_fork_the_trail,
    a_changed_trail_is_found,
    the_deletion_of_a_session_can_be_shown,
);

/// Runs a command for the audit trail. Returns whether it succeeded, and its output.
fn audit(database: &Database, arguments: &[&str]) -> (bool, String) {
    program::run(&[&["audit"], arguments].concat(), &[("AKIBA_RELAY_DATABASE", &database.url)])
}

fn webhooks_command(database: &Database, arguments: &[&str]) -> (bool, String) {
    program::run(&[&["webhooks"], arguments].concat(), &[("AKIBA_RELAY_DATABASE", &database.url)])
}

/// Returns the entries of an export.
fn exported(database: &Database) -> Vec<Value> {
    let (done, text) = audit(database, &["export"]);
    assert!(done, "{text}");
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let record = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        serde_json::from_str(line["record"].as_str().unwrap()).unwrap()
    };
    lines.map(record).collect()
}

fn head(text: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix("head ")).expect(text).to_owned()
}

fn verified(database: &Database) -> String {
    let (intact, text) = audit(database, &["verify"]);
    assert!(intact && text.contains("intact"), "{text}");
    head(&text)
}

/// Makes a call of the back end. Returns the id of its request.
async fn request_id(call: reqwest::RequestBuilder) -> Value {
    let answer = call.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    json!(answer.headers()["x-request-id"].to_str().unwrap())
}

async fn what_a_back_end_does_is_recorded(database: &Database) {
    let vendor = Vendor::judging(|_| json!("success"), Duration::ZERO).await;
    let flags = ["--webhook-url=http://127.0.0.1:9", "--audit=all"];
    let bank = Bank::open(database, &vendor.base, &flags).await;
    let body = json!({ "identifier": IDENTIFIER, "type": "1", "reference": REFERENCE });
    let created = bank.create(&body).send().await.unwrap();
    let create = json!(created.headers()["x-request-id"].to_str().unwrap());
    let page = crate::support::bank::Page::of(&serde_json::from_str(&created.text().await.unwrap()).unwrap());
    success(bank.link(&page, &json!({}))).await;
    assert_eq!(bank.verify(&page, &json!({})).send().await.unwrap().status(), 502);
    let read = request_id(bank.host(Method::GET, &page.path())).await;
    let reconcile = request_id(bank.reconcile(&page, "release")).await;
    database.sql("UPDATE outbox SET status = 'failed'").await;
    let webhooks: u64 = database.sql("SELECT count(*) FROM outbox").await.parse().unwrap();
    for command in [["resend", "--all-failed"], ["drop", "--endpoint=bank"]] {
        let (done, text) = webhooks_command(database, &command);
        assert!(done, "{text}");
    }
    let delete = request_id(bank.host(Method::DELETE, &page.path())).await;

    let entries = exported(database);
    let seen: Vec<_> =
        entries.iter().map(|one| [&one["actor"], &one["key"], &one["action"], &one["request"]]).collect();
    let (key, bank_key, none) = (json!("key"), json!("bank"), Value::Null);
    assert_eq!(
        seen,
        [
            [&key, &bank_key, &json!("session.create"), &create],
            [&key, &bank_key, &json!("session.read"), &read],
            [&key, &bank_key, &json!("session.reconcile"), &reconcile],
            [&json!("operator"), &none, &json!("webhook.resend"), &none],
            [&json!("operator"), &none, &json!("webhook.drop"), &none],
            [&key, &bank_key, &json!("session.delete"), &delete],
        ]
    );
    let details: Vec<_> = entries[2..5].iter().map(|one| (&one["detail"], &one["count"])).collect();
    let (count, [release, all, bank]) = (json!(webhooks), ["release", "all-failed", "bank"].map(|word| json!(word)));
    assert!(webhooks > 0);
    assert_eq!(details, [(&release, &none), (&all, &count), (&bank, &count)]);
    for entry in &entries {
        assert!(entry["time"].as_str().unwrap().ends_with('Z'), "{entry}");
    }
    let text = json!(entries).to_string();
    for personal in [IDENTIFIER, FULL_NAME, REFERENCE, &page.id, &page.token] {
        assert!(!text.contains(personal), "{personal} is in {text}");
    }
}

async fn reads_are_recorded_only_on_request(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.page().await;
    bank.report(&page).await;
    success(bank.link(&page, &json!({}))).await;
    assert_eq!(exported(database).len(), 1, "the page's calls and reads are not recorded");
}

async fn what_the_person_agreed_to_is_recorded(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let page = bank.page().await;
    let words =
        |version: &str| json!({ "consent_version": version, "consent_hash": "0a".repeat(32), "consent_lang": "zu" });
    for (name, wrong) in [
        ("consent_version", json!("two words")),
        ("consent_version", json!("")),
        ("consent_hash", json!("0A".repeat(32))),
        ("consent_hash", json!("0a")),
        ("consent_lang", json!("zu ZA")),
        ("consent_lang", Value::Null),
    ] {
        let mut body = words("1");
        body[name] = wrong;
        problem(bank.link(&page, &body), ProblemCode::BadRequest).await;
    }
    assert_eq!(bank.report(&page).await["agreed"], Value::Null);
    for version in ["3", "3", "bank-2026.2"] {
        success(bank.link(&page, &words(version))).await;
    }
    let agreed = bank.report(&page).await["agreed"].clone();
    assert_eq!(
        (&agreed["version"], &agreed["hash"], &agreed["lang"]),
        (&json!("bank-2026.2"), &json!("0a".repeat(32)), &json!("zu"))
    );
    assert!(agreed["at"].as_str().unwrap().ends_with('Z'));
    let entries = exported(database);
    let seen: Vec<_> = entries[1..].iter().map(|one| [&one["actor"], &one["action"], &one["detail"]]).collect();
    let details = ["3", "bank-2026.2"].map(|version| json!(format!("{version} zu sha256:{}", "0a".repeat(32))));
    let (actor, action) = (json!("page"), json!("session.consent"));
    assert_eq!(seen, [[&actor, &action, &details[0]], [&actor, &action, &details[1]]], "the same words are one entry");
    assert_eq!(entries[1]["session"], json!(id_hash(&page.id)));
    assert!(!database.sql("SELECT * FROM sessions").await.contains("bank-2026.2"), "it is encrypted");
    verified(database);
}

async fn lists_and_searches_are_recorded(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &["--audit=all"]).await;
    let first = bank.page().await;
    bank.clock.put_forward(1_000);
    let second = bank.page().await;
    let list = request_id(bank.host(Method::GET, "/v1/sessions")).await;
    let search = request_id(bank.search(&json!({ "reference": REFERENCE, "limit": 1 }))).await;
    let nothing = request_id(bank.search(&json!({ "reference": "order-none" }))).await;
    let entries = exported(database);
    let hash = |page: &crate::support::bank::Page| json!(id_hash(&page.id));
    for (entry, request, sessions) in [
        (&entries[2], list, json!([hash(&second), hash(&first)])),
        (&entries[3], search, json!([hash(&second)])),
        (&entries[4], nothing, Value::Null),
    ] {
        assert_eq!(
            (&entry["action"], &entry["actor"], &entry["key"]),
            (&json!("session.list"), &json!("key"), &json!("bank"))
        );
        assert_eq!((&entry["request"], &entry["sessions"]), (&request, &sessions), "{entry}");
        assert_eq!(entry["count"], sessions.as_array().map_or(0, Vec::len));
    }
    assert!(!json!(entries).to_string().contains("order-"));
    let (_, text) = audit(database, &["session", &first.id]);
    assert_eq!(text.matches("session.list").count(), 1, "{text}");
}

async fn a_call_that_changes_nothing_is_not_recorded(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &["--webhook-url=http://127.0.0.1:9"]).await;
    let (verified, fresh) = (bank.judged().await, bank.page().await);
    for _ in 0..3 {
        success(bank.reconcile(&verified, "repeat")).await;
        problem(bank.reconcile(&fresh, "release"), ProblemCode::SessionState).await;
    }
    assert!(!webhooks_command(database, &["resend", "msg_none"]).0);
    assert!(webhooks_command(database, &["resend", "--all-failed"]).0);
    assert!(!webhooks_command(database, &["drop", "--endpoint=none"]).0);
    let entries = exported(database);
    assert_eq!(entries.len(), 2, "only the creations: {entries:?}");
    // The answer has the session, so it counts as a read.
    let reading = Bank::open(database, &vendor.base, &["--audit=all"]).await;
    success(reading.reconcile(&verified, "repeat")).await;
    assert_eq!(exported(database)[2]["action"], "session.read");
}

async fn two_relays_do_not_fork_the_trail(database: &Database) {
    let vendor = Vendor::verifying().await;
    let banks = [Bank::open(database, &vendor.base, &[]).await, Bank::open(database, &vendor.base, &[]).await];
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let creates = (0..60).map(|index| {
        let call = banks[index % 2].create(&body);
        async move { call.send().await.unwrap().status().as_u16() }
    });
    let chaining = (0..8).map(|index| {
        let store = banks[index % 2].sessions.store().clone();
        async move {
            for _ in 0..20 {
                // On a busy SQLite file it may fail. The relay tries again.
                let _ = chain_all(&store).await;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    });
    let (created, _) = tokio::join!(all_of(creates), all_of(chaining));
    assert!(created.iter().all(|status| *status == 201), "{created:?}");
    assert!(verified(database).starts_with("60:"));
}

async fn a_changed_trail_is_found(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    for _ in 0..4 {
        bank.page().await;
    }
    let known = verified(database);
    assert!(known.starts_with("4:"));
    database.sql("CREATE TABLE saved AS SELECT * FROM audit").await;
    let tampering = [
        ("UPDATE audit SET record = replace(record, 'bank', 'other') WHERE seq = 2", false, "entry 2"),
        ("DELETE FROM audit WHERE seq = 2", false, "entry 3 stands where entry 2"),
        ("DELETE FROM audit WHERE seq = 2; UPDATE audit SET seq = seq - 1 WHERE seq > 2", false, "entry 2"),
        (
            "UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
          UPDATE audit SET seq = 3 WHERE seq = -1",
            false,
            "entry 2",
        ),
        ("INSERT INTO audit SELECT 5, record, hash FROM audit WHERE seq = 4", false, "entry 5"),
        ("DELETE FROM audit WHERE seq = 4", true, "ends at entry 3"),
        ("DELETE FROM audit", true, "ends at entry 0"),
    ];
    for (sql, only_with_head, found) in tampering {
        for part in sql.split("; ") {
            database.sql(part).await;
        }
        let (intact, text) = audit(database, &["verify"]);
        assert_eq!(intact, only_with_head, "{sql}: {text}");
        let (intact, text) = audit(database, &["verify", "--head", &known]);
        assert!(!intact && text.contains(found), "{sql}: {text}");
        for part in ["DELETE FROM audit", "INSERT INTO audit SELECT * FROM saved"] {
            database.sql(part).await;
        }
    }
    assert_eq!(verified(database), known);
    // The trail may grow after a known head. An export is checked like the database.
    bank.page().await;
    let (intact, text) = audit(database, &["verify", "--head", &known]);
    assert!(intact && head(&text).starts_with("5:"), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let (_, export) = audit(database, &["export"]);
    let lines: Vec<_> = export.lines().filter(|line| line.starts_with('{')).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(audit(database, &["verify", path, "--head", &known]), (intact, text));
    std::fs::write(&file, lines.join("\n").replace("bank", "other")).unwrap();
    assert!(!audit(database, &["verify", path]).0);
}

async fn the_deletion_of_a_session_can_be_shown(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let (page, other) = (bank.judged().await, bank.judged().await);
    bank.clock.put_forward(31 * 86_400_000);
    assert_eq!(bank.sessions.sweep().await.unwrap().deleted, 2);
    let younger = bank.page().await;
    for page in [&page, &other] {
        let (done, text) = audit(database, &["session", &page.id]);
        let entries: Vec<_> = text.lines().filter(|line| line.contains('{')).collect();
        assert!(done && entries.len() == 2, "{text}");
        assert!(entries[0].contains("session.create") && entries[1].contains("session.purge"), "{text}");
        assert!(entries[1].contains(r#""actor":"relay""#) && entries[1].contains(r#""count":2"#), "{text}");
    }
    let (_, text) = audit(database, &["session", &younger.id]);
    assert!(!text.contains("session.purge"), "{text}");
}

/// Fills the new entries, as a long outage would.
async fn put_entries(database: &Database, count: u32) {
    let sql = format!(
        "INSERT INTO audit_new (record) SELECT '{{\"time\":\"2026-01-01T00:00:00Z\",\"n\":' || n || '}}' \
         FROM generate_series(1, {count}) AS n"
    );
    database.sql(&sql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_entries_are_chained_in_a_far_database() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    put_entries(&database, 450).await;
    // Each statement that writes takes longer, as it would over a slow network.
    for part in [
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END $$",
        "CREATE TRIGGER slow AFTER INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION slow()",
        "CREATE TRIGGER slow AFTER DELETE ON audit_new FOR EACH STATEMENT EXECUTE FUNCTION slow()",
    ] {
        database.sql(part).await;
    }
    chain_all(bank.sessions.store()).await.unwrap();
    assert_eq!(database.sql("SELECT count(*) FROM audit_new").await, "0");
    assert!(verified(&database).starts_with("450:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_wait_to_be_chained_are_counted() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let program = Program::with_sessions(&database, &["--admin-listen=127.0.0.1:0", "--vendor-base", &vendor.base]);
    let [waiting, oldest] = ["akiba_relay_audit_entries_waiting", "akiba_relay_audit_oldest_waiting_seconds"];
    assert_eq!((program.metric(waiting).await, program.metric(oldest).await), (Some(0.0), Some(0.0)));
    database.sql("ALTER TABLE audit ADD CONSTRAINT none CHECK (seq < 0)").await;
    put_entries(&database, 3).await;
    assert_eq!(program.metric(waiting).await, Some(3.0));
    assert!(program.metric(oldest).await > Some(86_400.0));
    database.sql("ALTER TABLE audit DROP CONSTRAINT none").await;
    until("they are chained", async || program.metric(waiting).await == Some(0.0)).await;
    assert_eq!(program.metric(oldest).await, Some(0.0));
}
