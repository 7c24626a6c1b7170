//! A disk on which nothing can be written for a while. The program's files may not grow, which needs no root and is an
//! error of the write itself, as a full disk is.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::bank::{vendor, verdicts_asked};
use crate::support::database::Database;
use crate::support::process::Program;
use crate::support::verify_reply;

/// A session of the program's.
#[derive(Clone)]
struct Case {
    id: String,
    token: String,
}

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
        let wanted = json!({ "identifier": "8001015009087", "type": "1" });
        let (status, body) = self.call("/v1/sessions", &self.api, Some(wanted)).await;
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
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::sqlite();
    let vendor = vendor(|_| verify_reply(), Duration::from_millis(1_000)).await;
    let program = Program::start(&database, &vendor.base, &[]);
    let client = Client::builder().no_proxy().build().unwrap();
    let caller = Caller { client, base: program.base.clone(), api: database.keys.api.clone() };
    let (asked, mut waiting) = (caller.linked().await, Vec::new());
    for _ in 0..12 {
        waiting.push(caller.linked().await);
    }
    // The vendor is asked, and while it judges the disk fills up.
    let verdict = caller.verify(&asked);
    let fill = async {
        while verdicts_asked(&vendor).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
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
    assert_eq!(caller.state(&asked).await, "verifying", "reading goes on");
    assert_eq!(verdicts_asked(&vendor).len(), 1, "no verdict is asked for that can't be kept");

    program.limit_files(None);
    let started = Instant::now();
    while caller.state(&asked).await != "verified" {
        assert!(started.elapsed() < Duration::from_secs(20), "the verdict is lost");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // All goes on as before, also where many want the same at once.
    for case in &waiting {
        loop {
            let mut calls = JoinSet::new();
            for _ in 0..6 {
                let (caller, case) = (caller.clone(), case.clone());
                calls.spawn(async move { caller.verify(&case).await });
            }
            let answers = calls.join_all().await;
            assert!(answers.iter().all(|(status, _)| [200, 409, 503].contains(status)), "{answers:?}");
            if answers.iter().any(|(status, _)| *status == 200) {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "it does not go on: {answers:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    assert_eq!(verdicts_asked(&vendor).len(), 13, "one call of the vendor for each");
    let fresh = caller.linked().await;
    // What was told is on the disk.
    drop(program);
    let program = Program::start(&database, &vendor.base, &[]);
    let caller = Caller { base: program.base.clone(), ..caller };
    for case in waiting.iter().chain([&asked]) {
        assert_eq!(caller.state(case).await, "verified");
    }
    assert_eq!(caller.state(&fresh).await, "link_issued");
}
