//! Lists and searches of sessions.

use akiba_protocol::ProblemCode;
use akiba_relay::secrets::api_keys::new_key;
use akiba_relay::secrets::data_keys;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page, REFERENCE};
use crate::support::database::{Database, on_both};
use crate::support::{IDENTIFIER, Relay, Vendor, problem, program, run_log, success};

on_both!(
    sessions_are_listed_in_pages_by_state_and_time,
    a_reference_finds_its_sessions_and_is_not_readable_in_the_database,
    a_list_has_only_the_sessions_of_its_own_key_name,
    a_reference_is_found_after_a_change_of_the_data_key,
    a_list_reads_only_the_sessions_that_it_shows,
);

fn ids(list: &Value) -> Vec<String> {
    let sessions = list["sessions"].as_array().unwrap();
    sessions.iter().map(|session| session["session_id"].as_str().unwrap().to_owned()).collect()
}

async fn list(bank: &Bank, query: &str) -> Value {
    success(bank.host(Method::GET, &format!("/v1/sessions{query}"))).await
}

async fn sessions_are_listed_in_pages_by_state_and_time(database: &Database) {
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(database, &vendor.base, &[]).await;
    let mut pages = Vec::new();
    for index in 0..7 {
        // Some sessions have the same time of creation.
        bank.clock.put_forward(i64::from(index % 3 == 0) * 1_000);
        pages.push(if index == 2 { bank.judged().await } else { bank.page().await });
    }
    let whole = list(&bank, "").await;
    assert_eq!(whole["sessions"].as_array().unwrap().len(), 7);
    assert_eq!(whole.get("next_cursor"), None);
    let (mut found, mut query) = (Vec::new(), "?limit=3".to_owned());
    loop {
        let page = list(&bank, &query).await;
        assert!(page["sessions"].as_array().unwrap().len() <= 3);
        found.extend(ids(&page));
        // A new session does not move the next page.
        bank.page().await;
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(found, ids(&whole));

    let verified = list(&bank, "?state=verified").await;
    assert_eq!(ids(&verified), [pages[2].id.clone()]);
    let mut report = bank.report(&pages[2]).await;
    report.as_object_mut().unwrap().remove("verdict");
    assert_eq!(verified["sessions"][0], report, "the list and the session agree");
    let at = report["created_at"].as_str().unwrap();
    assert!(ids(&list(&bank, &format!("?created_from={at}")).await).contains(&pages[2].id));
    let before = ids(&list(&bank, &format!("?created_before={at}")).await);
    assert!(!before.contains(&pages[2].id), "the end of the time is not part of it");
    for wrong in [
        "?limit=0",
        "?limit=101",
        "?limit=x",
        "?state=open",
        "?cursor=x",
        "?created_from=yesterday",
        "?reference=order-4711",
        "?unknown=1",
    ] {
        problem(bank.host(Method::GET, &format!("/v1/sessions{wrong}")), ProblemCode::BadRequest).await;
    }
}

async fn a_reference_finds_its_sessions_and_is_not_readable_in_the_database(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    let of = |reference: &str| json!({ "identifier": IDENTIFIER, "type": "1", "reference": reference });
    let first = bank.page_with(&of("loan of frank 8001")).await;
    bank.clock.put_forward(1_000);
    let second = bank.page_with(&of("loan of frank 8001")).await;
    bank.page_with(&of("loan of frank 8002")).await;
    bank.page_with(&json!({ "identifier": IDENTIFIER, "type": "1" })).await;
    let found = success(bank.search(&json!({ "reference": "loan of frank 8001" }))).await;
    assert_eq!(ids(&found), [second.id.clone(), first.id.clone()]);
    assert_eq!(found["sessions"][0]["reference"], "loan of frank 8001");
    let page = success(bank.search(&json!({ "reference": "loan of frank 8001", "limit": 1 }))).await;
    let next = json!({ "reference": "loan of frank 8001", "limit": 1, "cursor": page["next_cursor"] });
    assert_eq!(ids(&success(bank.search(&next)).await), [first.id]);
    assert!(ids(&success(bank.search(&json!({ "reference": "loan" }))).await).is_empty());
    assert_eq!(ids(&success(bank.search(&json!({}))).await).len(), 4);
    for wrong in [json!({ "reference": "" }), json!({ "limit": 0 }), json!({ "state": "open" }), json!([])] {
        problem(bank.search(&wrong), ProblemCode::BadRequest).await;
    }
    let dump = String::from_utf8_lossy(&database.dump()).into_owned();
    assert!(!dump.contains("loan of frank"));
}

async fn a_list_has_only_the_sessions_of_its_own_key_name(database: &Database) {
    let (other, setting) = new_key("other").unwrap();
    run_log::secret(&other);
    let bank = Bank::open(database, "http://127.0.0.1:9", &[&format!("--api-key={setting}")]).await;
    let own = bank.page().await;
    let body = json!({ "identifier": IDENTIFIER, "type": "1", "reference": REFERENCE });
    let response = bank.relay.post("/v1/sessions", &body).bearer_auth(&other).send().await.unwrap();
    let foreign = Page::of(&serde_json::from_str(&response.text().await.unwrap()).unwrap());
    assert_eq!(ids(&list(&bank, "").await), [own.id.as_str()]);
    let search = json!({ "reference": REFERENCE });
    assert_eq!(ids(&success(bank.search(&search)).await), [own.id.as_str()]);
    let found = success(bank.relay.post("/v1/sessions/search", &search).bearer_auth(&other)).await;
    assert_eq!(ids(&found), [foreign.id]);
    let tags = database.sql("SELECT COUNT(DISTINCT reference_tag) FROM sessions").await;
    assert_eq!(tags, "2", "the hashes do not tell that two back ends use the same reference");
    problem(bank.relay.request(Method::GET, "/v1/sessions").bearer_auth(&own.token), ProblemCode::Unauthorized).await;
}

async fn a_reference_is_found_after_a_change_of_the_data_key(database: &Database) {
    let old = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    let page = old.page().await;
    drop(old);
    let new = data_keys::new_key("2027").unwrap();
    run_log::secret(new.trim_start_matches("2027:"));
    let mut keys = database.keys.copy();
    keys.data = format!("{new},{}", database.keys.data);
    let search = json!({ "reference": REFERENCE });
    let both = Bank::with_keys(database, &keys, "http://127.0.0.1:9", &[]).await;
    assert_eq!(ids(&success(both.search(&search)).await), [page.id.as_str()]);
    drop(both);
    let variables = [("AKIBA_RELAY_DATABASE", database.url.as_str()), ("AKIBA_DATA_KEYS", keys.data.as_str())];
    assert!(program::run(&["database", "reseal"], &variables).0);
    keys.data = new;
    let bank = Bank::with_keys(database, &keys, "http://127.0.0.1:9", &[]).await;
    bank.sessions.sweep().await.unwrap();
    assert_eq!(ids(&success(bank.search(&search)).await), [page.id]);
}

async fn a_list_reads_only_the_sessions_that_it_shows(database: &Database) {
    let bank = Bank::open(database, "http://127.0.0.1:9", &[]).await;
    bank.page().await;
    let columns = "customer_type, sealed, state, expires_at, updated_at, reference_tag, due_at";
    database
        .sql(&format!(
            "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 20000) \
             INSERT INTO sessions (id, created_at, api_key, {columns}) \
             SELECT 'ses_' || n, n, 'bank' || (n % 10), {} FROM counter, sessions",
            columns.replace("due_at", "NULL")
        ))
        .await;
    database.sql("ANALYZE").await;
    for condition in ["", "AND state = 'unknown' AND due_at IS NOT NULL", "AND (created_at, id) < (10000, 'ses_10000')"]
    {
        let sql = format!(
            "SELECT id, sealed FROM sessions WHERE api_key = 'bank' {condition} ORDER BY created_at DESC, id DESC LIMIT 51"
        );
        let plan = database.plan(&sql).await;
        assert!(!condition.contains("due_at") || plan.contains("sessions_listed_undecided"), "{plan}");
        // SQLite's words, or PostgreSQL's.
        assert!(
            plan.contains("(api_key=?")
                || plan.contains("Index Cond: ((api_key =")
                || plan.contains("Index Cond: (api_key ="),
            "{plan}"
        );
        for slow in ["SCAN", "TEMP B-TREE", "Seq Scan"] {
            assert!(!plan.contains(slow), "{plan}");
        }
    }
}

#[tokio::test]
async fn without_sessions_there_is_no_list() {
    let relay = Relay::before("http://127.0.0.1:9", &[]).await;
    problem(relay.request(Method::GET, "/v1/sessions"), ProblemCode::NotFound).await;
    problem(relay.post("/v1/sessions/search", &json!({})), ProblemCode::NotFound).await;
}
