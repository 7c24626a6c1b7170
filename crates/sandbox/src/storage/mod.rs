//! The embedded S3: `s3s` and `s3s-fs`, as strict as Amazon's wherever an uploader can notice the difference.
//!
//! - [`objects`]: the bucket on disk, its credentials, and the uploads that fail on purpose ([`Storage`]).
//! - [`signer`]: presigned links to it ([`Signer`], [`LinkAge`]).
//! - [`service`]: the HTTP side ([`s3_app`]).
//! - `checks`: rules that `s3s` lacks; `bucket`: the allowed operations; `error_document`: the errors of the checks.

mod bucket;
mod checks;
mod error_document;
pub mod objects;
pub mod service;
pub mod signer;

pub use objects::{BUCKET, MAX_OBJECT, REGION, Storage};
pub use service::s3_app;
pub use signer::{AlsoSigned, LinkAge, Signer};
