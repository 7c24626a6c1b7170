//! The client of the vendor's API ([`VendorClient`], [`VendorError`]). What the vendor sends is read as if it were
//! hostile: capped, timed, parsed into its type, and never followed elsewhere.
//!
//! - [`profile`]: which generation of the API is spoken; [`mapping`]: what its fields are called.
//! - [`access`]: what profile, settings and secrets come to.
//! - [`endpoint`]: where the vendor's calls are.
//! - [`token`]: a token that opens them; [`oauth`]: tokens that are fetched for it.
//! - [`reply`]: the body of an answer; [`unique`]: JSON that says nothing twice.
//! - [`settings`]: what the operator sets of it.
//! - [`retry_after`]: the vendor's word on when to try again.

pub mod access;
pub mod endpoint;
pub mod error;
pub mod mapping;
pub mod oauth;
pub mod profile;
pub mod reply;
pub mod retry_after;
pub mod settings;
pub mod token;
pub mod unique;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use akiba_protocol::{LinkReply, LinkRequest, SignedLink, VerifyReply, VerifyRequest};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use reqwest::{Client, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use self::access::{Access, AuthConfig, Endpoint};
pub use self::error::{NoToken, ReplyFault, VendorError, Work};
use self::oauth::{BearerToken, TokenSource};
use self::settings::VendorSettings;
use self::unique::UniqueKeys;
use crate::http_client::{self, ClientError};
use crate::telemetry::metrics::metrics;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The vendor's two calls. A clone shares the connections.
#[derive(Clone)]
pub struct VendorClient(Arc<Shared>);

struct Shared {
    client: Client,
    link: Endpoint,
    verify: Endpoint,
    authenticator: Authenticator,
    timeout: Duration,
    max_reply_bytes: usize,
}

/// What opens the calls.
enum Authenticator {
    Token(HeaderName, HeaderValue),
    OAuth(TokenSource),
}

/// How long a connection to the vendor is kept for the next call. A server that closes an idle one at the moment at which
/// it is used again leaves open whether it has read the call, and a verdict would count as lost. So this is shorter than what
/// servers wait: Node.js 5 s, nginx 75 s, AWS load balancers 60 s.
const IDLE: Duration = Duration::from_secs(4);

/// What opens one call.
enum AuthHeader {
    Token(HeaderName, HeaderValue),
    Bearer(Arc<BearerToken>),
}

impl VendorClient {
    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new(settings: &VendorSettings, access: &Access) -> Result<Self, ClientError> {
        let client = http_client::build("the vendor", |client| {
            client.https_only(access.is_https()).connect_timeout(settings.connect_timeout).pool_idle_timeout(IDLE)
        })?;
        let max_reply_bytes = settings.max_reply_bytes.get();
        let authenticator = match access.auth.clone() {
            AuthConfig::Token { header, value } => Authenticator::Token(header, value),
            AuthConfig::OAuth(own) => {
                Authenticator::OAuth(TokenSource::new(client.clone(), own, max_reply_bytes, settings.vendor_timeout))
            }
        };
        let (link, verify) = (access.link.clone(), access.verify.clone());
        let timeout = settings.vendor_timeout;
        Ok(Self(Arc::new(Shared { client, link, verify, authenticator, timeout, max_reply_bytes })))
    }

    /// Returns how long a whole call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// Asks for a signed link. `consent` is whether the person's consent is known.
    ///
    /// # Errors
    /// [`VendorError`], also when the link in the answer is none that a photo may be sent to.
    pub async fn link(&self, request: &LinkRequest, consent: bool) -> Result<LinkReply, VendorError> {
        let call = async {
            let reply: LinkReply = self.0.call(&self.0.link, request, consent).await?;
            SignedLink::parse(&reply.signed_link).map_err(|error| VendorError::Reply(ReplyFault::Link(error)))?;
            Ok(reply)
        };
        metrics().vendor_call("link", call).await
    }

