//! The vendor's API and an S3 that checks signatures, on this machine: for the demo, for development without an
//! account, and for tests that need every outcome.
//!
//! Never run it as a service: it listens on loopback only, its identities are made up, and its test controls break
//! things on purpose.
//!
//! - [`identities`]: the identifiers that force an outcome ([`TestIdentity`], [`Scenario`]).
//! - [`vendor_api`]: the vendor's two calls ([`vendor_app`], [`Vendor`]).
//! - [`storage`]: the S3 ([`s3_app`], [`Storage`], [`Signer`]).
//! - [`selfie`]: decodes the upload and looks for flaws.
//! - [`bank`]: the host's back end of the demo, which creates sessions and receives webhooks.
//! - [`page`]: the demo page with the relay on its origin ([`page_app`]).
//! - [`sandbox`]: a running vendor and S3 ([`Sandbox`]).
//! - [`commands`], [`relay`], [`process`]: everything with the real relay, in one process tree.
//! - [`controls`], [`faults`]: what tests can change while it runs.
//! - [`cli`], [`report`]: the command line and what it prints.

pub mod bank;
pub mod cli;
pub mod commands;
pub mod controls;
pub mod faults;
pub mod identities;
mod lock;
pub mod page;
pub mod process;
mod random;
pub mod relay;
pub mod report;
pub mod sandbox;
pub mod selfie;
pub mod storage;
pub mod vendor_api;

pub use identities::{Scenario, TestIdentity};
pub use page::{PageSettings, page_app};
pub use sandbox::{Options, Sandbox};
pub use storage::{Signer, Storage, s3_app};
pub use vendor_api::{Vendor, VendorSettings, vendor_app};
