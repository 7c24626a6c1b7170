//! The errors of a call to the vendor ([`VendorError`], [`NoToken`], [`ReplyFault`]), and their conversion into
//! [`RelayError`].

use std::error::Error;

use akiba_protocol::{ProblemCode, SignedLinkError};
use http::StatusCode;
use serde_json::error::Category;

use crate::error::RelayError;
use crate::telemetry::metrics::MetricWord;

/// Seconds to wait after a 429 without `Retry-After`.
const DEFAULT_RETRY_AFTER: u32 = 5;

/// How the text of an answer that broke off begins, and has always begun: operators search for it.
const BROKEN_OFF: &str = "error decoding response body: request or response body error";

/// Why a call to the vendor failed. The text is for the log, and holds no data of the call.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// The request can't be serialized as JSON.
    #[error("the request can't be serialized as JSON")]
    Request,
    /// The profile's table of values lacks a value of the request.
    #[error("a value of the request is not in the table of values of the vendor's profile")]
    UnmappedValue,
    /// There is no OAuth2 access token, so nothing was sent.
    #[error(transparent)]
    NoToken(NoToken),
    /// The circuit breaker is open, so nothing was sent. Holds the seconds after which a retry may be let through.
    #[error("the circuit breaker is open: the last calls to the vendor failed")]
    Suspended(u32),
    /// There is no connection, so nothing was sent. Holds the error and its causes, without the URL.
    #[error("{0}")]
    NoConnection(String),
    /// The connection was lost during the call. Holds the error and its causes, without the URL.
    #[error("{0}")]
    ConnectionLost(String),
    /// The vendor did not answer within the time of the setting.
    #[error("the vendor did not answer in time")]
    Timeout,
    /// 401 or 403: the vendor does not accept the token for this call.
    #[error("the vendor answered {}", .0.as_u16())]
    Denied(StatusCode),
    /// 404: the vendor does not know the person.
    #[error("the vendor answered 404")]
    UnknownCustomer,
    /// 429, with the seconds of `Retry-After`, if there are any.
    #[error("the vendor answered 429")]
    RateLimited(Option<u32>),
    /// 408: a gateway in front of the vendor gave up, perhaps while the vendor was working on the call.
    #[error("the vendor answered 408")]
    GatewayTimeout,
    /// Any other 4xx.
    #[error("the vendor answered {}", .0.as_u16())]
    Refused(StatusCode),
    /// 503 with `Retry-After`: the vendor does not accept calls now.
    #[error("the vendor answered 503")]
    NotAccepting,
    /// Any other 5xx.
    #[error("the vendor answered {}", .0.as_u16())]
    Failed(StatusCode),
    /// The answer does not match the vendor's API reference.
    #[error(transparent)]
    Reply(ReplyFault),
}

/// Why there is no access token. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no access token: {cause}")]
pub struct NoToken {
    /// Whether the vendor rejected the client's credentials or request.
    pub denied: bool,
    cause: String,
}

impl NoToken {
    pub(super) fn new(denied: bool, cause: impl Into<String>) -> Self {
        Self { denied, cause: cause.into() }
    }

    /// Creates an error that is not a rejection by the vendor.
    pub(super) fn fault(cause: &str) -> Self {
        Self::new(false, cause)
    }

    /// Creates the error for a token that did not arrive in time.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::fault("it did not arrive in time")
    }
}

/// Whether the vendor may have done the work of a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// No: the call did not reach the part of the vendor that does the work.
    NotStarted,
    /// No: the vendor checked the call and rejected it.
    Refused,
    /// Unknown: the vendor may have done it, and may bill it.
    MayBeDone,
}

/// What is wrong with a vendor's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    /// An unexpected status, such as a redirect, which the relay never follows.
    #[error("the vendor answered {}", .0.as_u16())]
    Status(StatusCode),
    /// More bytes than `--max-reply-bytes` allows.
    #[error("the vendor's answer is larger than --max-reply-bytes")]
    TooLarge,
    /// Not the JSON of the call. Serde's own message is omitted, as it quotes the answer.
    #[error("the vendor's JSON is invalid ({category:?}) at line {line}, column {column}")]
    Json {
        /// Whether the syntax or the content is wrong.
        category: Category,
        /// The line of the error, from 1.
        line: usize,
        /// The column of the error, from 1.
        column: usize,
    },
    /// The signed link is not a URL to which a photo may be sent.
    #[error(transparent)]
    Link(SignedLinkError),
}

impl VendorError {
    /// Converts the error of a request whose answer has not begun.
    pub(crate) fn of_transport(error: &hyper_util::client::legacy::Error) -> Self {
        Self::convert("error sending request", error, error.is_connect(), is_client_certificate_rejected)
    }

