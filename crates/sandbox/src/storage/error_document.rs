//! An S3 error document ([`ErrorDocument`]) for the checks before `s3s`. It has elements that `s3s` can't write.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

/// One S3 error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorDocument {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The `<Code>`.
    pub(crate) code: &'static str,
    /// The `<Message>`.
    pub(crate) message: &'static str,
    /// More elements: name and text.
    pub(crate) details: Vec<(&'static str, String)>,
}

impl ErrorDocument {
    /// Returns the document as XML.
    fn xml(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
        let head = [("Code", self.code), ("Message", self.message)];
        let details = self.details.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in head.into_iter().chain(details) {
            // Writing to a string can't fail.
            let _ = write!(text, "<{name}>{}</{name}>", escape(value));
        }
        text.push_str("</Error>");
        text
    }
}

impl IntoResponse for ErrorDocument {
    fn into_response(self) -> Response {
        (self.status, [(header::CONTENT_TYPE, "application/xml")], self.xml()).into_response()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_name_cannot_break_out_of_the_document() {
        let refusal = ErrorDocument {
            status: StatusCode::FORBIDDEN,
            code: "AccessDenied",
            message: "no",
            details: vec![("HeadersNotSigned", "x-amz-a&<b>".to_owned())],
        };
        assert_eq!(
            refusal.xml(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>no</Message>\
             <HeadersNotSigned>x-amz-a&amp;&lt;b&gt;</HeadersNotSigned></Error>"
        );
    }
}
