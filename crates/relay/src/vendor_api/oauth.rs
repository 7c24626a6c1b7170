//! Tokens of OAuth2 by client credentials ([`OAuthClient`], [`TokenSource`]): one for all calls, renewed before its end, by
//! one request at a time, however many wait for it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderValue, StatusCode};
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicTokenType};
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::error::{NoToken, VendorError};
use super::profile::ClientCredentials;
use super::reply;

/// Life of a token where the vendor does not say; it should (RFC 6749, section 5.1).
const DEFAULT_LIFE: Duration = Duration::from_secs(300);

/// Shortest life that is believed, so that a vendor who says 0 is not asked for a token with every call.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// Part of its life after which a token is renewed.
const RENEWED_AFTER: f64 = 0.9;

/// Pause after a request for a token that failed, and age from which a token may have been revoked.
const PAUSE: Duration = Duration::from_secs(1);

/// Who asks for tokens, and where.
#[derive(Clone)]
pub struct OAuthClient {
    /// The token endpoint.
    pub token_url: Url,
    /// Where the secret stands in the request.
    pub credentials: ClientCredentials,
    /// The client's id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
    /// What the tokens are to open, if the vendor wants it said.
    pub scope: Option<String>,
    /// For whom they are, likewise.
    pub audience: Option<String>,
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient").field("token_url", &self.token_url.as_str()).finish_non_exhaustive()
    }
}

/// A token that can be sent.
pub struct BearerToken {
    /// What `Authorization` says.
    pub header: HeaderValue,
    asked_at: Instant,
    renew_at: Instant,
    ends_at: Instant,
}

/// Where tokens come from; a clone shares them.
#[derive(Clone)]
pub struct TokenSource(Arc<Shared>);

struct Shared {
    http: Client,
    client: OAuthClient,
    limit: usize,
    timeout: Duration,
    token: RwLock<Option<Arc<BearerToken>>>,
    /// Held by who asks the vendor; in it, how the last request failed, if it did.
    turn: Arc<Mutex<Option<(Instant, NoToken)>>>,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenSource").field(&self.0.client).finish()
    }
}

impl TokenSource {
    /// A source that has none yet. `limit` is the largest answer that is read, in bytes.
    #[must_use]
    pub fn new(http: Client, client: OAuthClient, limit: usize, timeout: Duration) -> Self {
        Self(Arc::new(Shared { http, client, limit, timeout, token: RwLock::default(), turn: Arc::default() }))
    }

    /// A token that has not ended. One that is near its end is used on while another is fetched.
    ///
    /// # Errors
    /// [`NoToken`].
    pub async fn token(&self) -> Result<Arc<BearerToken>, NoToken> {
        let now = Instant::now();
        if let Some(token) = self.0.held().filter(|token| now < token.ends_at) {
            if now >= token.renew_at && Arc::clone(&self.0.turn).try_lock_owned().is_ok() {
                tokio::spawn(Arc::clone(&self.0).fetched());
            }
            return Ok(token);
        }
        // In a task of its own: a caller that goes away must not cut what others wait for.
        let fetched = tokio::spawn(Arc::clone(&self.0).fetched()).await;
        fetched.unwrap_or_else(|_| Err(NoToken::fault("the task has ended")))
    }

    /// Forgets a token that the vendor has refused. `false` where it is so new that another one would fare no better.
    pub fn forget(&self, refused: &Arc<BearerToken>) -> bool {
        if refused.asked_at.elapsed() < PAUSE {
            return false;
        }
        let mut held = self.0.token.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may have put a newer one there.
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, refused)) {
            *held = None;
        }
        true
    }
}

