#![doc = include_str!("../README.md")]
//!
//! # Modules
//!
//! - [`link`]: the vendor's first call, which returns a signed link ([`LinkRequest`], [`LinkReply`]).
//! - [`verify`]: its second call, which compares the selfie ([`VerifyRequest`], [`VerifyReply`], [`Identity`]).
//! - [`capture`]: what a page says about its photo ([`PhotoSource`], [`CameraKind`]).
//! - [`judgement`]: the rule that judges a verify reply ([`Judgement`]); `Verified` only for an explicit success.
//! - [`json`]: parsed JSON, whatever parsed it ([`Json`]); [`unique_keys`]: rejects JSON with duplicate keys.
//! - [`verdict`]: a verify reply with its judgement ([`Verdict`]).
//! - [`problem`]: the relay's errors ([`Problem`], [`ProblemCode`]).
//! - [`signed_link`]: the host, the signature scheme and the lifetime of a signed link ([`SignedLink`]).
//! - [`web_url`]: the host of a URL ([`WebUrl`]).
//! - [`search`]: finds a text in a text.
//! - [`s3`]: the meaning of S3's answer to an upload ([`UploadFailure`]).

pub mod capture;
pub mod json;
pub mod judgement;
pub mod link;
pub mod problem;
pub mod s3;
pub mod score;
pub mod search;
pub mod signed_link;
pub mod unique_keys;
pub mod verdict;
pub mod verify;
pub mod web_url;

pub use capture::{CameraKind, PhotoSource};
pub use json::Json;
pub use judgement::{Judgement, MayBeMissing, Outcome, Reason};
pub use link::{CustomerType, LinkReply, LinkRequest};
pub use problem::{Problem, ProblemCode};
pub use s3::UploadFailure;
pub use score::Score;
pub use signed_link::{SignedLink, SignedLinkError};
pub use unique_keys::UniqueKeys;
pub use verdict::Verdict;
pub use verify::{Identity, PhotoId, VerifyData, VerifyReply, VerifyRequest};
pub use web_url::{WebUrl, is_loopback};
