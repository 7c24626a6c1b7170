//! The settings of the vendor's API ([`VendorSettings`]). The API token and the OAuth2 client secret are not settings:
//! they come from files or the environment.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use http::HeaderName;

use super::access::CLIENT_SECRET_VARIABLE;
use super::endpoint::{ApiPath, VendorBase};
use super::profile::ProfileName;
use super::token::{self, TOKEN_VARIABLE, TokenScheme};
use crate::clock::duration;
use crate::http_client::route::{PemFile, ProxyUrl, Route};
use crate::secrets::SecretSource;
use crate::secrets::command::SecretCommand;

/// Settings of the vendor's API.
#[derive(Clone, Debug, Args)]
pub struct VendorSettings {
    /// Version of the vendor's API: published, newer (a template), or a file that describes another one
    #[arg(long, env = "AKIBA_RELAY_VENDOR_PROFILE", value_name = "PROFILE", default_value = "published")]
    pub vendor_profile: ProfileName,

    /// Base URL of the vendor's API, https except on loopback; default from the profile (api.akibadigital.com)
    #[arg(long, env = "AKIBA_RELAY_VENDOR_BASE", value_name = "URL")]
    pub vendor_base: Option<VendorBase>,

    /// Path of the call for a signed link; default from the profile (/v1/customer)
    #[arg(long, env = "AKIBA_RELAY_VENDOR_LINK_PATH", value_name = "PATH")]
    pub vendor_link_path: Option<ApiPath>,

    /// Path of the call for a verdict; default from the profile (/v1/customer/verify)
    #[arg(long, env = "AKIBA_RELAY_VENDOR_VERIFY_PATH", value_name = "PATH")]
    pub vendor_verify_path: Option<ApiPath>,

    /// File with the vendor's token; if not set, the token comes from AKIBA_TOKEN
    #[arg(long, env = "AKIBA_RELAY_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Command that prints the vendor's token, without a shell; it gets the --token-file, if that is given, on standard
    /// input
    #[arg(long, env = "AKIBA_RELAY_TOKEN_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub token_command: Option<SecretCommand>,

    /// Header that carries the token; default from the profile (Token)
    #[arg(long, env = "AKIBA_RELAY_TOKEN_HEADER", value_name = "NAME", value_parser = token::header_name)]
    pub token_header: Option<HeaderName>,

    /// Word before the token in its header, such as Bearer; default from the profile (no word)
    #[arg(long, env = "AKIBA_RELAY_TOKEN_SCHEME", value_name = "WORD")]
    pub token_scheme: Option<TokenScheme>,

    /// OAuth2: URL of the token endpoint; default is the profile's path below the base URL
    #[arg(long, env = "AKIBA_RELAY_VENDOR_TOKEN_URL", value_name = "URL")]
    pub vendor_token_url: Option<VendorBase>,

    /// OAuth2: client id
    #[arg(long, env = "AKIBA_RELAY_VENDOR_CLIENT_ID", value_name = "ID")]
    pub vendor_client_id: Option<String>,

    /// OAuth2: file with the client secret; if not set, the secret comes from AKIBA_CLIENT_SECRET
    #[arg(long, env = "AKIBA_RELAY_VENDOR_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub vendor_client_secret_file: Option<PathBuf>,

    /// OAuth2: command that prints the client secret; see --token-command
    #[arg(long, env = "AKIBA_RELAY_VENDOR_CLIENT_SECRET_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub vendor_client_secret_command: Option<SecretCommand>,

    /// OAuth2: scope of the tokens, if the vendor requires one
    #[arg(long, env = "AKIBA_RELAY_VENDOR_SCOPE", value_name = "SCOPE")]
    pub vendor_scope: Option<String>,

    /// OAuth2: audience of the tokens, if the vendor requires one
    #[arg(long, env = "AKIBA_RELAY_VENDOR_AUDIENCE", value_name = "AUDIENCE")]
    pub vendor_audience: Option<String>,

    /// Proxy for the calls to the vendor, scheme://host:port with scheme http or https; not for a vendor on loopback
    #[arg(long, env = "AKIBA_RELAY_VENDOR_PROXY", value_name = "URL", hide_env_values = true)]
    pub vendor_proxy: Option<ProxyUrl>,

    /// File with the URL of the proxy for the vendor; use it if the URL contains a password
    #[arg(long, env = "AKIBA_RELAY_VENDOR_PROXY_FILE", value_name = "FILE")]
    pub vendor_proxy_file: Option<PathBuf>,

    /// File with the certificate authorities that may certify the vendor, in PEM; it replaces the machine's
    #[arg(long, env = "AKIBA_RELAY_VENDOR_CA", value_name = "FILE")]
    pub vendor_ca: Option<PathBuf>,

    /// File with the certificate chain that the relay shows to the vendor (mTLS), in PEM
    #[arg(long, env = "AKIBA_RELAY_VENDOR_CLIENT_CERT", value_name = "FILE")]
    pub vendor_client_cert: Option<PathBuf>,

    /// File with the private key of that certificate, in PEM
    #[arg(long, env = "AKIBA_RELAY_VENDOR_CLIENT_KEY", value_name = "FILE")]
    pub vendor_client_key: Option<PathBuf>,

    /// Longest wait for a connection to the vendor
    #[arg(long, env = "AKIBA_RELAY_CONNECT_TIMEOUT", value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub connect_timeout: Duration,

    /// Longest wait for the vendor's whole answer, including the connection
    #[arg(long, env = "AKIBA_RELAY_VENDOR_TIMEOUT", value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub vendor_timeout: Duration,

    /// Failed calls to the vendor in a row after which the relay asks it for no more links for a while; 0 for never
    #[arg(long, env = "AKIBA_RELAY_BREAKER_FAILURES", value_name = "COUNT", default_value = "10")]
    pub breaker_failures: u32,

    /// How long the relay then asks for no links; after that, one call is a probe
    #[arg(long, env = "AKIBA_RELAY_BREAKER_PAUSE", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub breaker_pause: Duration,

    /// Largest answer of the vendor, in bytes
    #[arg(long, env = "AKIBA_RELAY_MAX_REPLY_BYTES", value_name = "BYTES", default_value = "262144")]
    pub max_reply_bytes: NonZeroUsize,
}

impl VendorSettings {
    /// Returns where the vendor's token comes from.
    #[must_use]
    pub fn token_source(&self) -> SecretSource {
        SecretSource::new("token", TOKEN_VARIABLE, self.token_file.as_ref(), self.token_command.as_ref())
    }

    /// Returns where the OAuth2 client secret comes from.
    #[must_use]
    pub fn client_secret_source(&self) -> SecretSource {
        let (file, command) = (&self.vendor_client_secret_file, &self.vendor_client_secret_command);
        SecretSource::new("vendor-client-secret", CLIENT_SECRET_VARIABLE, file.as_ref(), command.as_ref())
    }

    /// Returns how calls reach the vendor.
    pub(super) fn route(&self) -> Route<'_> {
        let certificate = PemFile::of("--vendor-client-cert", self.vendor_client_cert.as_ref());
        let key = PemFile::of("--vendor-client-key", self.vendor_client_key.as_ref());
        Route {
            proxy: self.vendor_proxy.as_ref(),
            authorities: PemFile::of("--vendor-ca", self.vendor_ca.as_ref()),
            identity: certificate.zip(key),
        }
    }
}
