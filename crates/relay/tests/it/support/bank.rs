//! A bank: a relay with sessions, and the calls of its back end and its pages.

use std::sync::Arc;

use akiba_relay::cli::Cli;
use akiba_relay::clock::Clock;
use akiba_relay::server::background::Background;
use akiba_relay::session::{SessionSecrets, SessionStartError, Sessions};
use akiba_relay::webhook::worker::deliver_due;
use clap::Parser;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::database::{Database, Keys};
use super::{IDENTIFIER, Relay, Vendor, run_log, success};

/// The back end's own reference for the case.
pub(crate) const REFERENCE: &str = "order-4711";

/// A relay with sessions, and the keys to call it.
pub(crate) struct Bank {
    pub(crate) relay: Relay,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) clock: Clock,
    api: String,
    _background: Option<Background>,
}

/// A page with a session.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Page {
    /// The page for which the answer to `POST /v1/sessions` is meant.
    pub(crate) fn of(created: &Value) -> Self {
        let text = |field: &str| created[field].as_str().unwrap().to_owned();
        run_log::secret(&text("session_token"));
        Self { id: text("session_id"), token: text("session_token") }
    }

    /// The path of the session for the back end.
    pub(crate) fn path(&self) -> String {
        format!("/v1/sessions/{}", self.id)
    }
}

impl Bank {
    /// A relay on this database, without background tasks: tests sweep and deliver webhooks themselves.
    pub(crate) async fn open(database: &Database, vendor: &str, flags: &[&str]) -> Self {
        Self::with_keys(database, &database.keys, vendor, flags).await
    }

    /// The same, with other keys than those of the database.
    pub(crate) async fn with_keys(database: &Database, keys: &Keys, vendor: &str, flags: &[&str]) -> Self {
        Self::try_open(database, keys, vendor, flags).await.unwrap()
    }

    /// The same. Fails if the relay does not start.
    pub(crate) async fn try_open(
        database: &Database,
        keys: &Keys,
        vendor: &str,
        flags: &[&str],
    ) -> Result<Self, SessionStartError> {
        let own = [
            "akiba-relay".to_owned(),
            format!("--vendor-base={vendor}"),
            format!("--api-key={}", keys.api_setting),
            format!("--database={}", database.url),
        ];
        let flags = own.into_iter().chain(flags.iter().map(|&flag| flag.to_owned()));
        let Cli { settings, .. } = Cli::try_parse_from(flags).unwrap();
        let secrets = SessionSecrets {
            api_keys: None,
            session_keys: Some(keys.session.clone().into()),
            data_keys: Some(keys.data.clone().into()),
            webhook_secrets: Some(keys.webhook.clone().into()),
            proof_keys: keys.proof.clone().map(Into::into),
            webhook_endpoints: keys.endpoints.clone().map(Into::into),
        };
        let clock = Clock::default();
        let state = Relay::state(&settings);
        let (vendor, capacity) = (state.vendor.clone(), state.capacity.clone());
        let sessions = Arc::new(Sessions::open(&settings.session, &secrets, vendor, capacity, clock.clone()).await?);
        let state = state.with_sessions(Arc::clone(&sessions));
        let relay = Relay::of(state, &settings).await;
        Ok(Self { relay, sessions, clock, api: keys.api.clone(), _background: None })
    }

    /// The same, with background tasks that deliver webhooks to this URL.
    pub(crate) async fn telling(database: &Database, vendor: &str, receiver: &str, flags: &[&str]) -> Self {
        let url = format!("--webhook-url={receiver}");
        let flags: Vec<_> = flags.iter().copied().chain([url.as_str()]).collect();
        let mut bank = Self::open(database, vendor, &flags).await;
        bank._background = Some(Background::start(&bank.sessions));
        bank
    }

    /// A call of the back end.
    pub(crate) fn host(&self, method: Method, path: &str) -> RequestBuilder {
        self.relay.request(method, path).bearer_auth(&self.api)
    }

    pub(crate) fn create(&self, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/sessions", body).bearer_auth(&self.api)
    }

    /// Searches the sessions of the back end.
    pub(crate) fn search(&self, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/sessions/search", body).bearer_auth(&self.api)
    }

    pub(crate) fn reconcile(&self, page: &Page, action: &str) -> RequestBuilder {
        let path = format!("{}/reconcile", page.path());
        self.relay.post(&path, &json!({ "action": action })).bearer_auth(&self.api)
    }

    /// Creates a session for the person of the tests.
    pub(crate) async fn page(&self) -> Page {
        self.page_of(IDENTIFIER).await
    }

    /// Creates a session for another person.
    pub(crate) async fn page_of(&self, identifier: &str) -> Page {
        self.page_with(&json!({ "identifier": identifier, "type": "1", "reference": REFERENCE })).await
    }

    /// Creates a session with this body.
    pub(crate) async fn page_with(&self, body: &Value) -> Page {
        let response = self.create(body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 201, "{text}");
        Page::of(&serde_json::from_str(&text).unwrap())
    }

    /// The widget's first call.
    pub(crate) fn link(&self, page: &Page, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/customer", body).bearer_auth(&page.token)
    }

    /// The widget's second call.
    pub(crate) fn verify(&self, page: &Page, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/customer/verify", body).bearer_auth(&page.token)
    }

    /// The call of a page that comes back and reads its verdict again.
    pub(crate) fn verdict(&self, page: &Page) -> RequestBuilder {
        self.relay.request(Method::GET, "/v1/customer/verify").bearer_auth(&page.token)
    }

    /// Creates a session and issues a link for it.
    pub(crate) async fn linked(&self) -> (Page, Value) {
        let page = self.page().await;
        let link = success(self.link(&page, &json!({}))).await;
        (page, link)
    }

    /// Returns what the back end reads of a session.
    pub(crate) async fn report(&self, page: &Page) -> Value {
        success(self.host(Method::GET, &page.path())).await
    }

    /// Returns the state of a session.
    pub(crate) async fn state(&self, page: &Page) -> String {
        self.report(page).await["state"].as_str().unwrap().to_owned()
    }

    /// Asks for a verdict in the background, and waits until the vendor has the call. Returns the answer's task.
    pub(crate) async fn verify_in_background(&self, page: &Page, vendor: &Vendor) -> JoinHandle<Response> {
        let call = self.verify(page, &json!({})).send();
        let call = tokio::spawn(async move { call.await.unwrap() });
        vendor.reached_for_a_verdict().await;
        call
    }

    /// Creates a session and gets its verdict.
    pub(crate) async fn judged(&self) -> Page {
        let (page, _) = self.linked().await;
        success(self.verify(&page, &json!({}))).await;
        page
    }

    /// Delivers the webhooks that are due now. Returns how many that were.
    pub(crate) async fn deliver(&self) -> usize {
        deliver_due(self.sessions.outbox()).await.unwrap()
    }

    /// Delivers webhooks until none is due.
    pub(crate) async fn deliver_all(&self) {
        while self.deliver().await > 0 {}
    }
}
