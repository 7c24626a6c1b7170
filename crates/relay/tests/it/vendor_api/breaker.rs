//! The circuit breaker for the vendor.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::response::Response;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::bank::Page;
use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::vendor::issued;
use crate::support::wait::until;
use crate::support::{IDENTIFIER, Vendor, verify_reply};

struct World {
    program: Program,
    database: Database,
    vendor: Vendor,
    down: Arc<AtomicBool>,
}

impl World {
    /// A relay before a vendor that can be switched off: then it answers 500.
    async fn new(flags: &[&str]) -> Self {
        let database = Database::sqlite();
        let down = Arc::new(AtomicBool::new(false));
        let switch = Arc::clone(&down);
        let vendor = Vendor::answering(move |request| {
            let down = switch.load(Ordering::Relaxed);
            async move {
                let body = if request.is_link() { issued(&request) } else { verify_reply() };
                let response = Response::builder().header("content-type", "application/json");
                response.status(if down { 500 } else { 200 }).body(body.to_string().into()).unwrap()
            }
        })
        .await;
        let own = ["--admin-listen=127.0.0.1:0", "--vendor-base", &vendor.base];
        let program = Program::with_sessions(&database, &[&own, flags].concat());
        Self { program, database, vendor, down }
    }

    async fn page(&self) -> Page {
        let body = json!({ "identifier": IDENTIFIER, "type": "1" });
        let created = self.program.post("/v1/sessions", &self.database.keys.api, &body).send().await.unwrap();
        Page::of(&serde_json::from_str(&created.text().await.unwrap()).unwrap())
    }

    /// Makes a call of a page. Returns its status, its `Retry-After` and its code.
    async fn call(&self, path: &str, page: &Page) -> (u16, Option<u64>, Value) {
        let response = self.program.post(path, &page.token, &json!({})).send().await.unwrap();
        let wait = response.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
        let status = response.status().as_u16();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        (status, wait, body["code"].clone())
    }

    async fn link(&self, page: &Page) -> (u16, Option<u64>, Value) {
        self.call("/v1/customer", page).await
    }

    async fn state_is(&self, state: &str) -> bool {
        let mut on = Vec::new();
        for word in ["closed", "half-open", "open"] {
            let name = format!("akiba_relay_vendor_breaker{{state=\"{word}\"}}");
            if self.program.metric(&name).await == Some(1.0) {
                on.push(word);
            }
        }
        on == [state]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_after_failures_and_closes_after_a_success() {
    let world = World::new(&["--breaker-failures=3", "--breaker-pause=2s"]).await;
    let (page, linked) = (world.page().await, world.page().await);
    assert_eq!(world.link(&linked).await.0, 200);
    assert!(world.state_is("closed").await);
    world.down.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert_eq!(world.link(&page).await, (502, None, json!("vendor-unavailable")));
    }
    assert!(world.state_is("open").await);
    let seen = world.vendor.seen().len();
    for _ in 0..5 {
        let started = Instant::now();
        let (status, wait, code) = world.link(&page).await;
        assert_eq!((status, code), (502, json!("vendor-unavailable")));
        assert!((1..=2).contains(&wait.unwrap()), "{wait:?}");
        assert!(started.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(world.vendor.seen().len(), seen, "no link was asked for");
    let path = page.path();
    let report = world.program.request(Method::GET, &format!("{}{path}", world.program.base));
    let report = report.bearer_auth(&world.database.keys.api).send().await.unwrap().text().await.unwrap();
    assert!(report.contains("\"links\":3"), "a refused call does not count as a link: {report}");
    assert_eq!(world.program.metric("akiba_relay_limited_total{limit=\"breaker\"}").await, Some(5.0));

    // A verdict is asked for all the same. It fails, too.
    assert_eq!(world.call("/v1/customer/verify", &linked).await.2, "vendor-unavailable");
    assert_eq!(world.vendor.seen().len(), seen + 1);
    // The probe fails: it opens again.
    until("half-open", async || world.state_is("half-open").await).await;
    assert_eq!(world.link(&page).await, (502, None, json!("vendor-unavailable")));
    assert!(world.link(&page).await.1.is_some());

    world.down.store(false, Ordering::Relaxed);
    until("half-open", async || world.state_is("half-open").await).await;
    assert_eq!(world.link(&page).await.0, 200);
    assert!(world.state_is("closed").await);
    assert_eq!(world.link(&page).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_that_succeeds_lets_links_through_before_the_pause_ends() {
    let world = World::new(&["--breaker-failures=2", "--breaker-pause=1h"]).await;
    let (page, linked) = (world.page().await, world.page().await);
    assert_eq!(world.link(&linked).await.0, 200);
    world.down.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        assert_eq!(world.link(&page).await.0, 502);
    }
    world.down.store(false, Ordering::Relaxed);
    let (status, wait, _) = world.link(&page).await;
    assert_eq!(status, 502);
    assert!(wait.unwrap() > 3_000, "{wait:?}");
    assert_eq!(world.call("/v1/customer/verify", &linked).await.0, 200);
    assert!(world.state_is("half-open").await);
    assert_eq!(world.link(&page).await.0, 200);
    assert!(world.state_is("closed").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_before_a_vendor_that_hangs_although_the_callers_hang_up() {
    let (database, (vendor, _seen)) = (Database::sqlite(), Vendor::stalled().await);
    let flags = ["--vendor-timeout=30s", "--breaker-failures=3", "--breaker-pause=1h"];
    let own = ["--admin-listen=127.0.0.1:0", "--vendor-base", &vendor.base];
    let program = Program::with_sessions(&database, &[&own[..], &flags].concat());
    let world = World { program, database, vendor, down: Arc::default() };
    let page = world.page().await;
    let hang_up_after = async |time: Duration| {
        let call = || world.program.post("/v1/customer", &page.token, &json!({})).timeout(time).send();
        let (first, second, third) = tokio::join!(call(), call(), call());
        assert!(first.is_err() && second.is_err() && third.is_err());
    };
    hang_up_after(Duration::from_millis(300)).await;
    let gone = "akiba_relay_vendor_calls_total{call=\"link\",result=\"caller-gone\"}";
    until("the calls are counted", async || world.program.metric(gone).await == Some(3.0)).await;
    assert!(world.state_is("closed").await, "callers who leave soon say nothing about the vendor");
    hang_up_after(Duration::from_millis(5_500)).await;
    until("the breaker opens", async || world.state_is("open").await).await;
    let timeouts = "akiba_relay_vendor_calls_total{call=\"link\",result=\"timeout\"}";
    assert_eq!(world.program.metric(timeouts).await, Some(3.0));
}
