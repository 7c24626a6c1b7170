//! The JSON body of an answer that is frequent ([`Reply`]).

use akiba_protocol::ProblemCode;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Serialize;

use crate::error::RelayError;

/// Room for the JSON of an answer with a link, which has about a thousand bytes.
const USUAL_BYTES: usize = 1_024;

/// Room for the headers of an answer, including those of the layers.
const USUAL_HEADERS: usize = 12;

/// Answers with JSON. Unlike axum's `Json` it takes the room for body and headers at once.
#[derive(Clone, Copy, Debug)]
pub struct Reply<T>(pub T);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(USUAL_BYTES);
        if serde_json::to_writer(&mut body, &self.0).is_err() {
            return RelayError::new(ProblemCode::Internal).caused_by("the answer is not JSON").into_response();
        }
        let mut response = Response::new(Body::from(body));
        response.headers_mut().reserve(USUAL_HEADERS);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::response::IntoResponse;
    use serde_json::json;

    use super::Reply;

    #[tokio::test]
    async fn a_reply_is_json() {
        let value = json!({ "text": "x".repeat(3_000) });
        let response = Reply(&value).into_response();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        assert_eq!(to_bytes(response.into_body(), 10_000).await.unwrap(), value.to_string());
    }
}
