//! Which generation of the vendor's API is spoken ([`Profile`], [`ProfileName`]): where its calls are, how they are
//! opened, and what their fields are called. Two are built in; a file can hold another.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use http::HeaderName;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::endpoint::{ApiPath, VendorBase};
use super::mapping::{ReplyMap, RequestMap};
use super::token::{TokenScheme, header_name};

/// The name of a built-in profile, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileName {
    /// The vendor's API as it is published.
    Published,
    /// A template for its newer API.
    Newer,
    /// A file of TOML.
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

/// What is to be known of an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its base URL; none where it differs from customer to customer.
    #[serde(default, deserialize_with = "parsed")]
    pub base: Option<VendorBase>,
    /// What opens it.
    pub auth: AuthProfile,
    /// Its call for a signed link.
    pub link: CallProfile,
    /// Its call that verifies.
    pub verify: CallProfile,
}

/// What opens an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum AuthProfile {
    /// A token that does not change.
    Token {
        /// The header that carries it.
        #[serde(deserialize_with = "header")]
        header: HeaderName,
        /// A word before it.
        #[serde(default, deserialize_with = "parsed")]
        scheme: Option<TokenScheme>,
    },
    /// Tokens of OAuth2, by client credentials (RFC 6749, section 4.4), sent as `Authorization: Bearer`.
    #[serde(rename_all = "kebab-case")]
    OAuth2 {
        /// Where they are to be had, below the base.
        #[serde(default, deserialize_with = "parsed")]
        token_path: Option<ApiPath>,
        /// Where the client's secret stands in the request.
        #[serde(default)]
        credentials: ClientCredentials,
    },
}

/// Where a client's secret stands (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientCredentials {
    /// In the header `Authorization: Basic`.
    #[default]
    Header,
    /// In the body.
    Body,
}

/// One call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallProfile {
    /// Its path, below the base.
    #[serde(deserialize_with = "required")]
    pub path: ApiPath,
    /// What its fields are called; as the published ones are, where this is missing.
    #[serde(default)]
    pub request: Option<RequestMap>,
    /// Where its answer's fields are, likewise.
    #[serde(default)]
    pub reply: Option<ReplyMap>,
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file can't be read.
    #[error("--vendor-profile is neither published nor newer, and the file {0} can't be read: {1}")]
    File(PathBuf, std::io::Error),
    /// It is none.
    #[error("the profile {0} is wrong: {1}")]
    Wrong(PathBuf, String),
}

impl Profile {
    /// The profile of a name.
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
        let calls = [("link", &profile.link, LINK), ("verify", &profile.verify, VERIFY)];
        for (name, call, (fields, wanted)) in calls {
            let request = call.request.as_ref().map_or(Ok(()), |map| map.check(fields));
            let reply = call.reply.as_ref().map_or(Ok(()), |map| map.check(wanted));
            request.and(reply).map_err(|error| ProfileError::Wrong(path.clone(), format!("{name}: {error}")))?;
        }
        Ok(profile)
    }
}

/// Our fields of a request, and those that an answer must have.
type Fields = (&'static [&'static str], &'static [&'static str]);

const LINK: Fields = (&["identifier", "type", "selfie_filename", "consent"], &["signed_link", "s3_key"]);
/// A fraud word that is not found is no fraud, so where it is must not be forgotten.
const VERIFY: Fields =
    (&["id", "user_type", "selfie_filename", "s3_key", "consent"], &["status", "data/identity/fraud_detected"]);

fn required<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr,
    T::Err: fmt::Display,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn parsed<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr,
    T::Err: fmt::Display,
    D: Deserializer<'de>,
{
    required(deserializer).map(Some)
}

fn header<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderName, D::Error> {
    header_name(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::{AuthProfile, Profile, ProfileName};

    #[test]
    fn the_built_in_profiles_are_in_order() {
        let published = Profile::load(&ProfileName::Published).unwrap();
        assert!(published.base.is_some() && published.link.request.is_none() && published.verify.reply.is_none());
        assert!(matches!(published.auth, AuthProfile::Token { scheme: None, .. }));
        let newer = Profile::load(&ProfileName::Newer).unwrap();
        assert!(matches!(newer.auth, AuthProfile::OAuth2 { token_path: Some(_), .. }));
    }

    #[test]
    fn a_profile_is_checked() {
        let good = "[auth]\nkind = \"oauth2\"\n[link]\npath = \"/a\"\n[verify]\npath = \"/b\"\n";
        assert!(Profile::parse("x", good).is_ok());
        for (wrong, why) in [
            (good.replace("oauth2", "basic"), "unknown variant"),
            (good.replace("\"/a\"", "\"a\""), "must be a path"),
            (format!("base = \"http://vendor.example\"\n{good}"), "must be https"),
            (format!("bass = \"https://vendor.example\"\n{good}"), "unknown field"),
            (good.replace("\"oauth2\"", "\"token\"\nheader = \"Host\""), "the relay sets this header"),
            (format!("{good}[verify.request]\nidentifier = \"x\""), "verify: identifier is no field"),
            (format!("{good}[verify.reply]\nmessage = \"/x\""), "verify: status"),
            (format!("{good}[verify.reply]\nstatus = \"/x\""), "verify: data/identity/fraud_detected is missing"),
            (
                format!("{good}[verify.reply]\nstatus = \"x\"\n\"data/identity/fraud_detected\" = \"/y\""),
                "must begin with a slash",
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
