//! The client of the vendor's API ([`VendorClient`], [`VendorError`]). It treats the vendor's answers as untrusted
//! input: it limits their size and time, parses them into their types, and follows no redirect.
//!
//! - [`profile`]: describes a version of the API; [`mapping`]: the names of its fields.
//! - [`access`]: combines profile, settings and secrets.
//! - [`endpoint`]: the base URL and paths of the API.
//! - [`token`]: a fixed API token; [`oauth`]: access tokens fetched by OAuth2.
//! - [`reply_body`]: reads the body of an answer, and rejects JSON with duplicate keys.
//! - [`breaker`]: stops asking a vendor that fails for links.
//! - [`settings`]: the operator's settings.
//! - [`retry_after`]: reads the `Retry-After` header.

pub mod access;
pub mod breaker;
pub mod endpoint;
pub mod error;
pub mod mapping;
pub mod oauth;
pub mod profile;
pub mod reply_body;
pub mod retry_after;
pub mod settings;
pub mod token;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use akiba_protocol::{LinkReply, LinkRequest, MayBeMissing, Reason, SignedLink, Verdict, VerifyRequest};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::Incoming;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use self::access::{Access, AuthConfig, Endpoint};
use self::breaker::{Breaker, BreakerState, LinkPass, SILENCE};
pub use self::error::{NoToken, ReplyFault, VendorError, Work};
use self::oauth::{BearerToken, TokenSource};
use self::settings::VendorSettings;
use self::token::{TokenError, TokenScheme, VendorToken};
use crate::http_client::call_client::{CallClient, CallSettings};
use crate::http_client::{ClientError, SharedClient};
use crate::telemetry::metrics::metrics;

/// Room for the headers of a call, including the client's own.
const MOST_HEADERS: usize = 8;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Makes the two calls to the vendor. Clones share the connections.
#[derive(Clone)]
pub struct VendorClient(Arc<Shared>);

struct Shared {
    client: SharedClient,
    https_only: bool,
    link: Endpoint,
    verify: Endpoint,
    may_be_missing: MayBeMissing,
    authenticator: Authenticator,
    breaker: Arc<Breaker>,
    timeout: Duration,
    max_reply_bytes: usize,
}

/// Authenticates all calls: with a fixed token, or with OAuth2 access tokens.
enum Authenticator {
    Token { header: HeaderName, scheme: Option<TokenScheme>, value: RwLock<HeaderValue> },
    OAuth(TokenSource),
}

/// How long an idle connection to the vendor is kept. If the server closed it at the moment of the next call, nobody
/// could know whether the server had read the call, and the verdict would count as lost. So the time is shorter than
/// the idle timeouts of common servers: Node.js 5 s, nginx 75 s, AWS load balancers 60 s.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// The authentication of one call.
enum AuthHeader {
    Token(HeaderName, HeaderValue),
    Bearer(Arc<BearerToken>),
}