impl Shared {
    fn held(&self) -> Option<Arc<BearerToken>> {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A token that need not be renewed: the one that another has fetched meanwhile, or a new one.
    async fn fetched(self: Arc<Self>) -> Result<Arc<BearerToken>, NoToken> {
        let mut failed = self.turn.lock().await;
        if let Some(token) = self.held().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token);
        }
        if let Some((at, error)) = &*failed
            && at.elapsed() < PAUSE
        {
            return Err(error.clone());
        }
        match self.ask().await {
            Ok(token) => {
                let token = Arc::new(token);
                *self.token.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&token));
                *failed = None;
                Ok(token)
            }
            Err(error) => {
                tracing::warn!(%error, "token");
                *failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    async fn ask(&self) -> Result<BearerToken, NoToken> {
        let own = &self.client;
        let client = BasicClient::new(ClientId::new(own.id.clone()))
            .set_client_secret(ClientSecret::new(own.secret.expose_secret().trim().to_owned()))
            .set_token_uri(TokenUrl::from_url(own.token_url.clone()))
            .set_auth_type(match own.credentials {
                ClientCredentials::Header => AuthType::BasicAuth,
                ClientCredentials::Body => AuthType::RequestBody,
            });
        let mut request = client.exchange_client_credentials();
        if let Some(scope) = &own.scope {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if let Some(audience) = &own.audience {
            request = request.add_extra_param("audience", audience.clone());
        }
        let asked_at = Instant::now();
        let (http, timeout, limit) = (self.http.clone(), self.timeout, self.limit);
        let send = move |request| send(http.clone(), request, timeout, limit);
        let answer = request.request_async(&send).await.map_err(no_token)?;
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(NoToken::fault("its type is not Bearer"));
        }
        let header = format!("Bearer {}", answer.access_token().secret());
        let mut header = HeaderValue::from_str(&header).map_err(|_| NoToken::fault("no header can carry it"))?;
        header.set_sensitive(true);
        let life = answer.expires_in().unwrap_or(DEFAULT_LIFE).max(SHORTEST_LIFE);
        // A life that no clock can count to is as good as none.
        let ends_at = asked_at.checked_add(life).unwrap_or(asked_at + DEFAULT_LIFE);
        let renew_at = asked_at + (ends_at - asked_at).mul_f64(RENEWED_AFTER);
        Ok(BearerToken { header, asked_at, renew_at, ends_at })
    }
}

/// Sends a request for a token as all calls to the vendor are sent: capped, timed, and not followed elsewhere.
async fn send(
    http: Client,
    request: HttpRequest,
    timeout: Duration,
    limit: usize,
) -> Result<HttpResponse, VendorError> {
    let (mut parts, body) = request.into_parts();
    if let Some(value) = parts.headers.get_mut(AUTHORIZATION) {
        value.set_sensitive(true);
    }
    let request = http.post(parts.uri.to_string()).headers(parts.headers).body(body).timeout(timeout);
    let response = request.send().await.map_err(VendorError::of_transport)?;
    let status = response.status();
    if status.is_redirection() || status.is_server_error() {
        return Err(VendorError::Failed(status));
    }
    let mut answer = HttpResponse::new(Vec::new());
    *answer.status_mut() = status;
    *answer.headers_mut() = response.headers().clone();
    *answer.body_mut() = reply::read_body(response, limit).await?;
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return Err(VendorError::Denied(status));
    }
    Ok(answer)
}

type TokenFailure = RequestTokenError<VendorError, oauth2::basic::BasicErrorResponse>;

/// What the vendor says about it is left out, but for the standard's own words.
fn no_token(error: TokenFailure) -> NoToken {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let (denied, word) = match answer.error() {
                BasicErrorResponseType::InvalidClient => (true, "invalid_client"),
                BasicErrorResponseType::UnauthorizedClient => (true, "unauthorized_client"),
                BasicErrorResponseType::InvalidScope => (true, "invalid_scope"),
                BasicErrorResponseType::InvalidGrant => (true, "invalid_grant"),
                BasicErrorResponseType::UnsupportedGrantType => (true, "unsupported_grant_type"),
                BasicErrorResponseType::InvalidRequest => (true, "invalid_request"),
                BasicErrorResponseType::Extension(_) => (false, "an error of the vendor's own"),
            };
            NoToken::new(denied, word)
        }
        RequestTokenError::Request(error) => NoToken::new(matches!(error, VendorError::Denied(_)), error.to_string()),
        RequestTokenError::Parse(..) => NoToken::fault("the answer is none of OAuth2"),
        RequestTokenError::Other(_) => NoToken::fault("the answer is empty or no JSON"),
    }
}
