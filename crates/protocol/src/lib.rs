//! What travels between the page, the relay, the vendor and S3, in one place.
//!
//! The widget, the relay and the sandbox all speak these types, so none of them can drift from the others. Nothing
//! here does input or output: every function is pure and is tested on the host.
//!
//! - [`link`]: the vendor's first call, that hands out a signed link ([`LinkRequest`], [`LinkReply`]).
//! - [`verify`]: its second call, that compares the selfie ([`VerifyRequest`], [`VerifyReply`], [`Identity`]).
//! - [`verdict`]: what a verify reply amounts to ([`Verdict`], [`Judgement`]); `Verified` only for an explicit success.
//! - [`problem`]: the relay's errors ([`Problem`], [`ProblemCode`]).
//! - [`signed_link`]: where a signed link points, how it is signed and how long it lives ([`SignedLink`]).
//! - [`web_url`]: which host a URL leads to ([`WebUrl`]).
//! - [`s3`]: what S3's answer to an upload means ([`UploadFailure`]).

pub mod link;
pub mod problem;
pub mod s3;
pub mod score;
pub mod signed_link;
pub mod verdict;
pub mod verify;
pub mod web_url;

pub use link::{CustomerType, LinkReply, LinkRequest};
pub use problem::{Problem, ProblemCode};
pub use s3::UploadFailure;
pub use score::Score;
pub use signed_link::{SignedLink, SignedLinkError};
pub use verdict::{Judgement, Outcome, Reason, Verdict};
pub use verify::{Identity, PhotoId, VerifyData, VerifyReply, VerifyRequest};
pub use web_url::{WebUrl, is_loopback};
