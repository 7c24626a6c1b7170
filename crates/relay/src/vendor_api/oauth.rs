//! OAuth2 access tokens by client credentials ([`OAuthClient`], [`TokenSource`]). All calls share one token. It is
//! renewed before its expiry, with one request at a time, however many calls wait for it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderValue, StatusCode};
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicTokenType};
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use url::Url;

use super::error::{NoToken, VendorError};
use super::profile::ClientCredentials;
use super::reply_body;
use crate::http_client::SharedClient;
use crate::http_client::call_client::CallClient;

/// Lifetime of a token whose answer has no `expires_in`, which RFC 6749 only recommends (section 5.1).
const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// Shortest lifetime that is used, so that an `expires_in` of 0 does not cause a token request for every call.
const MIN_LIFETIME: Duration = Duration::from_secs(1);

/// The share of its lifetime after which a token is renewed.
const RENEW_AFTER: f64 = 0.9;

/// Pause after a failed token request. Also the age below which a rejected token is not replaced.
const PAUSE: Duration = Duration::from_secs(1);

/// The OAuth2 client and the token endpoint.
#[derive(Clone)]
pub struct OAuthClient {
    /// The token endpoint.
    pub token_url: Url,
    /// Where the secret is sent in a token request.
    pub credentials: ClientCredentials,
    /// The client's id.
    pub id: String,
    /// Its secret at the start.
    pub secret: SecretString,
    /// The scope of the tokens, if the vendor requires one.
    pub scope: Option<String>,
    /// The audience of the tokens, if the vendor requires one.
    pub audience: Option<String>,
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient").field("token_url", &self.token_url.as_str()).finish_non_exhaustive()
    }
}

/// An access token, ready to send.
pub struct BearerToken {
    /// The value of the `Authorization` header.
    pub header: HeaderValue,
    requested_at: Instant,
    renew_at: Instant,
    expires_at: Instant,
}

/// Fetches and caches tokens. Clones share the cache.
#[derive(Clone)]
pub struct TokenSource(Arc<Shared>);

struct Shared {
    http: SharedClient,
    client: OAuthClient,
    secret: RwLock<SecretString>,
    limit: usize,
    timeout: Duration,
    token: RwLock<Option<Arc<BearerToken>>>,
    /// Locked during a token request. Holds the time and error of the last request if it failed.
    last_failure: Arc<Mutex<Option<(Instant, NoToken)>>>,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenSource").field(&self.0.client).finish()
    }
}

impl TokenSource {
    /// Creates a source without a token. `limit` is the largest answer that is read, in bytes.
    #[must_use]
    pub fn new(http: SharedClient, client: OAuthClient, limit: usize, timeout: Duration) -> Self {
        let secret = RwLock::new(client.secret.clone());
        Self(Arc::new(Shared {
            http,
            client,
            secret,
            limit,
            timeout,
            token: RwLock::default(),
            last_failure: Arc::default(),
        }))
    }

    /// Puts another client secret in force, for token requests that begin from now on. The present token stays.
    pub fn replace_secret(&self, secret: &SecretString) {
        *self.0.secret.write().unwrap_or_else(PoisonError::into_inner) = secret.clone();
    }

    /// Returns a token that has not expired. Shortly before the expiry it returns the old one and fetches a new one in
    /// the background.
    ///
    /// # Errors
    /// [`NoToken`].
    pub async fn token(&self) -> Result<Arc<BearerToken>, NoToken> {
        let now = Instant::now();
        if let Some(token) = self.0.cached().filter(|token| now < token.expires_at) {
            if now >= token.renew_at && Arc::clone(&self.0.last_failure).try_lock_owned().is_ok() {
                tokio::spawn(Arc::clone(&self.0).refresh());
            }
            return Ok(token);
        }
        // In a task of its own: if this caller hangs up, the other callers still get the token.
        let refreshed = tokio::spawn(Arc::clone(&self.0).refresh()).await;
        refreshed.unwrap_or_else(|_| Err(NoToken::fault("the task of the token request failed")))
    }

    /// Drops a token that the vendor has rejected. Returns `false` if the token is so new that another one would not
    /// help.
    pub fn forget(&self, rejected: &Arc<BearerToken>) -> bool {
        if rejected.requested_at.elapsed() < PAUSE {
            return false;
        }
        let mut cached = self.0.token.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may have stored a newer one already.
        if cached.as_ref().is_some_and(|cached| Arc::ptr_eq(cached, rejected)) {
            *cached = None;
        }
        true
    }
}

