//! The relay's errors ([`Problem`], [`ProblemCode`]): `application/problem+json` (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};

/// The media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, as a word that never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// 400: the body is not the JSON that the call wants.
    BadRequest,
    /// 401: a session is wanted and there is none, or it is not valid.
    Unauthorized,
    /// 403: the page's origin is not on the list, or the session does not allow this.
    Forbidden,
    /// 404: there is no such path.
    NotFound,
    /// 404: the vendor does not know this customer.
    UnknownCustomer,
    /// 405: the path takes another method.
    MethodNotAllowed,
    /// 408: the request took too long to arrive.
    RequestTimeout,
    /// 413: the body is over the limit.
    BodyTooLarge,
    /// 415: the body is not `application/json`.
    UnsupportedMediaType,
    /// 422: the vendor refused the request's fields.
    Refused,
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
    /// 504: the vendor took too long. Whether it did the work is not known.
    VendorTimeout,
}

impl ProblemCode {
    /// Every code, in the order of its status.
    pub const ALL: [Self; 17] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::UnknownCustomer,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Refused,
        Self::TooManyRequests,
        Self::Internal,
        Self::VendorDenied,
        Self::VendorUnavailable,
        Self::VendorReply,
        Self::Overloaded,
        Self::VendorTimeout,
    ];

    /// The code as it travels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::UnknownCustomer => "unknown-customer",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::RequestTimeout => "request-timeout",
            Self::BodyTooLarge => "body-too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Refused => "refused",
            Self::TooManyRequests => "too-many-requests",
            Self::Internal => "internal",
            Self::VendorDenied => "vendor-denied",
            Self::VendorUnavailable => "vendor-unavailable",
            Self::VendorReply => "vendor-reply",
            Self::Overloaded => "overloaded",
            Self::VendorTimeout => "vendor-timeout",
        }
    }

    /// The HTTP status that goes with the code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound | Self::UnknownCustomer => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Refused => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::VendorDenied | Self::VendorUnavailable | Self::VendorReply => 502,
            Self::Overloaded => 503,
            Self::VendorTimeout => 504,
        }
    }

    /// One sentence for a developer. It never holds anything of the request.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The body is not the JSON object that this call wants.",
            Self::Unauthorized => "A valid session is wanted.",
            Self::Forbidden => "This origin or session may not do this.",
            Self::NotFound => "There is nothing at this path.",
            Self::UnknownCustomer => "The vendor does not know this customer.",
            Self::MethodNotAllowed => "This path takes another method.",
            Self::RequestTimeout => "The request took too long to arrive.",
            Self::BodyTooLarge => "The body is over the limit.",
            Self::UnsupportedMediaType => "The body must be application/json.",
            Self::Refused => "The vendor refused the request's fields.",
            Self::TooManyRequests => "Too many requests.",
            Self::Internal => "The relay failed.",
            Self::VendorDenied => "The vendor did not accept the relay's credentials.",
            Self::VendorUnavailable => "The vendor can't be reached.",
            Self::VendorReply => "The vendor's answer could not be understood.",
            Self::Overloaded => "The relay is at its limit.",
            Self::VendorTimeout => "The vendor took too long to answer.",
        }
    }
}

/// The body of every error of the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub code: ProblemCode,
    /// One sentence for a developer.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What exactly is wrong, where the relay can say it without repeating what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id under which the relay's log knows this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// The problem of a code, with its own title and status.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self { code, title: code.title().to_owned(), status: code.status(), detail: None, request_id: None }
    }

    /// The same, with a detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
