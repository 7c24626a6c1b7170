//! The meaning of each answer of S3.

use akiba_protocol::UploadFailure as Failure;
use akiba_protocol::s3::{Sent, classify, error_code};
use proptest::prelude::*;

const FRESH: Sent = Sent { link_over: false, v2_with_content_type: false, tried_before: false };
const OVER: Sent = Sent { link_over: true, ..FRESH };
const V2: Sent = Sent { v2_with_content_type: true, ..FRESH };
const AGAIN: Sent = Sent { tried_before: true, ..FRESH };

/// Returns an error document as S3 writes it.
fn document(code: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>{more}<RequestId>4442587FB7D0A2F9\
         </RequestId><HostId>x</HostId></Error>"
    )
}

#[test]
fn each_answer_has_its_meaning() {
    let expired = "<Message>Request has expired</Message>";
    let unsigned = "<Message>There were headers present in the request which were not signed</Message>\
                    <HeadersNotSigned>x-amz-acl</HeadersNotSigned>";
    let denied = "<Message>Access Denied</Message>";
    let rows = [
        (0, "", "", FRESH, Failure::Network),
        (0, "", "", AGAIN, Failure::Network),
        (0, "", "", OVER, Failure::Network),
        (403, "AccessDenied", expired, FRESH, Failure::Expired),
        (400, "ExpiredToken", "", FRESH, Failure::Expired),
        (403, "ExpiredToken", "", FRESH, Failure::Expired),
        (403, "AccessDenied", denied, OVER, Failure::Expired),
        (403, "SignatureDoesNotMatch", "", OVER, Failure::Expired),
        (403, "", "", OVER, Failure::Expired),
        (400, "InvalidRequest", "", OVER, Failure::Expired),
        (400, "RequestTimeout", "", OVER, Failure::Expired),
        (403, "SignatureDoesNotMatch", "", FRESH, Failure::Signature),
        (403, "SignatureDoesNotMatch", "", V2, Failure::SignatureV2),
        (403, "AccessDenied", unsigned, FRESH, Failure::Signature),
        (403, "RequestTimeTooSkewed", "", FRESH, Failure::ClockSkew),
        (403, "RequestTimeTooSkewed", "", OVER, Failure::ClockSkew),
        (400, "EntityTooLarge", "", FRESH, Failure::TooLarge),
        (413, "", "", FRESH, Failure::TooLarge),
        (400, "BadDigest", "", FRESH, Failure::Damaged),
        (400, "RequestTimeout", "", FRESH, Failure::Busy),
        (408, "", "", FRESH, Failure::Busy),
        (429, "", "", FRESH, Failure::Busy),
        (500, "InternalError", "", FRESH, Failure::Busy),
        (502, "", "", FRESH, Failure::Busy),
        (503, "SlowDown", "", FRESH, Failure::Busy),
        (503, "SlowDown", "", OVER, Failure::Busy),
        (599, "", "", FRESH, Failure::Busy),
        (404, "NoSuchBucket", "", FRESH, Failure::Refused),
        (404, "NoSuchKey", "", OVER, Failure::Refused),
        (411, "MissingContentLength", "", FRESH, Failure::Refused),
        (412, "PreconditionFailed", "", FRESH, Failure::Refused),
        (412, "PreconditionFailed", "", AGAIN, Failure::MayHaveLanded),
        (403, "AccessDenied", denied, FRESH, Failure::Refused),
        (403, "InvalidAccessKeyId", "", V2, Failure::Refused),
        (307, "TemporaryRedirect", "", FRESH, Failure::Refused),
        (100, "", "", FRESH, Failure::Refused),
    ];
    for (status, code, more, sent, failure) in rows {
        let body = if code.is_empty() { String::new() } else { document(code, more) };
        assert_eq!(classify(status, &body, sent), Err(failure), "{status} {code} {more} {sent:?}");
    }
}

#[test]
fn the_code_of_a_document_is_found() {
    assert_eq!(error_code(&document("SlowDown", "")), Some("SlowDown"));
    assert_eq!(error_code("<Error><Code> SlowDown\n</Code></Error>"), Some("SlowDown"));
    for none in ["", "<Code>", "</Code><Code>", "<html>busy</html>", "{\"Code\":\"x\"}"] {
        assert_eq!(error_code(none), None, "{none}");
    }
}

proptest! {
    /// Only the status tells whether an upload succeeded; no body can change that.
    #[test]
    fn only_the_status_means_success(
        status in any::<u16>(), body in ".{0,80}", code in "[A-Za-z]{0,20}",
        link_over in any::<bool>(), v2_with_content_type in any::<bool>(), tried_before in any::<bool>(),
    ) {
        let sent = Sent { link_over, v2_with_content_type, tried_before };
        for body in [body, document(&code, "")] {
            prop_assert_eq!(classify(status, &body, sent).is_ok(), (200..300).contains(&status));
        }
    }
}
