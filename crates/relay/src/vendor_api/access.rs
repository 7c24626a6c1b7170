//! Combines profile, settings and secrets into what a client of the vendor's API needs ([`Access`]).

use std::collections::BTreeMap;

use akiba_protocol::{MayBeMissing, is_loopback};
use http::uri::InvalidUri;
use http::{HeaderName, HeaderValue, Uri};
use secrecy::SecretString;

use super::endpoint::{ApiPath, VendorBase};
use super::mapping::{ReplyMap, RequestMap};
use super::oauth::OAuthClient;
use super::profile::{AuthProfile, CallProfile, Profile, ProfileError};
use super::settings::{CLIENT_SECRET_VARIABLE, VendorSettings};
use super::token::{TOKEN_VARIABLE, TokenError, TokenScheme, VendorToken};
use crate::secrets::SecretError;

/// The URLs, field names and credentials of the vendor's calls.
#[derive(Clone, Debug)]
pub struct Access {
    pub(super) link: Endpoint,
    pub(super) verify: Endpoint,
    pub(super) may_be_missing: MayBeMissing,
    pub(super) auth: AuthConfig,
}

/// The URL and field names of one call.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) url: Uri,
    pub(super) request: Option<RequestMap>,
    pub(super) reply: Option<ReplyMap>,
    /// The headers to send to a signed link, if it signs them.
    pub(super) headers: BTreeMap<String, String>,
}

/// The credentials: a fixed token in a header, or an OAuth2 client.
#[derive(Clone, Debug)]
pub(super) enum AuthConfig {
    Token { header: HeaderName, value: HeaderValue, scheme: Option<TokenScheme> },
    OAuth(OAuthClient),
}

/// Why the vendor's API can't be called.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The profile can't be loaded.
    #[error(transparent)]
    Profile(ProfileError),
    /// Neither the profile nor the settings have a base URL.
    #[error("the vendor's profile names no base URL: give --vendor-base")]
    NoBase,
    /// The URL of a call can't be used.
    #[error("the URL of a call can't be used: {0}")]
    Url(InvalidUri),
    /// There is no usable token.
    #[error(transparent)]
    Token(TokenError),
    /// The client's secret can't be read.
    #[error(transparent)]
    ClientSecret(SecretError),
    /// A setting that OAuth2 needs is missing. Holds its flag.
    #[error("the vendor's profile uses OAuth2: give {0}")]
    Missing(&'static str),
}

impl Access {
    /// Loads profile and secrets as the settings say. `variable` reads an environment variable.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn load(
        settings: &VendorSettings,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, AccessError> {
        let profile = Profile::load(&settings.vendor_profile).map_err(AccessError::Profile)?;
        let base = settings.vendor_base.clone().or(profile.base).ok_or(AccessError::NoBase)?;
        let endpoint = |call: CallProfile, path: &Option<ApiPath>| {
            let url = base.join(path.as_ref().unwrap_or(&call.path)).as_str().parse().map_err(AccessError::Url)?;
            Ok(Endpoint { url, request: call.request, reply: call.reply, headers: call.headers })
        };
        let auth = match profile.auth {
            AuthProfile::Token { header, scheme } => {
                let scheme = settings.token_scheme.as_ref().or(scheme.as_ref());
                let token = VendorToken::load(&settings.token_source(), variable(TOKEN_VARIABLE), scheme);
                let value = token.map_err(AccessError::Token)?.header_value();
                AuthConfig::Token {
                    header: settings.token_header.clone().unwrap_or(header),
                    value,
                    scheme: scheme.cloned(),
                }
            }
            AuthProfile::OAuth2 { token_path, credentials } => {
                let from_profile = || token_path.as_ref().map(|path| base.join(path));
                let from_settings = settings.vendor_token_url.as_ref().map(VendorBase::url);
                AuthConfig::OAuth(OAuthClient {
                    token_url: from_settings.or_else(from_profile).ok_or(AccessError::Missing("--vendor-token-url"))?,
                    credentials,
                    id: settings.vendor_client_id.clone().ok_or(AccessError::Missing("--vendor-client-id"))?,
                    secret: client_secret(settings, variable)?,
                    scope: settings.vendor_scope.clone(),
                    audience: settings.vendor_audience.clone(),
                })
            }
        };
        Ok(Self {
            link: endpoint(profile.link, &settings.vendor_link_path)?,
            verify: endpoint(profile.verify, &settings.vendor_verify_path)?,
            may_be_missing: if profile.fraud_may_be_missing { MayBeMissing::FraudWord } else { MayBeMissing::Nothing },
            auth,
        })
    }

    /// Returns whether the profile lets the vendor leave out the fraud word.
    #[must_use]
    pub fn fraud_may_be_missing(&self) -> bool {
        self.may_be_missing >= MayBeMissing::FraudWord
    }

    /// Returns whether every URL is `https`, so that the client can forbid plain HTTP.
    pub(super) fn is_https(&self) -> bool {
        let token = match &self.auth {
            AuthConfig::Token { .. } => None,
            AuthConfig::OAuth(OAuthClient { token_url, .. }) => Some((Some(token_url.scheme()), token_url.host_str())),
        };
        let calls = [&self.link.url, &self.verify.url].map(|url| (url.scheme_str(), url.host()));
        let mut urls = calls.into_iter().chain(token);
        !urls.any(|(scheme, host)| scheme == Some("http") && host.is_some_and(is_loopback))
    }
}

fn client_secret(
    settings: &VendorSettings,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<SecretString, AccessError> {
    let secret = settings.client_secret_source().load(variable(CLIENT_SECRET_VARIABLE));
    let missing = AccessError::Missing(
        "--vendor-client-secret-file or --vendor-client-secret-command, or set AKIBA_CLIENT_SECRET",
    );
    secret.map_err(AccessError::ClientSecret)?.ok_or(missing)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Access;
    use crate::Settings;

    fn load(flags: &[&str]) -> Result<Access, String> {
        let settings = Settings::try_parse_from(["akiba-relay"].iter().chain(flags)).unwrap();
        Access::load(&settings.vendor, |_| Some("s3cret".to_owned())).map_err(|error| error.to_string())
    }

    #[test]
    fn https_is_enforced_unless_a_url_is_plain_http_on_loopback() {
        let newer = ["--vendor-profile=newer", "--vendor-client-id=x"];
        let with = |flags: &[&str]| load(&[&newer, flags].concat()).unwrap().is_https();
        assert!(load(&[]).unwrap().is_https());
        assert!(!load(&["--vendor-base=http://127.0.0.1:1"]).unwrap().is_https());
        assert!(with(&["--vendor-base=https://api.example"]));
        assert!(!with(&["--vendor-base=https://api.example", "--vendor-token-url=http://127.0.0.1:1/token"]));
    }

    #[test]
    fn an_error_names_the_missing_setting_and_no_secret() {
        let missing = |flags: &[&str]| load(flags).unwrap_err();
        assert!(missing(&["--vendor-profile=newer"]).contains("--vendor-base"));
        let flags = ["--vendor-profile=newer", "--vendor-base=https://api.example"];
        assert!(missing(&flags).contains("--vendor-client-id"));
        assert!(!format!("{:?}", load(&[flags[0], flags[1], "--vendor-client-id=x"]).unwrap()).contains("s3cret"));
        assert!(!format!("{:?}", load(&[]).unwrap()).contains("s3cret"));
    }
}