impl Shared {
    fn cached(&self) -> Option<Arc<BearerToken>> {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns a token that does not need renewal: one that another call has just fetched, or a new one.
    async fn refresh(self: Arc<Self>) -> Result<Arc<BearerToken>, NoToken> {
        let mut last_failure = self.last_failure.lock().await;
        if let Some(token) = self.cached().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token);
        }
        if let Some((at, error)) = &*last_failure
            && at.elapsed() < PAUSE
        {
            return Err(error.clone());
        }
        match self.request_token().await {
            Ok(token) => {
                let token = Arc::new(token);
                *self.token.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&token));
                *last_failure = None;
                Ok(token)
            }
            Err(error) => {
                tracing::warn!(%error, "could not get an access token");
                *last_failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    async fn request_token(&self) -> Result<BearerToken, NoToken> {
        let config = &self.client;
        let secret = self.secret.read().unwrap_or_else(PoisonError::into_inner).clone();
        let client = BasicClient::new(ClientId::new(config.id.clone()))
            .set_client_secret(ClientSecret::new(secret.expose_secret().trim().to_owned()))
            .set_token_uri(TokenUrl::from_url(config.token_url.clone()))
            .set_auth_type(match config.credentials {
                ClientCredentials::Header => AuthType::BasicAuth,
                ClientCredentials::Body => AuthType::RequestBody,
            });
        let mut request = client.exchange_client_credentials();
        if let Some(scope) = &config.scope {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if let Some(audience) = &config.audience {
            request = request.add_extra_param("audience", audience.clone());
        }
        let requested_at = Instant::now();
        let (http, longest, limit) = (self.http.get(), self.timeout, self.limit);
        let send = move |request| {
            let answer = send(http.clone(), request, limit);
            async move { timeout(longest, answer).await.map_err(|_| VendorError::Timeout)? }
        };
        let answer = request.request_async(&send).await.map_err(no_token)?;
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(NoToken::fault("the token's type is not Bearer"));
        }
        let header = format!("Bearer {}", answer.access_token().secret());
        let mut header =
            HeaderValue::from_str(&header).map_err(|_| NoToken::fault("the token is not a valid header value"))?;
        header.set_sensitive(true);
        let lifetime = answer.expires_in().unwrap_or(DEFAULT_LIFETIME).max(MIN_LIFETIME);
        // A lifetime too long for the clock is replaced by the default.
        let expires_at = requested_at.checked_add(lifetime).unwrap_or(requested_at + DEFAULT_LIFETIME);
        let renew_at = requested_at + (expires_at - requested_at).mul_f64(RENEW_AFTER);
        Ok(BearerToken { header, requested_at, renew_at, expires_at })
    }
}

/// Sends a token request with the same limits as all calls to the vendor: on size, time and redirects.
async fn send(http: CallClient, request: HttpRequest, limit: usize) -> Result<HttpResponse, VendorError> {
    let (mut parts, body) = request.into_parts();
    if let Some(value) = parts.headers.get_mut(AUTHORIZATION) {
        value.set_sensitive(true);
    }
    let response = http.post(parts.uri, parts.headers, body).await;
    let response = response.map_err(|error| VendorError::of_transport(&error))?;
    let status = response.status();
    if status.is_redirection() || status.is_server_error() {
        return Err(VendorError::Failed(status));
    }
    let mut answer = HttpResponse::new(Vec::new());
    *answer.status_mut() = status;
    *answer.headers_mut() = response.headers().clone();
    *answer.body_mut() = reply_body::read_body(response, limit).await?;
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return Err(VendorError::Denied(status));
    }
    Ok(answer)
}

type TokenFailure = RequestTokenError<VendorError, oauth2::basic::BasicErrorResponse>;

/// Converts the failure of a token request. Of the vendor's text it keeps only the error codes of the OAuth2 standard.
fn no_token(error: TokenFailure) -> NoToken {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let (denied, code) = match answer.error() {
                BasicErrorResponseType::InvalidClient => (true, "invalid_client"),
                BasicErrorResponseType::UnauthorizedClient => (true, "unauthorized_client"),
                BasicErrorResponseType::InvalidScope => (true, "invalid_scope"),
                BasicErrorResponseType::InvalidGrant => (true, "invalid_grant"),
                BasicErrorResponseType::UnsupportedGrantType => (true, "unsupported_grant_type"),
                BasicErrorResponseType::InvalidRequest => (true, "invalid_request"),
                BasicErrorResponseType::Extension(_) => (false, "an error code that is not in the OAuth2 standard"),
            };
            NoToken::new(denied, code)
        }
        RequestTokenError::Request(error) => NoToken::new(matches!(error, VendorError::Denied(_)), error.to_string()),
        RequestTokenError::Parse(..) => NoToken::fault("the answer is not a valid OAuth2 answer"),
        RequestTokenError::Other(_) => NoToken::fault("the answer is empty or not JSON"),
    }
}
