//! A relay inside this process, on a free port. It ends when it is dropped.

use std::time::Duration;

use akiba_relay::cli::Cli;
use akiba_relay::vendor_api::VendorClient;
use akiba_relay::vendor_api::access::Access;
use akiba_relay::vendor_api::settings::CLIENT_SECRET_VARIABLE;
use akiba_relay::vendor_api::token::TOKEN_VARIABLE;
use akiba_relay::{AppState, ConnectionLimits, Drained, Settings, app, serve};
use axum::http::Method;
use clap::Parser;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tokio::sync::oneshot;

use super::vendor::Vendor;
use super::{TOKEN, Task, link_reply, link_request, listen, run_log, verify_request};

/// A relay of the tests.
pub(crate) struct Relay {
    pub(crate) base: String,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    task: Task<Drained>,
}

impl Relay {
    /// A relay that calls the vendor at `vendor`, with further flags.
    pub(crate) async fn before(vendor: &str, flags: &[&str]) -> Self {
        let flags = flags.iter().map(|&flag| flag.to_owned());
        Self::with_secret(TOKEN, flags.chain([format!("--vendor-base={vendor}")])).await
    }

    /// A relay with these flags, and this token or client secret for the vendor.
    pub(crate) async fn with_secret(secret: &str, flags: impl IntoIterator<Item = String>) -> Self {
        let Cli { settings, .. } = Cli::try_parse_from(["akiba-relay".to_owned()].into_iter().chain(flags)).unwrap();
        Self::of(Self::state_with_secret(&settings, secret), &settings).await
    }

    /// The state of a relay without sessions.
    pub(crate) fn state(settings: &Settings) -> AppState {
        Self::state_with_secret(settings, TOKEN)
    }

    fn state_with_secret(settings: &Settings, secret: &str) -> AppState {
        let secrets = [TOKEN_VARIABLE, CLIENT_SECRET_VARIABLE];
        let access = Access::load(&settings.vendor, |name| secrets.contains(&name).then(|| secret.to_owned())).unwrap();
        AppState::new(&settings.http, &settings.limits, VendorClient::new(&settings.vendor, &access).unwrap())
    }

    /// A relay with this state.
    pub(crate) async fn of(state: AppState, settings: &Settings) -> Self {
        run_log::begin();
        let limits = ConnectionLimits::new(&settings.server, &settings.limits);
        let (listener, base) = listen().await;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            serve(listener, app(state), limits, async {
                let _ = stopped.await;
            })
            .await
        });
        // The relay closes idle connections after 10 s. A request on one at that moment would fail.
        let client = Client::builder().no_proxy().pool_idle_timeout(Duration::from_secs(5));
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base, client, stop: Some(stop), task: Task::of(task) }
    }

    /// The address without a scheme.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request of any kind.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A call as the widget makes it.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).header("content-type", "application/json").body(body.to_string())
    }

    /// A correct first call.
    pub(crate) fn link(&self) -> RequestBuilder {
        self.post("/v1/customer", &link_request())
    }

    /// A correct second call.
    pub(crate) fn verify(&self) -> RequestBuilder {
        self.post("/v1/customer/verify", &verify_request())
    }

    /// Asks it to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(&mut self) -> Drained {
        (&mut self.task.0).await.unwrap()
    }
}

/// A vendor that answers every call with a link, and a relay with these flags that calls it.
pub(crate) async fn with_link_vendor(flags: &[&str]) -> (Vendor, Relay) {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let relay = Relay::before(&vendor.base, flags).await;
    (vendor, relay)
}
