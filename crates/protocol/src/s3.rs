//! The meaning of S3's answer to an upload ([`UploadFailure`]).
//!
//! [`classify`] only names the failure; the widget's flow decides what to do. Sources: "Error responses" in the Amazon S3
//! reference, and observed answers of real servers.

use crate::search::{contains, find};

/// Why an upload failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UploadFailure {
    /// No answer: offline, a reset connection, or a CORS error. A page can't tell them apart.
    Network,
    /// No byte was sent for thirty seconds.
    Stalled,
    /// S3 says that the link has expired.
    Expired,
    /// The link expired before anything was sent.
    Over,
    /// S3 says that the clock of the signer is wrong (`RequestTimeTooSkewed`).
    ClockSkew,
    /// S3 computed another signature, or received headers that are not signed.
    Signature,
    /// The same for an old V2 link. Its signature covers `Content-Type`, so one retry without this header may work.
    SignatureV2,
    /// The photo is larger than the link allows.
    TooLarge,
    /// The photo was damaged in transit (`BadDigest`).
    Damaged,
    /// S3 asks to slow down, or has a fault of its own.
    Busy,
    /// 412 on a retry: the first attempt may have succeeded.
    MayHaveLanded,
    /// Any other error. A retry does not help.
    Refused,
}

/// What the uploader knows about the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Whether the link has expired or expires within seconds.
    pub link_over: bool,
    /// Whether the link is an old V2 link and `Content-Type` was sent.
    pub v2_with_content_type: bool,
    /// Whether this is a retry with the same link.
    pub tried_before: bool,
}

/// Classifies an answer.
///
/// `status` is the HTTP status, or 0 without an answer. `body` is the XML of the answer, which may be incomplete.
///
/// # Errors
/// [`UploadFailure`] unless the status is 2xx.
pub fn classify(status: u16, body: &str, sent: Sent) -> Result<(), UploadFailure> {
    use UploadFailure as Failure;
    let code = error_code(body).unwrap_or_default();
    Err(match (status, code) {
        (200..=299, _) => return Ok(()),
        (0, _) => Failure::Network,
        (_, "ExpiredToken") => Failure::Expired,
        (403, "AccessDenied") if contains(body, "Request has expired") || contains(body, "Policy expired") => {
            Failure::Expired
        }
        (_, "RequestTimeTooSkewed") => Failure::ClockSkew,
        (400 | 403, _) if sent.link_over => Failure::Expired,
        (_, "RequestTimeout" | "SlowDown") => Failure::Busy,
        (403, "SignatureDoesNotMatch") if sent.v2_with_content_type => Failure::SignatureV2,
        (403, "SignatureDoesNotMatch") => Failure::Signature,
        (403, _) if contains(body, "<HeadersNotSigned>") => Failure::Signature,
        (_, "EntityTooLarge") | (413, _) => Failure::TooLarge,
        (400, "BadDigest") => Failure::Damaged,
        (412, _) if sent.tried_before => Failure::MayHaveLanded,
        (408 | 429 | 500..=599, _) => Failure::Busy,
        _ => Failure::Refused,
    })
}

/// Returns the text of the first `<Code>` element. S3's error documents are flat, so no XML parser is needed.
#[must_use]
pub fn error_code(body: &str) -> Option<&str> {
    let (begin, end) = ("<Code>", "</Code>");
    let rest = body.get(find(body, begin)? + begin.len()..)?;
    Some(rest.get(..find(rest, end)?)?.trim())
}