    /// Asks for the verdict, likewise.
    ///
    /// # Errors
    /// [`VendorError`].
    pub async fn verify(&self, request: &VerifyRequest, consent: bool) -> Result<VerifyReply, VendorError> {
        metrics().vendor_call("verify", self.0.call(&self.0.verify, request, consent)).await
    }
}

impl Shared {
    /// Makes a call. One that the vendor refuses because its token has ended before its time is made once more: nothing was
    /// done for it.
    async fn call<Q: Serialize, R: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        request: &Q,
        consent: bool,
    ) -> Result<R, VendorError> {
        let ours = || serde_json::to_value(request).map_err(|_| VendorError::Request);
        let body = match &endpoint.request {
            None => serde_json::to_vec(request),
            Some(map) => serde_json::to_vec(&map.apply(&ours()?, consent).map_err(|_| VendorError::UnmappedValue)?),
        };
        let body = body.map_err(|_| VendorError::Request)?;
        let started = Instant::now();
        // Half of the time is the call's own. One that is sent at the last moment counts as lost, and may be billed.
        let (deadline, for_token) = (started + self.timeout, started + self.timeout / 2);
        let auth = self.auth_header(for_token).await?;
        let mut response = self.send(endpoint, &auth, body.clone(), deadline).await?;
        if response.status() == StatusCode::UNAUTHORIZED
            && let (Authenticator::OAuth(source), AuthHeader::Bearer(refused)) = (&self.authenticator, &auth)
            && source.forget(refused)
        {
            let auth = self.auth_header(for_token).await?;
            response = self.send(endpoint, &auth, body, deadline).await?;
        }
        accept(&response)?;
        let body = reply::read_body(response, self.max_reply_bytes).await?;
        match &endpoint.reply {
            None => reply::parse(&body),
            Some(map) => reply::from_value(map.apply(&reply::parse::<UniqueKeys>(&body)?.0, &ours()?)),
        }
    }

    async fn auth_header(&self, deadline: Instant) -> Result<AuthHeader, VendorError> {
        match &self.authenticator {
            Authenticator::Token(header, value) => Ok(AuthHeader::Token(header.clone(), value.clone())),
            Authenticator::OAuth(source) => {
                let token = timeout_at(deadline, source.token()).await.map_err(|_| NoToken::too_slow());
                token.and_then(|token| token).map(AuthHeader::Bearer).map_err(VendorError::NoToken)
            }
        }
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        auth: &AuthHeader,
        body: Vec<u8>,
        deadline: Instant,
    ) -> Result<Response, VendorError> {
        let (header, value) = match auth {
            AuthHeader::Token(header, value) => (header.clone(), value.clone()),
            AuthHeader::Bearer(token) => (AUTHORIZATION, token.header.clone()),
        };
        let request = self.client.post(endpoint.url.clone()).header(ACCEPT, JSON).header(CONTENT_TYPE, JSON);
        let request = request.header(header, value).timeout(deadline.saturating_duration_since(Instant::now()));
        request.body(body).send().await.map_err(VendorError::of_transport)
    }
}

impl fmt::Debug for VendorClient {
    /// Leaves out what opens the calls.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorClient").field("link_url", &self.0.link.url.as_str()).finish_non_exhaustive()
    }
}

/// Lets an answer pass whose status promises a reply.
fn accept(response: &Response) -> Result<(), VendorError> {
    match response.status() {
        StatusCode::OK | StatusCode::CREATED => Ok(()),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(VendorError::Denied(status)),
        StatusCode::NOT_FOUND => Err(VendorError::UnknownCustomer),
        StatusCode::TOO_MANY_REQUESTS => Err(VendorError::RateLimited(retry_after::seconds(response.headers()))),
        StatusCode::SERVICE_UNAVAILABLE if retry_after::seconds(response.headers()).is_some() => {
            Err(VendorError::NotAccepting)
        }
        status if status.is_client_error() => Err(VendorError::Refused(status)),
        status if status.is_server_error() => Err(VendorError::Failed(status)),
        status => Err(VendorError::Reply(ReplyFault::Status(status))),
    }
}
