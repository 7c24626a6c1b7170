//! Presigned links to the sandbox's S3 ([`Signer`]).

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusty_s3::actions::PutObject;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use serde::Deserialize;

use super::objects::REGION;

/// How long ago an expired link expired: long enough that no rounding of clocks makes it valid.
const EXPIRED_SINCE: Duration = Duration::from_secs(60);

/// Whether a link is valid or has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAge {
    /// Signed now.
    Fresh,
    /// Signed so long ago that it has expired.
    Expired,
}

/// What a link signs besides the host, such as the headers of an encryption or the checksum of a body.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct AlsoSigned {
    /// Headers, which the uploader must send.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Parameters of the link.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Whether the vendor's answer says the values of the headers.
    #[serde(default)]
    pub tell: bool,
}

/// Signs upload links.
pub struct Signer {
    bucket: Bucket,
    credentials: Credentials,
}

impl Signer {
    /// Creates a signer for a bucket of the S3 at `address`.
    ///
    /// # Errors
    /// Fails if address and name form no valid URL.
    pub fn new(address: SocketAddr, bucket: &str, credentials: Credentials) -> io::Result<Self> {
        let endpoint = format!("http://{address}").parse().map_err(io::Error::other)?;
        let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket.to_owned(), REGION).map_err(io::Error::other)?;
        Ok(Self { bucket, credentials })
    }

    /// Returns a presigned `PUT` URL (Signature Version 4, query parameters) of an object. Apart from `also`, it signs only
    /// the `Host` header, so the uploader may send any `Content-Type`.
    #[must_use]
    pub fn put_link(&self, key: &str, life: Duration, age: LinkAge, also: &AlsoSigned) -> String {
        let signed_at = match age {
            LinkAge::Fresh => Some(Timestamp::now()),
            LinkAge::Expired => SignedDuration::try_from(life + EXPIRED_SINCE)
                .ok()
                .and_then(|ago| Timestamp::now().checked_sub(ago).ok()),
        };
        let mut put = PutObject::new(&self.bucket, Some(&self.credentials), key);
        for (name, value) in &also.headers {
            put.headers_mut().insert(name, value);
        }
        for (name, value) in &also.query {
            put.query_mut().insert(name, value);
        }
        put.sign_with_time(life, &signed_at.unwrap_or(Timestamp::UNIX_EPOCH)).into()
    }
}

impl fmt::Debug for Signer {
    /// Omits the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}
