//! Describes a version of the vendor's API ([`Profile`], [`ProfileName`]): its URLs, authentication and field names.
//! Two profiles are built in; a file can hold another.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use http::HeaderName;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::endpoint::{ApiPath, VendorBase};
use super::mapping::{FRAUD_WORD, RECORD_FIELD, ReplyMap, RequestMap};
use super::token::{TokenScheme, header_name};

/// The name of a built-in profile, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileName {
    /// The vendor's API as it is published.
    Published,
    /// A template for its newer API.
    Newer,
    /// A TOML file.
    File(PathBuf),
}

impl FromStr for ProfileName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "published" => Self::Published,
            "newer" => Self::Newer,
            path => Self::File(path.into()),
        })
    }
}

/// The description of an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Its base URL; `None` if each customer has another one.
    #[serde(default, deserialize_with = "parse_optional")]
    pub base: Option<VendorBase>,
    /// Whether the vendor may leave the fraud word out of a record. By default a record without it is not verified.
    #[serde(default)]
    pub fraud_may_be_missing: bool,
    /// Its authentication.
    pub auth: AuthProfile,
    /// Its call for a signed link.
    pub link: CallProfile,
    /// Its call for a verdict.
    pub verify: CallProfile,
}

/// The authentication of an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum AuthProfile {
    /// A token that does not change.
    Token {
        /// The header that carries it.
        #[serde(deserialize_with = "parse_header")]
        header: HeaderName,
        /// The word before the token.
        #[serde(default, deserialize_with = "parse_optional")]
        scheme: Option<TokenScheme>,
    },
    /// OAuth2 access tokens by client credentials (RFC 6749, section 4.4), sent as `Authorization: Bearer`.
    #[serde(rename_all = "kebab-case")]
    OAuth2 {
        /// The path of the token endpoint, below the base URL.
        #[serde(default, deserialize_with = "parse_optional")]
        token_path: Option<ApiPath>,
        /// Where the client secret is sent in a token request.
        #[serde(default)]
        credentials: ClientCredentials,
    },
}

/// Where the client secret is sent (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientCredentials {
    /// In the header `Authorization: Basic`.
    #[default]
    Header,
    /// In the body.
    Body,
}

/// One call of an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallProfile {
    /// Its path, below the base URL.
    #[serde(deserialize_with = "parse_field")]
    pub path: ApiPath,
    /// The names of the fields of its request; `None` if they are the published ones.
    #[serde(default)]
    pub request: Option<RequestMap>,
    /// Where the fields of its answer are; `None` if they are the published ones.
    #[serde(default)]
    pub reply: Option<ReplyMap>,
    /// Headers for the upload to a signed link, if the link signs them and the answer does not name them.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// Why a profile can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file can't be read.
    #[error("--vendor-profile is neither published nor newer, and the file {0} can't be read: {1}")]
    File(PathBuf, std::io::Error),
    /// The file is not a valid profile.
    #[error("the profile {0} is invalid: {1}")]
    Wrong(PathBuf, String),
}

impl Profile {
    /// Loads a profile and checks it.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn load(name: &ProfileName) -> Result<Self, ProfileError> {
        match name {
            ProfileName::Published => Self::parse("published", include_str!("profiles/published.toml")),
            ProfileName::Newer => Self::parse("newer", include_str!("profiles/newer.toml")),
            ProfileName::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| ProfileError::File(path.to_owned(), error))?;
                Self::parse(path, &text)
            }
        }
    }

    fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, ProfileError> {
        let path = path.into();
        let profile: Self =
            toml::from_str(text).map_err(|error| ProfileError::Wrong(path.clone(), error.to_string()))?;
        if !profile.verify.headers.is_empty() {
            let reason = "verify: only the call for a link has headers for an upload".to_owned();
            return Err(ProfileError::Wrong(path, reason));
        }
        let calls = [("link", &profile.link, LINK), ("verify", &profile.verify, VERIFY)];
        for (name, call, (fields, required)) in calls {
            let request = call.request.as_ref().map_or(Ok(()), |map| map.check(fields));
            let reply = call.reply.as_ref().map_or(Ok(()), |map| map.check(required));
            request.and(reply).map_err(|error| ProfileError::Wrong(path.clone(), format!("{name}: {error}")))?;
        }
        // Otherwise any other field of the record would create one that the vendor did not send.
        let names_record = profile.verify.reply.as_ref().is_none_or(|map| map.names(RECORD_FIELD));
        if profile.fraud_may_be_missing && !names_record {
            let error = format!("verify: fraud-may-be-missing needs the place of {RECORD_FIELD} in the answer");
            return Err(ProfileError::Wrong(path, error));
        }
        Ok(profile)
    }
}

