//! The adapters' failures ([`GrabFailure`], [`RelayFailure`]); the upload has its own list,
//! [`UploadFailure`](akiba_protocol::UploadFailure). Each maps to one [`ErrorCode`].

use std::time::Duration;

use akiba_protocol::UploadFailure;

use super::error::ErrorCode;

/// Why a frame or a file did not become a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrabFailure {
    /// The page cancelled `selfie-capture`.
    Prevented,
    /// The frame could not be read or encoded.
    Frame,
    /// The browser spoils what is drawn, and there is no other way to the pixels.
    Spoiled,
    /// The file is not an image that this browser can read.
    NotAnImage,
    /// The file exceeds the limits.
    TooLarge,
    /// The file can't be read.
    Unreadable,
}

impl GrabFailure {
    /// Returns the code for the page; `None` if nothing failed.
    #[must_use]
    pub fn code(self) -> Option<ErrorCode> {
        match self {
            Self::Prevented => None,
            Self::Frame => Some(ErrorCode::PhotoFailed),
            Self::Spoiled => Some(ErrorCode::PhotoAltered),
            Self::NotAnImage => Some(ErrorCode::FileNotImage),
            Self::TooLarge => Some(ErrorCode::FileTooLarge),
            Self::Unreadable => Some(ErrorCode::FileUnreadable),
        }
    }
}

/// Why a call to the relay failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayFailure {
    /// The page's function refused a session, or the relay rejects the session.
    Session,
    /// The page's `session` function failed or took too long, as it does without a network. Nothing was sent.
    SessionUnavailable,
    /// Status 403.
    Forbidden,
    /// The session did not issue this link, or no longer accepts it. It may issue another one.
    LinkVoid,
    /// The session already has its verdict.
    SessionDone,
    /// A phone has the session.
    AtPhone,
    /// The back end wants the selfie from a phone.
    NeedsPhone,
    /// The session allows no more links or verdicts.
    SessionLimit,
    /// The vendor was asked for the verdict and its answer was lost. The host's back end decides how to continue.
    VerdictUnknown,
    /// No answer of the relay: offline, connection refused, a CORS error, or the page of a filter, a sign-in page or a
    /// load balancer instead.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// Status 429 or 503: nothing was done, and a retry is allowed.
    Busy {
        /// The value of `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The vendor does not know the customer.
    UnknownCustomer,
    /// Another status 4xx.
    Refused,
    /// Another status 5xx.
    Failed,
    /// The answer does not follow the contract.
    Reply,
    /// The answer's signed link can't be used.
    LinkUnusable,
    /// The answer's signed link contains the checksum of a body that is not the photo.
    LinkChecksum,
    /// The answer's signed link signs a header whose value is unknown.
    LinkHeaders,
}

impl RelayFailure {
    /// Returns the code for the page.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Session => ErrorCode::Session,
            Self::Forbidden | Self::LinkVoid | Self::NeedsPhone => ErrorCode::RelayForbidden,
            Self::SessionDone | Self::AtPhone => ErrorCode::SessionDone,
            Self::SessionLimit => ErrorCode::SessionLimit,
            Self::VerdictUnknown => ErrorCode::VerdictUnknown,
            Self::Unreachable | Self::SessionUnavailable => ErrorCode::RelayUnreachable,
            Self::Timeout => ErrorCode::RelayTimeout,
            Self::Busy { .. } => ErrorCode::RelayBusy,
            Self::UnknownCustomer => ErrorCode::CustomerUnknown,
            Self::Refused => ErrorCode::RelayRefused,
            Self::Failed => ErrorCode::RelayFailed,
            Self::Reply => ErrorCode::RelayReply,
            Self::LinkUnusable => ErrorCode::LinkUnusable,
            Self::LinkChecksum => ErrorCode::LinkChecksum,
            Self::LinkHeaders => ErrorCode::LinkHeaders,
        }
    }

    /// Whether the person can only go on by a phone.
    #[must_use]
    pub fn is_for_phone(self) -> bool {
        matches!(self, Self::AtPhone | Self::NeedsPhone)
    }

    /// Whether the relay answered. The rest fails in the same way without a network.
    #[must_use]
    pub fn is_answer(self) -> bool {
        !matches!(self, Self::SessionUnavailable | Self::Unreachable | Self::Timeout)
    }

    /// Whether to retry a link request automatically. An unused link has no cost and no effect, so every temporary
    /// failure is retried.
    #[must_use]
    pub fn link_may_be_retried(self) -> bool {
        matches!(self, Self::SessionUnavailable | Self::Unreachable | Self::Timeout | Self::Busy { .. } | Self::Failed)
    }

    /// Whether to retry a verdict request automatically. Without a session it reaches the vendor, who may bill each
    /// request and documents no idempotency key, so only the certainty that nothing was done allows a retry. With a
    /// session, the relay keeps the verdict and returns it to a repeated request, so a lost answer allows a retry, too.
    #[must_use]
    pub fn verify_may_be_retried(self, session: bool) -> bool {
        match self {
            Self::Busy { .. } | Self::SessionUnavailable => true,
            Self::Unreachable | Self::Timeout => session,
            _ => false,
        }
    }
}

/// Returns the code for the page of a failed upload.
#[must_use]
pub fn upload_code(failure: UploadFailure) -> ErrorCode {
    match failure {
        UploadFailure::Network => ErrorCode::UploadUnreachable,
        UploadFailure::Stalled => ErrorCode::UploadStalled,
        UploadFailure::Expired | UploadFailure::Over => ErrorCode::UploadExpired,
        UploadFailure::ClockSkew => ErrorCode::UploadClockSkew,
        UploadFailure::TooLarge => ErrorCode::UploadTooLarge,
        UploadFailure::Damaged => ErrorCode::UploadDamaged,
        UploadFailure::Busy => ErrorCode::UploadBusy,
        UploadFailure::Signature
        | UploadFailure::SignatureV2
        | UploadFailure::MayHaveLanded
        | UploadFailure::Refused => ErrorCode::UploadRefused,
    }
}
