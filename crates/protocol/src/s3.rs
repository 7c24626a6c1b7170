//! What S3's answer to an upload means ([`UploadFailure`]).
//!
//! [`classify`] is the table of the uploader; what to do about each row is the flow's decision. Sources: «Error
//! responses» in the Amazon S3 reference, and what was seen of real servers.

/// Why an upload did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UploadFailure {
    /// No answer at all: offline, a reset connection, or a CORS refusal, which a page can't tell apart.
    Network,
    /// Thirty seconds without a byte.
    Stalled,
    /// The link is past its life: S3 says so.
    Expired,
    /// The link's life was over before anything was sent.
    Over,
    /// S3 says that the clock that signed the link is off (`RequestTimeTooSkewed`).
    ClockSkew,
    /// S3 computed another signature, or saw headers that are not signed.
    Signature,
    /// The same, on an old-style V2 link, whose signature covers `Content-Type`: worth one try without it.
    SignatureV2,
    /// The photo is over the size that the link allows.
    TooLarge,
    /// The photo was damaged on its way (`BadDigest`).
    Damaged,
    /// S3 asks to slow down or has a fault of its own.
    Busy,
    /// 412 on a second try: the first one may have landed.
    MayHaveLanded,
    /// Anything else: S3 refuses for good.
    Refused,
}

/// What the uploader knows of the request that was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Whether the link is past its life, or within seconds of its end.
    pub link_over: bool,
    /// Whether the link is an old-style V2 link and `Content-Type` was sent.
    pub v2_with_content_type: bool,
    /// Whether this link was tried before.
    pub again: bool,
}

/// Reads an answer.
///
/// `status` is the HTTP status, 0 where there was none; `body` is the XML of the answer, or what there is of it.
///
/// # Errors
/// [`UploadFailure`] for everything but a 2xx.
pub fn classify(status: u16, body: &str, sent: Sent) -> Result<(), UploadFailure> {
    use UploadFailure as Failure;
    let code = error_code(body).unwrap_or_default();
    Err(match (status, code) {
        (200..=299, _) => return Ok(()),
        (0, _) => Failure::Network,
        (_, "ExpiredToken") => Failure::Expired,
        (403, "AccessDenied") if body.contains("Request has expired") || body.contains("Policy expired") => {
            Failure::Expired
        }
        (_, "RequestTimeTooSkewed") => Failure::ClockSkew,
        (400 | 403, _) if sent.link_over => Failure::Expired,
        (_, "RequestTimeout" | "SlowDown") => Failure::Busy,
        (403, "SignatureDoesNotMatch") if sent.v2_with_content_type => Failure::SignatureV2,
        (403, "SignatureDoesNotMatch") => Failure::Signature,
        (403, _) if body.contains("<HeadersNotSigned>") => Failure::Signature,
        (_, "EntityTooLarge") | (413, _) => Failure::TooLarge,
        (400, "BadDigest") => Failure::Damaged,
        (412, _) if sent.again => Failure::MayHaveLanded,
        (408 | 429 | 500..=599, _) => Failure::Busy,
        _ => Failure::Refused,
    })
}

/// The text of the first `<Code>` element. S3's error documents are flat, so nothing more is parsed.
#[must_use]
pub fn error_code(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    Some(code.trim())
}
