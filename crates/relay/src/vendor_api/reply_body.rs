//! Reads the body of a vendor's answer up to a limit ([`read_body`]), and parses it ([`parse`], [`read`]).

use std::error::Error;

use akiba_protocol::UniqueKeys;
use axum::body::Bytes;
use http::Response;
use http_body_util::BodyExt;
use hyper::body::Body;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ReplyFault, VendorError};

/// Reads an answer of at most `limit` bytes. Fails before it reads more, with or without a `Content-Length`.
///
/// # Errors
/// [`VendorError`] when the answer is too large, incomplete or too slow.
pub async fn read_body<B>(response: Response<B>, limit: usize) -> Result<Vec<u8>, VendorError>
where
    B: Body<Data = Bytes, Error: Error + 'static> + Unpin,
{
    let mut frames = response.into_body();
    if frames.size_hint().exact().is_some_and(|length| length > limit as u64) {
        return Err(VendorError::Reply(ReplyFault::TooLarge));
    }
    let mut body = Vec::new();
    while let Some(frame) = frames.frame().await {
        // Trailers say nothing.
        let Ok(chunk) = frame.map_err(|error| VendorError::of_body(&error))?.into_data() else { continue };
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(VendorError::Reply(ReplyFault::TooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Parses the JSON of an answer.
///
/// # Errors
/// [`VendorError`] when it is not JSON, or an object in it has duplicate keys.
pub fn parse(body: &[u8]) -> Result<Value, VendorError> {
    serde_json::from_slice(body).map(|UniqueKeys(value)| value).map_err(json_fault)
}

/// Reads the answer of a call from its JSON.
///
/// # Errors
/// [`VendorError`] when it is not the JSON of the call.
pub fn read<R: DeserializeOwned>(reply: Value) -> Result<R, VendorError> {
    R::deserialize(reply).map_err(json_fault)
}

pub(super) fn json_fault(error: serde_json::Error) -> VendorError {
    VendorError::Reply(ReplyFault::Json { category: error.classify(), line: error.line(), column: error.column() })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::Bytes;
    use hyper::body::{Body, Frame};
    use rustls::AlertDescription::{AccessDenied, CertificateRequired};

    use super::read_body;
    use crate::vendor_api::{VendorError, Work};

    /// A body that breaks off with a TLS alert.
    struct Alert(rustls::AlertDescription);

    impl Body for Alert {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
            Poll::Ready(Some(Err(io::Error::other(rustls::Error::AlertReceived(self.0)))))
        }
    }

    #[tokio::test]
    async fn an_alert_in_an_answer_leaves_the_work_unknown() {
        for alert in [AccessDenied, CertificateRequired] {
            let error = read_body(http::Response::new(Alert(alert)), 1_000).await.unwrap_err();
            assert!(matches!(error, VendorError::ConnectionLost(_)), "{error:?}");
            assert_eq!(error.work(), Work::MayBeDone);
        }
    }
}
