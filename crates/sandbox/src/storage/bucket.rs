//! What signed requests may do ([`Bucket`], [`Policy`], [`KeyPair`]): put, head, get and delete objects of one bucket.
//! `s3s` answers every operation that is not implemented here with `NotImplemented`.

use std::sync::Arc;

use rusty_s3::Credentials;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    PutObjectInput, PutObjectOutput,
};
use s3s::path::S3Path;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;

use super::objects::Storage;

/// The operations that a valid signature allows.
const OPERATIONS: [&str; 5] = ["PutObject", "HeadObject", "GetObject", "DeleteObject", "PostObject"];

/// The only key pair.
pub(crate) struct KeyPair {
    /// Access key and secret key.
    pub(crate) credentials: Credentials,
}

#[async_trait::async_trait]
impl S3Auth for KeyPair {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.credentials.key() {
            return Ok(SecretKey::from(self.credentials.secret()));
        }
        Err(s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records."))
    }
}

/// Checks access before the rest of a request is read: a second barrier besides [`Bucket`].
pub(crate) struct Policy {
    /// The name of the only bucket.
    pub(crate) bucket: String,
}

#[async_trait::async_trait]
impl S3Access for Policy {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        }
        match context.s3_path() {
            S3Path::Root => return Err(s3_error!(AccessDenied, "Access Denied")),
            S3Path::Bucket { bucket } | S3Path::Object { bucket, .. } if **bucket != *self.bucket => {
                return Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"));
            }
            S3Path::Bucket { .. } | S3Path::Object { .. } => {}
        }
        if !OPERATIONS.contains(&context.s3_op().name()) {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        }
        Ok(())
    }
}

/// The only bucket.
pub(crate) struct Bucket {
    /// The files of the objects.
    pub(crate) files: FileSystem,
    /// Decides which uploads fail on purpose.
    pub(crate) storage: Arc<Storage>,
}

/// Fails if a key could name a file outside the bucket, or no file.
fn check_key(key: &str) -> S3Result<()> {
    let plain = |segment: &str| !segment.is_empty() && segment != "." && segment != "..";
    if key.split('/').all(plain) && !key.contains(['\\', '\0']) {
        return Ok(());
    }
    Err(s3_error!(InvalidURI, "Couldn't parse the specified URI."))
}

#[async_trait::async_trait]
impl S3 for Bucket {
    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        check_key(&request.input.key)?;
        if self.storage.fails_upload(&request.input.key) {
            return Err(s3_error!(SlowDown, "Please reduce your request rate."));
        }
        self.files.put_object(request).await
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        check_key(&request.input.key)?;
        self.files.head_object(request).await
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        check_key(&request.input.key)?;
        self.files.get_object(request).await
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        check_key(&request.input.key)?;
        self.files.delete_object(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::check_key;

    #[test]
    fn keys_stay_inside_the_bucket() {
        for key in ["a", "selfies/0f", "a..b/c", ".hidden"] {
            assert!(check_key(key).is_ok(), "{key}");
        }
        for key in ["", "..", "../a", "a/../../b", "a/.", "a//b", "/a", "a/", "a\\..\\b", "a\0"] {
            assert!(check_key(key).is_err(), "{key}");
        }
    }
}
