//! The relay's errors ([`Problem`], [`ProblemCode`]): `application/problem+json` (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};

/// Where each code is explained, less its word.
const EXPLAINED: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/errors.md#");

/// The media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, as a word that never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// 400: the body is not the JSON that the call wants.
    BadRequest,
    /// 401: a session is wanted and there is none, or it is not valid.
    Unauthorized,
    /// 401: the session's life is over. A new one goes on from there.
    SessionExpired,
    /// 403: the page's origin is not on the list, or the session does not allow this.
    Forbidden,
    /// 403: the body names another person, file or key than the session.
    SessionMismatch,
    /// 404: there is no such path.
    NotFound,
    /// 404: the vendor does not know this customer.
    UnknownCustomer,
    /// 404: there is no session of this id.
    UnknownSession,
    /// 405: the path takes another method.
    MethodNotAllowed,
    /// 408: the request took too long to arrive.
    RequestTimeout,
    /// 409: the session is not where this call can be made: it has its verdict, or no link yet.
    SessionState,
    /// 409: the session's links or verdicts are used up.
    SessionLimit,
    /// 409: the vendor is being asked for this verdict.
    VerdictPending,
    /// 409: the vendor was asked for this verdict and its answer was lost. The host's back end decides what is next.
    VerdictUnknown,
    /// 413: the body is over the limit.
    BodyTooLarge,
    /// 415: the body is not `application/json`.
    UnsupportedMediaType,
    /// 422: the vendor refused the request's fields.
    Refused,
    /// 422: the idempotency key was sent before, with another photo.
    IdempotencyMismatch,
    /// 429: too many requests; `Retry-After` says when.
    TooManyRequests,
    /// 500: a fault of the relay.
    Internal,
    /// 502: the vendor did not accept the relay's token. The page can do nothing about it.
    VendorDenied,
    /// 502: the vendor can't be reached, or answered with an error of its own.
    VendorUnavailable,
    /// 502: the vendor's answer is not what its reference says.
    VendorReply,
    /// 503: the relay is at its limit; nothing was sent to the vendor, so the call may be repeated.
    Overloaded,
    /// 503: the relay's database can't be reached. The call may be repeated: what was done is not done twice.
    StorageUnavailable,
    /// 504: the vendor took too long. Whether it did the work is not known.
    VendorTimeout,
}

impl ProblemCode {
    /// Every code, in the order of its status.
    pub const ALL: [Self; 26] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::SessionExpired,
        Self::Forbidden,
        Self::SessionMismatch,
        Self::NotFound,
        Self::UnknownCustomer,
        Self::UnknownSession,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::SessionState,
        Self::SessionLimit,
        Self::VerdictPending,
        Self::VerdictUnknown,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Refused,
        Self::IdempotencyMismatch,
        Self::TooManyRequests,
        Self::Internal,
        Self::VendorDenied,
        Self::VendorUnavailable,
        Self::VendorReply,
        Self::Overloaded,
        Self::StorageUnavailable,
        Self::VendorTimeout,
    ];

    /// The code as it travels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::Unauthorized => "unauthorized",
            Self::SessionExpired => "session-expired",
            Self::Forbidden => "forbidden",
            Self::SessionMismatch => "session-mismatch",
            Self::NotFound => "not-found",
            Self::UnknownCustomer => "unknown-customer",
            Self::UnknownSession => "unknown-session",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::RequestTimeout => "request-timeout",
            Self::SessionState => "session-state",
            Self::SessionLimit => "session-limit",
            Self::VerdictPending => "verdict-pending",
            Self::VerdictUnknown => "verdict-unknown",
            Self::BodyTooLarge => "body-too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Refused => "refused",
            Self::IdempotencyMismatch => "idempotency-mismatch",
            Self::TooManyRequests => "too-many-requests",
            Self::Internal => "internal",
            Self::VendorDenied => "vendor-denied",
            Self::VendorUnavailable => "vendor-unavailable",
            Self::VendorReply => "vendor-reply",
            Self::Overloaded => "overloaded",
            Self::StorageUnavailable => "storage-unavailable",
            Self::VendorTimeout => "vendor-timeout",
        }
    }

    /// The HTTP status that goes with the code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized | Self::SessionExpired => 401,
            Self::Forbidden | Self::SessionMismatch => 403,
            Self::NotFound | Self::UnknownCustomer | Self::UnknownSession => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::SessionState | Self::SessionLimit | Self::VerdictPending | Self::VerdictUnknown => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Refused | Self::IdempotencyMismatch => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::VendorDenied | Self::VendorUnavailable | Self::VendorReply => 502,
            Self::Overloaded | Self::StorageUnavailable => 503,
            Self::VendorTimeout => 504,
        }
    }

    /// The `type` of RFC 9457: where the code is explained. It names the code, and nobody need ask for it.
    #[must_use]
    pub fn uri(self) -> String {
        [EXPLAINED, self.as_str()].concat()
    }

    /// One sentence for a developer. It never holds anything of the request.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The body is not the JSON object that this call wants.",
            Self::Unauthorized => "A valid session is wanted.",
            Self::SessionExpired => "The session's life is over.",
            Self::Forbidden => "This origin or session may not do this.",
            Self::SessionMismatch => "The body names something else than the session does.",
            Self::NotFound => "There is nothing at this path.",
            Self::UnknownCustomer => "The vendor does not know this customer.",
            Self::UnknownSession => "There is no session of this id.",
            Self::MethodNotAllowed => "This path takes another method.",
            Self::RequestTimeout => "The request took too long to arrive.",
            Self::SessionState => "The session is not where this call can be made.",
            Self::SessionLimit => "The session's links or verdicts are used up.",
            Self::VerdictPending => "The vendor is being asked for this verdict.",
            Self::VerdictUnknown => "The vendor was asked for this verdict and its answer was lost.",
            Self::BodyTooLarge => "The body is over the limit.",
            Self::UnsupportedMediaType => "The body must be application/json.",
            Self::Refused => "The vendor refused the request's fields.",
            Self::IdempotencyMismatch => "The idempotency key was sent before, with another photo.",
            Self::TooManyRequests => "Too many requests.",
            Self::Internal => "The relay failed.",
            Self::VendorDenied => "The vendor did not accept the relay's credentials.",
            Self::VendorUnavailable => "The vendor can't be reached.",
            Self::VendorReply => "The vendor's answer could not be understood.",
            Self::Overloaded => "The relay is at its limit.",
            Self::StorageUnavailable => "The relay's database can't be reached.",
            Self::VendorTimeout => "The vendor took too long to answer.",
        }
    }
}

/// The body of every error of the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Where the code is explained: the URI that RFC 9457 calls `type`.
    #[serde(rename = "type", default = "about_blank")]
    #[cfg_attr(feature = "openapi", schema(required, format = "uri"))]
    pub uri: String,
    /// The stable code.
    pub code: ProblemCode,
    /// One sentence for a developer.
    pub title: String,
    /// The HTTP status again.
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599))]
    pub status: u16,
    /// What exactly is wrong, where the relay can say it without repeating what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id under which the relay's log knows this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required, format = "uuid"))]
    pub request_id: Option<String>,
}

/// What RFC 9457 has an absent `type` mean.
fn about_blank() -> String {
    "about:blank".to_owned()
}

impl Problem {
    /// The problem of a code, with its own title and status.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self {
            uri: code.uri(),
            code,
            title: code.title().to_owned(),
            status: code.status(),
            detail: None,
            request_id: None,
        }
    }

    /// The same, with a detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
