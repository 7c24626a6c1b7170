//! The relay's errors ([`Problem`], [`ProblemCode`]): `application/problem+json` (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};

/// The URL of the explanations; the code is its fragment.
const EXPLAINED: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/errors.md#");

/// The media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A stable error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// 400: the body is not the JSON object that the call requires.
    BadRequest,
    /// 401: the session is missing or invalid.
    Unauthorized,
    /// 401: the session has expired. Continue with a new one.
    SessionExpired,
    /// 403: the page's origin is not on the list, or the session does not allow this call.
    Forbidden,
    /// 403: the body has another identifier, file name or key than the session.
    SessionMismatch,
    /// 403: the back end demands a hand-off to a phone before a link.
    HandoffRequired,
    /// 403: the number that the person chose is not the one on the desktop. The hand-off has ended.
    WrongNumber,
    /// 404: unknown path.
    NotFound,
    /// 404: unknown to the vendor as a customer.
    UnknownCustomer,
    /// 404: unknown session id.
    UnknownSession,
    /// 404: the hand-off is unknown, expired, or at another phone.
    UnknownHandoff,
    /// 405: the path requires another method.
    MethodNotAllowed,
    /// 408: the request took too long to arrive.
    RequestTimeout,
    /// 409: the state of the session does not allow this call: it has a verdict already, or no link yet.
    SessionState,
    /// 409: the session has used all its links or verdicts.
    SessionLimit,
    /// 409: the person has used all attempts, over all sessions.
    PersonLimit,
    /// 409: the state of the hand-off does not allow this call.
    HandoffState,
    /// 409: a request to the vendor for this verdict is still running.
    VerdictPending,
    /// 409: the relay asked the vendor for this verdict and got no usable answer. The host's back end decides what to do.
    VerdictUnknown,
    /// 413: the body is too large.
    BodyTooLarge,
    /// 415: the body is not `application/json`.
    UnsupportedMediaType,
    /// 422: the vendor rejected fields of the request.
    Refused,
    /// 422: the idempotency key was used before with another photo, or to create another session.
    IdempotencyMismatch,
    /// 429: too many requests; `Retry-After` says when.
    TooManyRequests,
    /// 500: an internal error of the relay.
    Internal,
    /// 502: the vendor rejected the relay's token. The page can't fix this.
    VendorDenied,
    /// 502: the vendor can't be reached, or it answered with an internal error.
    VendorUnavailable,
    /// 502: the vendor's answer does not match its reference.
    VendorReply,
    /// 503: the relay is overloaded. Nothing was sent to the vendor, so a retry is safe.
    Overloaded,
    /// 503: the relay can't reach its database. A retry is safe, because calls are idempotent.
    StorageUnavailable,
    /// 504: the vendor took too long. It may or may not have done the work.
    VendorTimeout,
}

impl ProblemCode {
    /// Every code, in the order of its status.
    pub const ALL: [Self; 31] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::SessionExpired,
        Self::Forbidden,
        Self::SessionMismatch,
        Self::HandoffRequired,
        Self::WrongNumber,
        Self::NotFound,
        Self::UnknownCustomer,
        Self::UnknownSession,
        Self::UnknownHandoff,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::SessionState,
        Self::SessionLimit,
        Self::PersonLimit,
        Self::HandoffState,
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

    /// Returns the code as it is sent. Inlined, so that a page downloads only the codes that the widget compares.
    #[must_use]
    #[inline(always)]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::Unauthorized => "unauthorized",
            Self::SessionExpired => "session-expired",
            Self::Forbidden => "forbidden",
            Self::SessionMismatch => "session-mismatch",
            Self::HandoffRequired => "handoff-required",
            Self::WrongNumber => "wrong-number",
            Self::NotFound => "not-found",
            Self::UnknownCustomer => "unknown-customer",
            Self::UnknownSession => "unknown-session",
            Self::UnknownHandoff => "unknown-handoff",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::RequestTimeout => "request-timeout",
            Self::SessionState => "session-state",
            Self::SessionLimit => "session-limit",
            Self::PersonLimit => "person-limit",
            Self::HandoffState => "handoff-state",
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

