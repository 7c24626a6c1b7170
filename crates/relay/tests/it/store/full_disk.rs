//! A full disk, simulated by a limit on the size of the program's files. That needs no root, and writes fail as on a
//! full disk.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::wait::until;
use crate::support::{IDENTIFIER, Vendor};

/// A session of the program.
#[derive(Clone)]
struct Case {
    id: String,
    token: String,
}

/// Calls the program as its back end and its pages do.
#[derive(Clone)]
struct Caller {
    client: Client,
    base: String,
    api: String,
}

impl Caller {
    async fn call(&self, path: &str, key: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}{path}", self.base);
        let request = match body {
            Some(body) => self.client.post(url).header("content-type", "application/json").body(body.to_string()),
            None => self.client.get(url),
        };
        let response = request.bearer_auth(key).timeout(Duration::from_secs(30)).send().await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    async fn create(&self) -> (u16, Option<Case>) {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let (status, body) = self.call("/v1/sessions", &self.api, Some(body)).await;
        let text = |field: &str| body[field].as_str().unwrap().to_owned();
        (status, (status == 201).then(|| Case { id: text("session_id"), token: text("session_token") }))
    }

    async fn linked(&self) -> Case {
        let case = self.create().await.1.unwrap();
        assert_eq!(self.call("/v1/customer", &case.token, Some(json!({}))).await.0, 200);
        case
    }

    async fn verify(&self, case: &Case) -> (u16, Value) {
        self.call("/v1/customer/verify", &case.token, Some(json!({}))).await
    }

    async fn state(&self, case: &Case) -> String {
        let (status, report) = self.call(&format!("/v1/sessions/{}", case.id), &self.api, None).await;
        assert_eq!(status, 200, "{report}");
        report["state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_503_and_loses_nothing() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying_after(Duration::from_millis(1_000)).await;
    let program = Program::with_sessions(&database, &["--vendor-base", &vendor.base]);
    let client = Client::builder().no_proxy().build().unwrap();
    let caller = Caller { client, base: program.base.clone(), api: database.keys.api.clone() };
    let (asked, mut waiting) = (caller.linked().await, Vec::new());
    for _ in 0..12 {
        waiting.push(caller.linked().await);
    }
    // The disk fills up while the vendor judges.
    let verdict = caller.verify(&asked);
    let fill = async {
        vendor.reached_for_a_verdict().await;
        program.limit_files(Some(1));
    };
    let ((status, body), ()) = tokio::join!(verdict, fill);
    assert_eq!((status, &body["code"]), (503, &json!("storage-unavailable")), "{body}");
    for _ in 0..8 {
        assert_eq!(caller.create().await.0, 503);
        for case in &waiting {
            let (status, body) = caller.verify(case).await;
            assert_eq!(status, 503, "{body}");
        }
    }
    assert_eq!(caller.state(&asked).await, "verifying", "reading still works");
    assert_eq!(vendor.verdict_calls().len(), 1, "no call for a verdict that can't be stored");

    program.limit_files(None);
    until("the verdict is stored", async || caller.state(&asked).await == "verified").await;
    // Everything works again, also for parallel calls of one session.
    for case in &waiting {
        until("the session gets its verdict", async || {
            let mut calls = JoinSet::new();
            for _ in 0..6 {
                let (caller, case) = (caller.clone(), case.clone());
                calls.spawn(async move { caller.verify(&case).await });
            }
            let answers = calls.join_all().await;
            assert!(answers.iter().all(|(status, _)| [200, 409, 503].contains(status)), "{answers:?}");
            answers.iter().any(|(status, _)| *status == 200)
        })
        .await;
    }
    assert_eq!(vendor.verdict_calls().len(), 13, "one vendor call for each session");
    let fresh = caller.linked().await;
    // Every verdict that a page got is on the disk.
    drop(program);
    let program = Program::with_sessions(&database, &["--vendor-base", &vendor.base]);
    let caller = Caller { base: program.base.clone(), ..caller };
    for case in waiting.iter().chain([&asked]) {
        assert_eq!(caller.state(case).await, "verified");
    }
    assert_eq!(caller.state(&fresh).await, "link_issued");
}
