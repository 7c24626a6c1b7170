//! A hand-off of a session: what the desktop shows, and the phone that opens it.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::bank::{Bank, Page};
use super::{run_log, success};

/// The flags of a relay with hand-offs.
pub(crate) const HANDOFFS: [&str; 2] = ["--handoff-page=https://phone.bank.example/s", "--handoff-name=Example Bank"];

/// What the desktop shows.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) number: u64,
}

/// A phone, with the secret that it made up.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) claim: String,
}

impl Desk {
    fn of(answer: &Value) -> Self {
        let code = answer["url"].as_str().unwrap().strip_prefix("https://phone.bank.example/s#").unwrap().to_owned();
        run_log::secret(&code);
        Self { id: answer["handoff_id"].as_str().unwrap().to_owned(), code, number: answer["number"].as_u64().unwrap() }
    }

    pub(crate) fn path(&self) -> String {
        format!("/v1/handoffs/{}", self.id)
    }
}

impl Phone {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let mut bytes = [0x5a; 32];
        bytes[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes[8..12].copy_from_slice(&std::process::id().to_be_bytes());
        let claim = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        run_log::secret(&claim);
        Self { claim }
    }
}

impl Bank {
    pub(crate) fn begin(&self, page: &Page) -> RequestBuilder {
        self.relay.request(Method::POST, "/v1/handoffs").bearer_auth(&page.token)
    }

    /// Begins a hand-off at the desktop.
    pub(crate) async fn desk(&self, page: &Page) -> Desk {
        let response = self.begin(page).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 201, "{text}");
        Desk::of(&serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn renew(&self, page: &Page, desk: &Desk) -> RequestBuilder {
        self.relay.request(Method::POST, &format!("{}/renew", desk.path())).bearer_auth(&page.token)
    }

    /// Renews a hand-off at the desktop.
    pub(crate) async fn renewed(&self, page: &Page, desk: &Desk) -> Desk {
        Desk::of(&success(self.renew(page, desk)).await)
    }

    pub(crate) fn follow(&self, page: &Page, desk: &Desk, after: Option<i64>) -> RequestBuilder {
        let query = after.map(|version| format!("?after={version}")).unwrap_or_default();
        self.relay.request(Method::GET, &format!("{}{query}", desk.path())).bearer_auth(&page.token)
    }

    /// Returns the state of a hand-off.
    pub(crate) async fn handoff(&self, page: &Page, desk: &Desk) -> String {
        success(self.follow(page, desk, None)).await["state"].as_str().unwrap().to_owned()
    }

    /// The call of a desktop that was reloaded.
    pub(crate) fn held(&self, page: &Page) -> RequestBuilder {
        self.relay.request(Method::GET, "/v1/handoffs").bearer_auth(&page.token)
    }

    pub(crate) fn end(&self, page: &Page, desk: &Desk) -> RequestBuilder {
        self.relay.request(Method::POST, &format!("{}/end", desk.path())).bearer_auth(&page.token)
    }

    pub(crate) fn redeem(&self, desk: &Desk, phone: &Phone) -> RequestBuilder {
        self.relay.post("/v1/handoffs/redeem", &json!({ "code": desk.code, "claim": phone.claim }))
    }

    pub(crate) fn confirm(&self, desk: &Desk, phone: &Phone, number: u64) -> RequestBuilder {
        let body = json!({ "claim": phone.claim, "number": number });
        self.relay.post(&format!("{}/confirm", desk.path()), &body)
    }

    pub(crate) fn disown(&self, desk: &Desk, phone: &Phone) -> RequestBuilder {
        self.relay.post(&format!("{}/disown", desk.path()), &json!({ "claim": phone.claim }))
    }

    /// Begins a hand-off and opens it on a phone.
    pub(crate) async fn opened(&self, page: &Page) -> (Desk, Phone) {
        let (desk, phone) = (self.desk(page).await, Phone::new());
        success(self.redeem(&desk, &phone)).await;
        (desk, phone)
    }

    /// Hands a session over. Returns the phone's page.
    pub(crate) async fn handed_over(&self, page: &Page) -> (Desk, Phone, Page) {
        let (desk, phone) = self.opened(page).await;
        let confirmed = success(self.confirm(&desk, &phone, desk.number)).await;
        let token = confirmed["session_token"].as_str().unwrap().to_owned();
        run_log::secret(&token);
        (desk, phone, Page { id: page.id.clone(), token })
    }
}