/// The fields that a request can have, and the fields that an answer must have.
type Fields = (&'static [&'static str], &'static [&'static str]);

const LINK: Fields = (&["identifier", "type", "selfie_filename", "consent"], &["signed_link", "s3_key"]);
/// The fraud word is required: without it nobody could be verified.
const VERIFY: Fields = (&["id", "user_type", "selfie_filename", "s3_key", "consent"], &["status", FRAUD_WORD]);

fn parse_field<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr,
    T::Err: fmt::Display,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn parse_optional<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr,
    T::Err: fmt::Display,
    D: Deserializer<'de>,
{
    parse_field(deserializer).map(Some)
}

fn parse_header<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderName, D::Error> {
    header_name(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::{AuthProfile, Profile, ProfileName};

    #[test]
    fn the_built_in_profiles_are_valid() {
        let published = Profile::load(&ProfileName::Published).unwrap();
        assert!(published.base.is_some() && published.link.request.is_none() && published.verify.reply.is_none());
        assert!(matches!(published.auth, AuthProfile::Token { scheme: None, .. }));
        let newer = Profile::load(&ProfileName::Newer).unwrap();
        assert!(matches!(newer.auth, AuthProfile::OAuth2 { token_path: Some(_), .. }));
        assert!(!published.fraud_may_be_missing && !newer.fraud_may_be_missing);
    }

    #[test]
    fn a_wrong_profile_is_rejected_with_a_reason() {
        let good = "[auth]\nkind = \"oauth2\"\n[link]\npath = \"/a\"\n[verify]\npath = \"/b\"\n";
        assert!(!Profile::parse("x", good).unwrap().fraud_may_be_missing);
        let lenient = format!("fraud-may-be-missing = true\n{good}");
        assert!(Profile::parse("x", &lenient).unwrap().fraud_may_be_missing);
        for (wrong, why) in [
            (good.replace("oauth2", "basic"), "unknown variant"),
            (good.replace("\"/a\"", "\"a\""), "must be a path"),
            (format!("base = \"http://vendor.example\"\n{good}"), "must be https"),
            (format!("bass = \"https://vendor.example\"\n{good}"), "unknown field"),
            (good.replace("\"oauth2\"", "\"token\"\nheader = \"Host\""), "the relay sets this header"),
            (format!("{good}[verify.request]\nidentifier = \"x\""), "verify: unknown field identifier"),
            (format!("{good}[verify.reply]\nmessage = \"/x\""), "verify: the field status"),
            (
                format!("{good}[verify.reply]\nstatus = \"/x\""),
                "verify: the field data/identity/fraud_detected of the answer is missing",
            ),
            (
                format!("{good}[verify.reply]\nstatus = \"x\"\n\"data/identity/fraud_detected\" = \"/y\""),
                "must begin with a slash",
            ),
            (
                format!(
                    "fraud-may-be-missing = true\n{good}[verify.reply]\nstatus = \"/x\"\n\
                     \"data/identity/fraud_detected\" = \"/y\"\n\"data/identity/fraud_score\" = \"/z\""
                ),
                "needs the place of data/identity",
            ),
            (String::new(), "missing field"),
        ] {
            let error = Profile::parse("x", &wrong).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        let gone = Profile::load(&"nowhere.toml".parse().unwrap()).unwrap_err().to_string();
        assert!(gone.contains("neither published nor newer"), "{gone}");
    }
}
