//! The vendor's API ([`vendor_app`], [`Vendor`]): the published one, and one of the newer generation.
//!
//! The published reference leaves some answers open: the bodies of errors other than 401, and the reply if the selfie is
//! missing or can't be read. The comments mark what is decided here.

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

/// Largest request body, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// Serves the published calls, `POST /v1/customer` and `POST /v1/customer/verify`, and the calls of a newer API.
pub fn vendor_app(vendor: Arc<Vendor>) -> Router {
    published::published_app(Arc::clone(&vendor)).merge(newer::newer_app(vendor)).layer(DefaultBodyLimit::max(MAX_BODY))
}
