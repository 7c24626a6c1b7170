//! The vendor's API token ([`VendorToken`], [`TokenScheme`]): read from a file or the environment, checked once, and
//! never printed.

use std::fmt;
use std::str::FromStr;

use http::header::{self, HeaderName};
use http::{HeaderValue, Method};
use secrecy::{ExposeSecret, SecretString};

use crate::secrets::{SecretError, SecretSource};

/// The environment variable that can hold the token.
pub const TOKEN_VARIABLE: &str = "AKIBA_TOKEN";

/// Longest token, in bytes. No real token is longer, and servers reject longer headers.
const MAX_BYTES: usize = 8_192;

/// The vendor's token, ready to send.
pub struct VendorToken {
    /// The value of the header: the scheme, if there is one, and the token.
    header: SecretString,
}

/// Why there is no usable token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Neither a file, a command nor the environment variable was given.
    #[error("there is no token: give --token-file or --token-command, or set {TOKEN_VARIABLE}")]
    Missing,
    /// The file can't be read, the command fails, or the variable is given beside them.
    #[error(transparent)]
    Secret(SecretError),
    /// The token is empty.
    #[error("the token is empty")]
    Empty,
    /// The token has a character that is not allowed in a header, or is too long.
    #[error("the token has a character that is not allowed in a header, or is longer than {MAX_BYTES} bytes")]
    NotAHeader,
}

impl VendorToken {
    /// Checks a token. White space around it is dropped, because files usually end with a line feed.
    ///
    /// # Errors
    /// [`TokenError::Empty`] and [`TokenError::NotAHeader`].
    pub fn new(token: &SecretString, scheme: Option<&TokenScheme>) -> Result<Self, TokenError> {
        let token = token.expose_secret().trim();
        if token.is_empty() {
            return Err(TokenError::Empty);
        }
        if !token.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) || token.len() > MAX_BYTES {
            return Err(TokenError::NotAHeader);
        }
        let header = match scheme {
            Some(scheme) => format!("{} {token}", scheme.0),
            None => token.to_owned(),
        };
        HeaderValue::from_str(&header).map_err(|_| TokenError::NotAHeader)?;
        Ok(Self { header: header.into() })
    }

    /// Loads the token from its file or command or, if neither is given, from the value of the environment variable.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn load(
        source: &SecretSource,
        variable: Option<String>,
        scheme: Option<&TokenScheme>,
    ) -> Result<Self, TokenError> {
        let given = source.is_given() || variable.is_some();
        match source.load(variable).map_err(TokenError::Secret)? {
            Some(token) => Self::new(&token, scheme),
            None if given => Err(TokenError::Empty),
            None => Err(TokenError::Missing),
        }
    }

    /// Returns the value of the header, marked as sensitive so that its `Debug` output hides it.
    pub(crate) fn header_value(&self) -> HeaderValue {
        // `new` has checked this conversion, so it cannot fail.
        let mut value = HeaderValue::from_str(self.header.expose_secret()).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for VendorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorToken").finish_non_exhaustive()
    }
}

/// The word before the token in its header, such as `Bearer`: an `auth-scheme` of RFC 9110.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenScheme(String);

/// The text is not a [`TokenScheme`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be one word, such as Bearer")]
pub struct NotAScheme;

impl FromStr for TokenScheme {
    type Err = NotAScheme;

    fn from_str(text: &str) -> Result<Self, NotAScheme> {
        // An `auth-scheme` and the name of an HTTP method have the same grammar: `token` of RFC 9110.
        Method::from_bytes(text.as_bytes()).map(|_| Self(text.to_owned())).map_err(|_| NotAScheme)
    }
}

/// Parses the name of the header that carries the token.
///
/// # Errors
/// A message when it is not a header name, or when the relay sets this header itself.
pub fn header_name(text: &str) -> Result<HeaderName, String> {
    let name: HeaderName = text.parse().map_err(|_| "it must be a header name, such as Token".to_owned())?;
    let reserved = [
        header::ACCEPT,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::HOST,
        header::TRANSFER_ENCODING,
        header::USER_AGENT,
    ];
    if reserved.contains(&name) {
        Err("the relay sets this header itself: choose another".to_owned())
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{SecretError, SecretSource, TOKEN_VARIABLE, TokenError, TokenScheme, VendorToken, header_name};

    fn header(token: &str, scheme: Option<&str>) -> Result<String, TokenError> {
        let scheme: Option<TokenScheme> = scheme.map(|scheme| scheme.parse().expect("a valid scheme"));
        let token = VendorToken::new(&token.to_owned().into(), scheme.as_ref())?;
        assert!(!format!("{token:?} {:?}", token.header_value()).contains("s3cret"));
        Ok(token.header_value().to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn a_token_is_trimmed_and_checked() {
        assert_eq!(header(" s3cret\n", None).expect("a token"), "s3cret");
        assert_eq!(header("s3cret", Some("Bearer")).expect("a token"), "Bearer s3cret");
        assert!(matches!(header("", None), Err(TokenError::Empty)));
        assert!(matches!(header(" \r\n\t", Some("Bearer")), Err(TokenError::Empty)));
        for wrong in ["a\nb", "a\rb", "a\0b", "é", "a\tb"] {
            assert!(matches!(header(wrong, None), Err(TokenError::NotAHeader)), "{wrong:?}");
        }
    }

    #[test]
    fn a_token_has_one_source() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"from-file\n").expect("written");
        let path = Some(file.path().to_path_buf());
        let load = |path: Option<&std::path::PathBuf>, variable: Option<&str>| {
            let source = SecretSource::new("token", TOKEN_VARIABLE, path, None);
            VendorToken::load(&source, variable.map(str::to_owned), None)
                .map(|token| token.header_value().to_str().expect("ASCII").to_owned())
        };
        assert_eq!(load(path.as_ref(), None).expect("a token"), "from-file");
        assert_eq!(load(path.as_ref(), Some(" ")).expect("a token"), "from-file");
        assert_eq!(load(None, Some("from-environment")).expect("a token"), "from-environment");
        assert!(matches!(load(path.as_ref(), Some("x")), Err(TokenError::Secret(SecretError::Twice(TOKEN_VARIABLE)))));
        assert!(matches!(load(None, None), Err(TokenError::Missing)));
        assert!(matches!(load(None, Some("")), Err(TokenError::Empty)));
        let gone = file.path().with_extension("gone");
        assert!(matches!(load(Some(&gone), None), Err(TokenError::Secret(SecretError::File(_, _)))));
    }

    #[test]
    fn a_header_of_the_relay_cannot_carry_the_token() {
        assert_eq!(header_name("Token").expect("a name"), "token");
        assert_eq!(header_name("Authorization").expect("a name"), "authorization");
        for wrong in ["", "a b", "Host", "content-type", "Content-Length"] {
            assert!(header_name(wrong).is_err(), "{wrong}");
        }
        assert!("Bea rer".parse::<TokenScheme>().is_err());
        assert!("".parse::<TokenScheme>().is_err());
    }
}
