//! Presigned links to the sandbox's S3 ([`Signer`]).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusty_s3::actions::PutObject;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

use super::objects::REGION;

/// How long ago an expired link ended: enough that no clock rounding brings it back to life.
const EXPIRED_SINCE: Duration = Duration::from_secs(60);

/// Whether a link is to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Signed now.
    Fresh,
    /// Signed so long ago that its life is over.
    Expired,
}

/// Signs upload links.
pub struct Signer {
    bucket: Bucket,
    credentials: Credentials,
}

impl Signer {
    /// A signer for the bucket of this name on the S3 that listens at `address`.
    ///
    /// # Errors
    /// Where address and name make no URL.
    pub fn new(address: SocketAddr, bucket: &str, credentials: Credentials) -> io::Result<Self> {
        let endpoint = format!("http://{address}").parse().map_err(io::Error::other)?;
        let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket.to_owned(), REGION).map_err(io::Error::other)?;
        Ok(Self { bucket, credentials })
    }

    /// A `PUT` link (Signature Version 4, query parameters) to an object. It signs the `Host` header alone, so that the
    /// uploader may send the `Content-Type` it likes.
    #[must_use]
    pub fn put_link(&self, key: &str, life: Duration, freshness: Freshness) -> String {
        let signed_at = match freshness {
            Freshness::Fresh => Some(Timestamp::now()),
            Freshness::Expired => SignedDuration::try_from(life + EXPIRED_SINCE)
                .ok()
                .and_then(|ago| Timestamp::now().checked_sub(ago).ok()),
        };
        PutObject::new(&self.bucket, Some(&self.credentials), key)
            .sign_with_time(life, &signed_at.unwrap_or(Timestamp::UNIX_EPOCH))
            .into()
    }
}

impl fmt::Debug for Signer {
    /// Leaves the credentials out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}
