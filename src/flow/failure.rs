//! How the adapters say what failed ([`GrabFailure`], [`RelayFailure`]); the upload's own list is
//! [`UploadFailure`](akiba_protocol::UploadFailure). Each maps to one [`ErrorCode`].

use std::time::Duration;

use akiba_protocol::UploadFailure;

use super::error::ErrorCode;

/// Why no photo came of a frame or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrabFailure {
    /// The page cancelled `selfie-capture`.
    Prevented,
    /// The frame could not be read or encoded.
    Frame,
    /// The file is no image that this browser can read.
    NotAnImage,
    /// The file is over the limits.
    TooLarge,
    /// The file can't be read.
    Unreadable,
}

impl GrabFailure {
    /// The code for the page; `None` where nothing failed.
    #[must_use]
    pub fn code(self) -> Option<ErrorCode> {
        match self {
            Self::Prevented => None,
            Self::Frame => Some(ErrorCode::PhotoFailed),
            Self::NotAnImage => Some(ErrorCode::FileNotImage),
            Self::TooLarge => Some(ErrorCode::FileTooLarge),
            Self::Unreadable => Some(ErrorCode::FileUnreadable),
        }
    }
}

/// Why a call to the relay came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayFailure {
    /// The page's `session` function failed, or the relay does not accept the session.
    Session,
    /// 403.
    Forbidden,
    /// The session has issued no such link, or no longer takes it; it may issue another one.
    LinkVoid,
    /// The session has its verdict.
    SessionDone,
    /// The session's links or verdicts are used up.
    SessionLimit,
    /// The vendor was asked for the verdict and its answer was lost; the host's back end decides what is next.
    VerdictUnknown,
    /// No answer: offline, refused, or a CORS error.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// 429 or 503: nothing was done, and it may be tried again.
    Busy {
        /// What `Retry-After` says.
        retry_after: Option<Duration>,
    },
    /// The vendor does not know the customer.
    UnknownCustomer,
    /// Another 4xx.
    Refused,
    /// Another 5xx.
    Failed,
    /// The answer is not what the contract says.
    Reply,
    /// The answer's signed link can't be used.
    LinkUnusable,
}

impl RelayFailure {
    /// The code for the page.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Session => ErrorCode::Session,
            Self::Forbidden | Self::LinkVoid => ErrorCode::RelayForbidden,
            Self::SessionDone => ErrorCode::SessionDone,
            Self::SessionLimit => ErrorCode::SessionLimit,
            Self::VerdictUnknown => ErrorCode::VerdictUnknown,
            Self::Unreachable => ErrorCode::RelayUnreachable,
            Self::Timeout => ErrorCode::RelayTimeout,
            Self::Busy { .. } => ErrorCode::RelayBusy,
            Self::UnknownCustomer => ErrorCode::CustomerUnknown,
            Self::Refused => ErrorCode::RelayRefused,
            Self::Failed => ErrorCode::RelayFailed,
            Self::Reply => ErrorCode::RelayReply,
            Self::LinkUnusable => ErrorCode::LinkUnusable,
        }
    }

    /// Whether asking for a link again may help, with nobody's doing. A link has no cost and no effect until it is
    /// used, so every passing fault is tried again.
    #[must_use]
    pub fn link_may_be_retried(self) -> bool {
        matches!(self, Self::Unreachable | Self::Timeout | Self::Busy { .. } | Self::Failed)
    }

    /// Whether verify may be repeated with nobody's doing. The vendor may bill each verify and documents no
    /// idempotency key, so only an answer which says that nothing was done counts.
    #[must_use]
    pub fn verify_may_be_retried(self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

/// The code for the page of a failed upload.
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