    /// Converts the error of an answer that broke off. The vendor has read the request.
    pub(crate) fn of_body(error: &(dyn Error + 'static)) -> Self {
        Self::convert(BROKEN_OFF, error, false, |_| false)
    }

    fn convert(
        what: &str,
        error: &(dyn Error + 'static),
        mut connecting: bool,
        never_read: impl Fn(&(dyn Error + 'static)) -> bool,
    ) -> Self {
        let (mut text, mut timed_out) = (what.to_owned(), false);
        let mut source = Some(error);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            connecting |= never_read(cause);
            timed_out |= is_timeout(cause);
            source = cause.source();
        }
        match (connecting, timed_out) {
            // If connecting timed out, nothing was sent. That is `NoConnection`, not `Timeout`.
            (true, _) => Self::NoConnection(text),
            (false, true) => Self::Timeout,
            (false, false) => Self::ConnectionLost(text),
        }
    }

    /// Returns whether the error means that the vendor is down or too slow, for any call. An answer that only this call or
    /// this token gets does not.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::NoConnection(_) | Self::ConnectionLost(_) | Self::Timeout | Self::GatewayTimeout => true,
            Self::NotAccepting | Self::Failed(_) => true,
            Self::NoToken(error) => !error.denied,
            Self::Request | Self::UnmappedValue | Self::Suspended(_) | Self::Denied(_) => false,
            Self::UnknownCustomer | Self::RateLimited(_) | Self::Refused(_) | Self::Reply(_) => false,
        }
    }

    /// Returns whether the vendor may have done the work of the failed call.
    #[must_use]
    pub fn work(&self) -> Work {
        match self {
            Self::Request | Self::UnmappedValue | Self::NoToken(_) | Self::Suspended(_) => Work::NotStarted,
            Self::NoConnection(_) | Self::Denied(_) | Self::RateLimited(_) => Work::NotStarted,
            // A gateway in front of the vendor may answer 408 or 503 while the vendor is still working on the call.
            // Only a 503 with `Retry-After` (`NotAccepting`) means that the vendor did not start.
            Self::UnknownCustomer | Self::Refused(_) | Self::NotAccepting => Work::Refused,
            Self::ConnectionLost(_) | Self::Timeout | Self::GatewayTimeout => Work::MayBeDone,
            Self::Failed(_) | Self::Reply(_) => Work::MayBeDone,
        }
    }
}

/// Returns whether the operating system or hyper gave up waiting.
fn is_timeout(cause: &(dyn Error + 'static)) -> bool {
    let io = cause.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
        || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_timeout)
}

/// Returns whether the vendor rejected the relay's client certificate, or the lack of one. In TLS 1.3 the client learns
/// that only after its part of the handshake, when it may have sent the request. The vendor has not read it: nothing
/// can be read before the client's certificate has been accepted (RFC 8446, section 4.4.2.4).
fn is_client_certificate_rejected(cause: &(dyn Error + 'static)) -> bool {
    use rustls::AlertDescription as Alert;
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    let inner = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::AlertReceived(alert)) = inner.or_else(|| cause.downcast_ref()) else { return false };
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

impl MetricWord for VendorError {
    fn metric_word(&self) -> &'static str {
        match self {
            Self::UnmappedValue => "no-word",
            Self::NoToken(_) => "no-token",
            Self::Request => "request",
            Self::Suspended(_) => "suspended",
            Self::NoConnection(_) => "no-connection",
            Self::ConnectionLost(_) => "broken",
            Self::Timeout | Self::GatewayTimeout => "timeout",
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
            | VendorError::Suspended(_)
            | VendorError::NotAccepting
            | VendorError::Failed(_) => ProblemCode::VendorUnavailable,
            VendorError::NoToken(error) if !error.denied => ProblemCode::VendorUnavailable,
            VendorError::Timeout | VendorError::GatewayTimeout => ProblemCode::VendorTimeout,
            VendorError::NoToken(_) | VendorError::Denied(_) => ProblemCode::VendorDenied,
            VendorError::UnknownCustomer => ProblemCode::UnknownCustomer,
            VendorError::RateLimited(_) => ProblemCode::TooManyRequests,
            VendorError::UnmappedValue | VendorError::Refused(_) => ProblemCode::Refused,
            VendorError::Reply(_) => ProblemCode::VendorReply,
        };
        let relayed = Self::new(code).caused_by(error.to_string());
        match error {
            VendorError::Suspended(seconds) => relayed
                .with_detail("The last calls to the vendor failed. The relay asks it for no links for a while.")
                .retry_after(seconds),
            VendorError::RateLimited(seconds) => relayed.retry_after(seconds.unwrap_or(DEFAULT_RETRY_AFTER)),
            _ => relayed,
        }
    }
}
