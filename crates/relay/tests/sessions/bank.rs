//! A relay with sessions, a vendor before it, and those who call.

use std::sync::Arc;
use std::time::Duration;

use akiba_relay::cli::Cli;
use akiba_relay::clock::Clock;
use akiba_relay::server::background::Background;
use akiba_relay::session::{SessionSecrets, SessionStartError, Sessions};
use axum::response::Response;
use clap::Parser;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::database::{Database, Keys};
use crate::support::{FULL_NAME, IDENTIFIER, Relay, SIGNATURE, Seen, Vendor, run_log, verify_reply};

/// The host's own word for the case.
pub(crate) const REFERENCE: &str = "order-4711";

/// A relay with sessions.
pub(crate) struct Bank {
    pub(crate) relay: Relay,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) clock: Clock,
    api: String,
    _background: Option<Background>,
}

/// A page that has a session.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Bank {
    /// A relay on this database, with nothing beside its requests.
    pub(crate) async fn open(database: &Database, vendor: &str, flags: &[&str]) -> Self {
        Self::with_keys(database, &database.keys, vendor, flags).await
    }

    /// The same with other keys than the database's.
    pub(crate) async fn with_keys(database: &Database, keys: &Keys, vendor: &str, flags: &[&str]) -> Self {
        Self::try_open(database, keys, vendor, flags).await.unwrap()
    }

    /// The same, if it starts.
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
            session_keys: Some(keys.session.clone().into()),
            data_keys: Some(keys.data.clone().into()),
            webhook_secrets: Some(keys.webhook.clone().into()),
        };
        let clock = Clock::default();
        let state = Relay::state(&settings);
        let (vendor, capacity) = (state.vendor.clone(), state.capacity.clone());
        let sessions = Arc::new(Sessions::open(&settings.session, &secrets, vendor, capacity, clock.clone()).await?);
        let state = state.with_sessions(Arc::clone(&sessions));
        let relay = Relay::of(state, &settings).await;
        Ok(Self { relay, sessions, clock, api: keys.api.clone(), _background: None })
    }

    /// The same, with webhooks to this place, delivered.
    pub(crate) async fn telling(database: &Database, vendor: &str, receiver: &str, flags: &[&str]) -> Self {
        let url = format!("--webhook-url={receiver}");
        let flags: Vec<_> = flags.iter().copied().chain([url.as_str()]).collect();
        let mut bank = Self::open(database, vendor, &flags).await;
        bank._background = Some(Background::start(&bank.sessions));
        bank
    }

    /// A call of the host's back end.
    pub(crate) fn host(&self, method: Method, path: &str) -> RequestBuilder {
        self.relay.request(method, path).bearer_auth(&self.api)
    }

    pub(crate) fn create(&self, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/sessions", body).bearer_auth(&self.api)
    }

    pub(crate) fn reconcile(&self, page: &Page, action: &str) -> RequestBuilder {
        let path = format!("/v1/sessions/{}/reconcile", page.id);
        self.relay.post(&path, &json!({ "action": action })).bearer_auth(&self.api)
    }

    /// A new session for the tests' person.
    pub(crate) async fn page(&self) -> Page {
        self.page_of(IDENTIFIER).await
    }

    /// A new session for another person.
    pub(crate) async fn page_of(&self, identifier: &str) -> Page {
        let body = json!({ "identifier": identifier, "type": "1", "reference": REFERENCE });
        let response = self.create(&body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 201, "{text}");
        let created: Value = serde_json::from_str(&text).unwrap();
        let text = |field: &str| created[field].as_str().unwrap().to_owned();
        run_log::secret(&text("session_token"));
        Page { id: text("session_id"), token: text("session_token") }
    }

    /// The widget's first call.
    pub(crate) fn link(&self, page: &Page, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/customer", body).bearer_auth(&page.token)
    }

    /// The widget's second call.
    pub(crate) fn verify(&self, page: &Page, body: &Value) -> RequestBuilder {
        self.relay.post("/v1/customer/verify", body).bearer_auth(&page.token)
    }

    /// A session that has a link.
    pub(crate) async fn linked(&self) -> (Page, Value) {
        let page = self.page().await;
        let link = crate::support::success(self.link(&page, &json!({}))).await;
        (page, link)
    }

    /// What the host's back end gets to know.
    pub(crate) async fn report(&self, page: &Page) -> Value {
        crate::support::success(self.host(Method::GET, &format!("/v1/sessions/{}", page.id))).await
    }

    pub(crate) async fn state(&self, page: &Page) -> String {
        self.report(page).await["state"].as_str().unwrap().to_owned()
    }
}

/// A vendor that hands out a link for each call, and judges as told, after a while.
pub(crate) async fn vendor(judge: impl Fn(&Seen) -> Value + Clone + Send + Sync + 'static, after: Duration) -> Vendor {
    Vendor::answering(move |request| {
        let answer = match request.path.as_str() {
            "/v1/customer" => issued(&request),
            _ => judge(&request),
        };
        let wait = if request.path == "/v1/customer" { Duration::ZERO } else { after };
        async move {
            tokio::time::sleep(wait).await;
            let response = Response::builder().header("content-type", "application/json");
            response.body(answer.to_string().into()).unwrap()
        }
    })
    .await
}

/// A vendor that finds that both photos show one person.
pub(crate) async fn content_vendor() -> Vendor {
    vendor(|_| verify_reply(), Duration::ZERO).await
}

/// A link of its own for each call, as the vendor's reference shows it.
pub(crate) fn issued(request: &Seen) -> Value {
    let name = request.body["selfie_filename"].as_str().unwrap();
    let key = format!("selfies/of-{name}");
    run_log::secret(&key);
    run_log::secret(name);
    json!({
        "identifier": request.body["identifier"],
        "signed_link": format!("https://bucket.s3.amazonaws.com/{key}?X-Amz-Signature={SIGNATURE}"),
        "s3_key": key,
        "selfie_filename": name,
        "customer_id": "A3020FM2PX",
        "person": FULL_NAME,
    })
}

/// The calls for a verdict that a vendor got.
pub(crate) fn verdicts_asked(vendor: &Vendor) -> Vec<Seen> {
    vendor.seen().into_iter().filter(|seen| seen.path == "/v1/customer/verify").collect()
}