    /// Returns the HTTP status of the code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized | Self::SessionExpired => 401,
            Self::Forbidden | Self::SessionMismatch | Self::HandoffRequired | Self::WrongNumber => 403,
            Self::NotFound | Self::UnknownCustomer | Self::UnknownSession | Self::UnknownHandoff => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::SessionState
            | Self::SessionLimit
            | Self::PersonLimit
            | Self::HandoffState
            | Self::VerdictPending
            | Self::VerdictUnknown => 409,
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

    /// Returns the `type` of RFC 9457: the URL of the explanation. It identifies the code; nobody has to fetch it.
    #[must_use]
    pub fn uri(self) -> String {
        [EXPLAINED, self.as_str()].concat()
    }

    /// Returns a sentence for developers. It never contains data of the request.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The body is not the JSON object that this call requires.",
            Self::Unauthorized => "This call requires a valid session.",
            Self::SessionExpired => "The session has expired.",
            Self::Forbidden => "This origin or session is not allowed to do this.",
            Self::SessionMismatch => "The body does not match the session.",
            Self::HandoffRequired => "This session needs a hand-off to a phone first.",
            Self::WrongNumber => "This is not the number on the desktop. The hand-off has ended.",
            Self::NotFound => "Unknown path.",
            Self::UnknownCustomer => "The vendor does not know this customer.",
            Self::UnknownSession => "Unknown session id.",
            Self::UnknownHandoff => "The hand-off is unknown, has expired, or is at another phone.",
            Self::MethodNotAllowed => "This path requires another method.",
            Self::RequestTimeout => "The request took too long to arrive.",
            Self::SessionState => "The state of the session does not allow this call.",
            Self::SessionLimit => "The session has used all its links or verdicts.",
            Self::PersonLimit => "The person has used all attempts.",
            Self::HandoffState => "The state of the hand-off does not allow this call.",
            Self::VerdictPending => "The request to the vendor for this verdict is still running.",
            Self::VerdictUnknown => "The relay asked the vendor for this verdict and got no usable answer.",
            Self::BodyTooLarge => "The body is too large.",
            Self::UnsupportedMediaType => "The body must be application/json.",
            Self::Refused => "The vendor rejected fields of the request.",
            Self::IdempotencyMismatch => "The idempotency key was used before with another request.",
            Self::TooManyRequests => "Too many requests.",
            Self::Internal => "Internal error of the relay.",
            Self::VendorDenied => "The vendor rejected the relay's credentials.",
            Self::VendorUnavailable => "The vendor can't be reached.",
            Self::VendorReply => "The vendor's answer could not be understood.",
            Self::Overloaded => "The relay is overloaded.",
            Self::StorageUnavailable => "The relay's database can't be reached.",
            Self::VendorTimeout => "The vendor took too long to answer.",
        }
    }
}

/// The body of every error response of the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The URL of the explanation of the code: the `type` of RFC 9457.
    #[serde(rename = "type", default = "about_blank")]
    #[cfg_attr(feature = "openapi", schema(required, format = "uri"))]
    pub uri: String,
    /// The stable code.
    pub code: ProblemCode,
    /// A sentence for developers.
    pub title: String,
    /// The HTTP status, repeated.
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599))]
    pub status: u16,
    /// What exactly is wrong, if the relay can say it without quoting the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of this request in the relay's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required, format = "uuid"))]
    pub request_id: Option<String>,
}

/// Returns the meaning of an absent `type` (RFC 9457).
fn about_blank() -> String {
    "about:blank".to_owned()
}

impl Problem {
    /// Creates a problem with the title and status of its code.
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

    /// Adds a detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
