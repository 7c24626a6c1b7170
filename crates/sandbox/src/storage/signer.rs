//! Presigned links to the sandbox's S3 ([`Signer`]).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusty_s3::actions::PutObject;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

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

    /// Returns a presigned `PUT` URL (Signature Version 4, query parameters) of an object. It signs only the `Host`
    /// header, so the uploader may send any `Content-Type`.
    #[must_use]
    pub fn put_link(&self, key: &str, life: Duration, age: LinkAge) -> String {
        let signed_at = match age {
            LinkAge::Fresh => Some(Timestamp::now()),
            LinkAge::Expired => SignedDuration::try_from(life + EXPIRED_SINCE)
                .ok()
                .and_then(|ago| Timestamp::now().checked_sub(ago).ok()),
        };
        PutObject::new(&self.bucket, Some(&self.credentials), key)
            .sign_with_time(life, &signed_at.unwrap_or(Timestamp::UNIX_EPOCH))
            .into()
    }
}

impl fmt::Debug for Signer {
    /// Omits the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}
