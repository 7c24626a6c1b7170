//! The embedded S3: `s3s` and `s3s-fs`, made as strict as Amazon's where an uploader can notice.
//!
//! - [`objects`]: the one bucket on disk, its credentials, and the uploads that it turns away on purpose ([`Storage`]).
//! - [`signer`]: presigned links to it ([`Signer`], [`Freshness`]).
//! - [`service`]: the HTTP side ([`s3_app`]).
//! - `checks`, `bucket`, `error_document`: what is refused before, inside and beside `s3s`.

mod bucket;
mod checks;
mod error_document;
pub mod objects;
pub mod service;
pub mod signer;

pub use objects::{BUCKET, MAX_OBJECT, REGION, Storage};
pub use service::s3_app;
pub use signer::{Freshness, Signer};
