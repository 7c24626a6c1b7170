//! The vendor's API ([`vendor_app`], [`Vendor`]): as it is published, and beside it one of the newer generation.
//!
//! What its reference leaves open is decided here, and marked so: the bodies of errors other than 401, and the answer
//! to a selfie that is missing or can't be read.

mod answer;
mod fields;
mod newer;
mod published;
mod record;
mod registry;
mod tokens;
mod vendor;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

pub use tokens::Tokens;
pub use vendor::{Vendor, VendorSettings};

/// Bytes that a request body may have.
const MAX_BODY: usize = 16 * 1024;

/// The published calls, `POST /v1/customer` and `POST /v1/customer/verify`, and those of a newer API.
pub fn vendor_app(vendor: Arc<Vendor>) -> Router {
    published::published_app(Arc::clone(&vendor)).merge(newer::newer_app(vendor)).layer(DefaultBodyLimit::max(MAX_BODY))
}
