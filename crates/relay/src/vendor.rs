//! The client of the vendor's API ([`VendorClient`], [`VendorError`]). What the vendor sends is read as if it were
//! hostile: capped, timed, parsed into its type, and never followed elsewhere.
//!
//! - [`endpoint`]: where the vendor's calls are.
//! - [`token`]: what opens them.
//! - [`reply`]: the body of an answer.
//! - [`retry_after`]: the vendor's word on when to try again.

pub mod endpoint;
pub mod error;
pub mod reply;
pub mod retry_after;
pub mod token;

use std::fmt;

use akiba_protocol::{LinkReply, LinkRequest, SignedLink, VerifyReply, VerifyRequest};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::{Client, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

pub use self::error::{ReplyFault, VendorError, Work};
use self::token::VendorToken;
use crate::metrics::metrics;
use crate::settings::Settings;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The vendor's two calls. A clone shares the connections.
#[derive(Clone)]
pub struct VendorClient {
    client: Client,
    link_url: Url,
    verify_url: Url,
    max_reply_bytes: usize,
}

impl VendorClient {
    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`reqwest::Error`] when the machine's certificates can't be read.
    pub fn new(settings: &Settings, token: &VendorToken) -> Result<Self, reqwest::Error> {
        // Two providers in one process are a panic in rustls unless one is named. Where the process has named one
        // before, that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(settings.token_header.clone(), token.header_value());
        let client = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("akiba-relay/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .https_only(settings.vendor_base.is_https())
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.vendor_timeout)
            .build()?;
        Ok(Self {
            client,
            link_url: settings.vendor_base.join(&settings.vendor_link_path),
            verify_url: settings.vendor_base.join(&settings.vendor_verify_path),
            max_reply_bytes: settings.max_reply_bytes.get(),
        })
    }

    /// Asks for a signed link.
    ///
    /// # Errors
    /// [`VendorError`], also when the link in the answer is none that a photo may be sent to.
    pub async fn link(&self, request: &LinkRequest) -> Result<LinkReply, VendorError> {
        let call = async {
            let reply: LinkReply = self.call(&self.link_url, request).await?;
            SignedLink::parse(&reply.signed_link).map_err(|error| VendorError::Reply(ReplyFault::Link(error)))?;
            Ok(reply)
        };
        metrics().vendor_call("link", call).await
    }

    /// Asks for the verdict.
    ///
    /// # Errors
    /// [`VendorError`].
    pub async fn verify(&self, request: &VerifyRequest) -> Result<VerifyReply, VendorError> {
        metrics().vendor_call("verify", self.call(&self.verify_url, request)).await
    }

    async fn call<Q: Serialize, R: DeserializeOwned>(&self, url: &Url, request: &Q) -> Result<R, VendorError> {
        let body = serde_json::to_vec(request).map_err(|_| VendorError::Request)?;
        let response = self.client.post(url.clone()).body(body).send().await.map_err(VendorError::of_transport)?;
        accept(&response)?;
        reply::read(response, self.max_reply_bytes).await
    }
}

impl fmt::Debug for VendorClient {
    /// Leaves the client out: its default headers hold the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorClient").field("link_url", &self.link_url.as_str()).finish_non_exhaustive()
    }
}

/// Lets an answer pass whose status promises a reply.
fn accept(response: &Response) -> Result<(), VendorError> {
    match response.status() {
        StatusCode::OK | StatusCode::CREATED => Ok(()),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(VendorError::Denied(status)),
        StatusCode::NOT_FOUND => Err(VendorError::UnknownCustomer),
        StatusCode::TOO_MANY_REQUESTS => Err(VendorError::Busy(retry_after::seconds(response.headers()))),
        StatusCode::SERVICE_UNAVAILABLE if retry_after::seconds(response.headers()).is_some() => Err(VendorError::Away),
        status if status.is_client_error() => Err(VendorError::Refused(status)),
        status if status.is_server_error() => Err(VendorError::Failed(status)),
        status => Err(VendorError::Reply(ReplyFault::Status(status))),
    }
}