impl VendorClient {
    /// Builds the client without sending anything yet.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new(settings: &VendorSettings, access: &Access) -> Result<Self, ClientError> {
        let client = SharedClient::new(build_client(settings, access.is_https())?);
        let max_reply_bytes = settings.max_reply_bytes.get();
        let authenticator = match access.auth.clone() {
            AuthConfig::Token { header, value, scheme } => {
                Authenticator::Token { header, scheme, value: RwLock::new(value) }
            }
            AuthConfig::OAuth(oauth) => {
                Authenticator::OAuth(TokenSource::new(client.clone(), oauth, max_reply_bytes, settings.vendor_timeout))
            }
        };
        Ok(Self(Arc::new(Shared {
            client,
            https_only: access.is_https(),
            link: access.link.clone(),
            verify: access.verify.clone(),
            may_be_missing: access.may_be_missing,
            authenticator,
            breaker: Arc::new(Breaker::new(settings.breaker_failures, settings.breaker_pause)),
            timeout: settings.vendor_timeout,
            max_reply_bytes,
        })))
    }

    /// Puts another token in force, for calls that begin from now on. Does nothing with OAuth2, which has no fixed token.
    ///
    /// # Errors
    /// [`TokenError`]; the old token then stays.
    pub fn replace_token(&self, token: &SecretString) -> Result<(), TokenError> {
        if let Authenticator::Token { scheme, value, .. } = &self.0.authenticator {
            let token = VendorToken::new(token, scheme.as_ref())?;
            *value.write().unwrap_or_else(PoisonError::into_inner) = token.header_value();
        }
        Ok(())
    }

    /// Puts another OAuth2 client secret in force, for token requests that begin from now on. Does nothing with a fixed
    /// token.
    pub fn replace_client_secret(&self, secret: &SecretString) {
        if let Authenticator::OAuth(source) = &self.0.authenticator {
            source.replace_secret(secret);
        }
    }

    /// Loads the client certificate, its key and the certificate authorities again, for connections that begin from now
    /// on.
    ///
    /// # Errors
    /// [`ClientError`]; the old ones then stay.
    pub fn load_certificates(&self, settings: &VendorSettings) -> Result<(), ClientError> {
        build_client(settings, self.0.https_only).map(|client| self.0.client.replace(client))
    }

    /// Returns how long a whole call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// Returns the state of the circuit breaker.
    #[must_use]
    pub fn breaker_state(&self) -> BreakerState {
        self.0.breaker.state()
    }

    /// Asks the circuit breaker for permission to request a link.
    ///
    /// # Errors
    /// [`VendorError::Suspended`].
    pub fn link_pass(&self) -> Result<LinkPass, VendorError> {
        self.0.breaker.pass().map_err(|seconds| {
            metrics().limited("breaker");
            VendorError::Suspended(seconds)
        })
    }

    /// Requests a signed link. `consent` is true if the person's consent is known. `asked` becomes true before the vendor
    /// may get the request; a caller that drops the future can tell by it whether the vendor may have issued a link.
    ///
    /// # Errors
    /// [`VendorError`], also when the signed link in the answer is not a URL to which a photo may be sent.
    pub async fn link(
        &self,
        pass: LinkPass,
        request: &LinkRequest,
        consent: bool,
        asked: &AtomicBool,
    ) -> Result<LinkReply, VendorError> {
        let call = async {
            let endpoint = &self.0.link;
            let mut reply: LinkReply = reply_body::read(self.0.call(endpoint, request, consent, asked).await?)?;
            let link = SignedLink::parse(&reply.signed_link);
            let link = link.map_err(|error| VendorError::Reply(ReplyFault::Link(error)))?;
            // The page needs no other headers, and the link's signature covers no other.
            reply.headers.retain(|name, value| value.is_string() && link.signs(&name.to_ascii_lowercase()));
            // After that, so that a header of the answer without a text does not hide the profile's.
            for (name, value) in endpoint.headers.iter().filter(|(name, _)| link.signs(&name.to_ascii_lowercase())) {
                if !reply.headers.keys().any(|known| known.eq_ignore_ascii_case(name)) {
                    reply.headers.insert(name.clone(), value.as_str().into());
                }
            }
            Ok(reply)
        };
        let pass = pass.waiting();
        let reply = metrics().vendor_call("link", SILENCE, call).await;
        pass.ended(reply.as_ref().is_err_and(VendorError::is_outage));
        reply
    }

    /// Requests the verdict, and judges it as the profile says. `consent` is true if the person's consent is known.
    ///
    /// # Errors
    /// [`VendorError`].
    pub async fn verify(&self, request: &VerifyRequest, consent: bool) -> Result<Verdict, VendorError> {
        let call = async {
            let reply = self.0.call(&self.0.verify, request, consent, &AtomicBool::default()).await?;
            Verdict::of(&reply, self.0.may_be_missing).map_err(reply_body::json_fault)
        };
        let verdict = metrics().vendor_call("verify", SILENCE, call).await;
        self.0.breaker.verdict_ended(verdict.as_ref().is_err_and(VendorError::is_outage));
        let verdict = verdict?;
        if verdict.reason == Some(Reason::Unclear) {
            // If the vendor's API has changed, nobody is verified any more. The operator must learn that.
            tracing::warn!(
                "the vendor's answer is a success, but its fraud word is missing or unknown: check the profile"
            );
        }
        Ok(verdict)
    }
}

