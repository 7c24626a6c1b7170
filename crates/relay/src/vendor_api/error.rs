//! How a call to the vendor fails ([`VendorError`], [`NoToken`], [`ReplyFault`]), and which [`RelayError`] each failure is.

use std::error::Error;

use akiba_protocol::{ProblemCode, SignedLinkError};
use http::StatusCode;
use serde_json::error::Category;

use crate::error::RelayError;
use crate::telemetry::metrics::MetricWord;

/// Seconds to wait when the vendor asks for patience and does not say how much.
const DEFAULT_RETRY_AFTER: u32 = 5;

/// A call to the vendor that failed. What it displays is for the log, and holds nothing of the call.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// The request could not be written as JSON.
    #[error("the request could not be written")]
    Request,
    /// A value of the request for which the profile has no word.
    #[error("the vendor's profile has no word for a value of the request")]
    UnmappedValue,
    /// No token of OAuth2, so nothing was sent.
    #[error(transparent)]
    NoToken(NoToken),
    /// No connection, so nothing was sent: what went wrong, from the outside in, without the URL.
    #[error("{0}")]
    NoConnection(String),
    /// A connection that broke: what went wrong, likewise.
    #[error("{0}")]
    ConnectionLost(String),
    /// The vendor was slower than the setting allows.
    #[error("the vendor was too slow")]
    Timeout,
    /// 401 or 403: the token does not open this call.
    #[error("the vendor answered {}", .0.as_u16())]
    Denied(StatusCode),
    /// 404.
    #[error("the vendor answered 404")]
    UnknownCustomer,
    /// 429, with the seconds that the vendor asks for, if it does.
    #[error("the vendor answered 429")]
    RateLimited(Option<u32>),
    /// Any other 4xx.
    #[error("the vendor answered {}", .0.as_u16())]
    Refused(StatusCode),
    /// 503 with `Retry-After`: the vendor takes no calls now.
    #[error("the vendor answered 503")]
    NotAccepting,
    /// Any other 5xx.
    #[error("the vendor answered {}", .0.as_u16())]
    Failed(StatusCode),
    /// An answer that is not what the vendor's reference says.
    #[error(transparent)]
    Reply(ReplyFault),
}

/// Why there is no token. What it displays is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no access token: {cause}")]
pub struct NoToken {
    /// Whether the vendor refused the client.
    pub denied: bool,
    cause: String,
}

impl NoToken {
    pub(super) fn new(denied: bool, cause: impl Into<String>) -> Self {
        Self { denied, cause: cause.into() }
    }

    /// A failure that is not the vendor's refusal.
    pub(super) fn fault(cause: &str) -> Self {
        Self::new(false, cause)
    }

    /// It took longer than a call may.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::fault("it came too late")
    }
}

/// What the vendor may have done of a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing: the call did not get to where the work is done.
    NotStarted,
    /// Nothing: the vendor looked at the call and refused it.
    Refused,
    /// It is not known, and the vendor may bill it.
    MayBeDone,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    /// A status that promises nothing, such as a redirect, which is never followed.
    #[error("the vendor answered {}", .0.as_u16())]
    Status(StatusCode),
    /// More bytes than the setting allows.
    #[error("the vendor's answer is over the limit")]
    TooLarge,
    /// Not the JSON of the call. Serde's own message is left out, as it quotes the answer.
    #[error("the vendor's JSON is wrong ({category:?}) at line {line}, column {column}")]
    Json {
        /// Whether its syntax or its content is wrong.
        category: Category,
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1.
        column: usize,
    },
    /// A link that no photo may be sent to.
    #[error(transparent)]
    Link(SignedLinkError),
}

impl VendorError {
    /// The failure of a request that got no whole answer.
    pub(crate) fn of_transport(error: reqwest::Error) -> Self {
        // Nothing was sent when the connection itself timed out, so that is no `Timeout`.
        if error.is_timeout() && !error.is_connect() {
            return Self::Timeout;
        }
        let connecting = error.is_connect();
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        if connecting { Self::NoConnection(text) } else { Self::ConnectionLost(text) }
    }

    /// What the vendor may have done of a call that failed so.
    #[must_use]
    pub fn work(&self) -> Work {
        match self {
            Self::Request | Self::UnmappedValue | Self::NoToken(_) => Work::NotStarted,
            Self::NoConnection(_) | Self::Denied(_) | Self::RateLimited(_) => Work::NotStarted,
            // 408 may come from something before the vendor that has lost patience with it, and so may 503: gateways
            // answer that for a service that is too slow. One that says when to come back was not asked the work.
            Self::Refused(StatusCode::REQUEST_TIMEOUT) => Work::MayBeDone,
            Self::UnknownCustomer | Self::Refused(_) | Self::NotAccepting => Work::Refused,
            Self::ConnectionLost(_) | Self::Timeout | Self::Failed(_) | Self::Reply(_) => Work::MayBeDone,
        }
    }
}

impl MetricWord for VendorError {
    fn metric_word(&self) -> &'static str {
        match self {
            Self::UnmappedValue => "no-word",
            Self::NoToken(_) => "no-token",
            Self::Request => "request",
            Self::NoConnection(_) => "no-connection",
            Self::ConnectionLost(_) => "broken",
            Self::Timeout => "timeout",
            Self::Denied(_) => "denied",
            Self::UnknownCustomer => "unknown-customer",
            Self::RateLimited(_) => "busy",
            Self::Refused(_) => "refused",
            Self::NotAccepting | Self::Failed(_) => "failed",
            Self::Reply(_) => "reply",
        }
    }
}

impl From<VendorError> for RelayError {
    fn from(error: VendorError) -> Self {
        let code = match &error {
            VendorError::Request => ProblemCode::Internal,
            VendorError::NoConnection(_)
            | VendorError::ConnectionLost(_)
            | VendorError::NotAccepting
            | VendorError::Failed(_) => ProblemCode::VendorUnavailable,
            VendorError::NoToken(error) if !error.denied => ProblemCode::VendorUnavailable,
            VendorError::Timeout => ProblemCode::VendorTimeout,
            VendorError::NoToken(_) | VendorError::Denied(_) => ProblemCode::VendorDenied,
            VendorError::UnknownCustomer => ProblemCode::UnknownCustomer,
            VendorError::RateLimited(_) => ProblemCode::TooManyRequests,
            VendorError::UnmappedValue | VendorError::Refused(_) => ProblemCode::Refused,
            VendorError::Reply(_) => ProblemCode::VendorReply,
        };
        let relayed = Self::new(code).caused_by(error.to_string());
        match error {
            VendorError::RateLimited(seconds) => relayed.retry_after(seconds.unwrap_or(DEFAULT_RETRY_AFTER)),
            _ => relayed,
        }
    }
}