impl Shared {
    /// Makes a call. If the vendor rejects the access token before its expiry, the call is retried once with a new
    /// token. That is safe, because the vendor did no work for the rejected call.
    async fn call<Q: Serialize>(
        &self,
        endpoint: &Endpoint,
        request: &Q,
        consent: bool,
        asked: &AtomicBool,
    ) -> Result<Value, VendorError> {
        let ours = || serde_json::to_value(request).map_err(|_| VendorError::Request);
        let body = match &endpoint.request {
            None => serde_json::to_vec(request),
            Some(map) => serde_json::to_vec(&map.apply(&ours()?, consent).map_err(|_| VendorError::UnmappedValue)?),
        };
        let body = body.map_err(|_| VendorError::Request)?;
        let started = Instant::now();
        // Fetching a token may take half of the time, so that the call itself has the other half. A call sent at the
        // last moment would time out, count as lost, and might be billed.
        let (deadline, token_deadline) = (started + self.timeout, started + self.timeout / 2);
        let auth = self.auth_header(token_deadline).await?;
        asked.store(true, Ordering::Relaxed);
        let answer = async {
            let mut response = self.send(endpoint, &auth, body.clone()).await?;
            if response.status() == StatusCode::UNAUTHORIZED
                && let (Authenticator::OAuth(source), AuthHeader::Bearer(rejected)) = (&self.authenticator, &auth)
                && source.forget(rejected)
            {
                let auth = self.auth_header(token_deadline).await?;
                response = self.send(endpoint, &auth, body).await?;
            }
            check_status(&response)?;
            reply_body::read_body(response, self.max_reply_bytes).await
        };
        let answer = timeout_at(deadline, answer).await.map_err(|_| VendorError::Timeout)??;
        let reply = reply_body::parse(&answer)?;
        match &endpoint.reply {
            None => Ok(reply),
            Some(map) => Ok(map.apply(&reply, &ours()?)),
        }
    }

    async fn auth_header(&self, deadline: Instant) -> Result<AuthHeader, VendorError> {
        match &self.authenticator {
            Authenticator::Token { header, value, .. } => {
                let value = value.read().unwrap_or_else(PoisonError::into_inner).clone();
                Ok(AuthHeader::Token(header.clone(), value))
            }
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
    ) -> Result<Response<Incoming>, VendorError> {
        let (header, value) = match auth {
            AuthHeader::Token(header, value) => (header.clone(), value.clone()),
            AuthHeader::Bearer(token) => (AUTHORIZATION, token.header.clone()),
        };
        let mut headers = HeaderMap::with_capacity(MOST_HEADERS);
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        headers.append(header, value);
        let response = self.client.get().post(endpoint.url.clone(), headers, body).await;
        response.map_err(|error| VendorError::of_transport(&error))
    }
}

impl fmt::Debug for VendorClient {
    /// Omits the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorClient").field("link_url", &self.0.link.url).finish_non_exhaustive()
    }
}

fn build_client(settings: &VendorSettings, https_only: bool) -> Result<CallClient, ClientError> {
    let times = CallSettings { https_only, connect_timeout: settings.connect_timeout, idle_timeout: IDLE_TIMEOUT };
    CallClient::build("the vendor", &settings.route(), times)
}

/// Fails if the status of an answer is not a success.
fn check_status(response: &Response<Incoming>) -> Result<(), VendorError> {
    match response.status() {
        StatusCode::OK | StatusCode::CREATED => Ok(()),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(VendorError::Denied(status)),
        StatusCode::NOT_FOUND => Err(VendorError::UnknownCustomer),
        StatusCode::REQUEST_TIMEOUT => Err(VendorError::GatewayTimeout),
        StatusCode::TOO_MANY_REQUESTS => Err(VendorError::RateLimited(retry_after::seconds(response.headers()))),
        StatusCode::SERVICE_UNAVAILABLE if retry_after::seconds(response.headers()).is_some() => {
            Err(VendorError::NotAccepting)
        }
        status if status.is_client_error() => Err(VendorError::Refused(status)),
        status if status.is_server_error() => Err(VendorError::Failed(status)),
        status => Err(VendorError::Reply(ReplyFault::Status(status))),
    }
}
