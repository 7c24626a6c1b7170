//! The answers of S3, row by row.

use akiba_protocol::UploadFailure;
use akiba_selfie::adapter::upload::Progress;
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::calendar::Calendar;
use crate::fault::Fault;
use crate::{outcome, photo, target, told, told_while, v2, v4, xml};

/// A link to try.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// V4, signed just now.
    Fresh,
    /// V4, expiring before the answer arrives.
    Dying,
    /// V2.
    Old,
}

#[wasm_bindgen_test]
async fn each_answer_maps_to_its_failure() {
    use Kind::*;
    use UploadFailure::*;
    // Link, without `Content-Type`, tried before, status, code, message, failure.
    let rows = [
        (Fresh, false, false, 403, "AccessDenied", "Request has expired", Expired),
        (Old, false, false, 403, "AccessDenied", "Request has expired", Expired),
        (Fresh, false, false, 400, "ExpiredToken", "The provided token has expired.", Expired),
        (Fresh, false, false, 403, "AccessDenied", "Access Denied", Refused),
        (Dying, false, false, 403, "AccessDenied", "Access Denied", Expired),
        (Dying, false, false, 400, "InvalidRequest", "", Expired),
        (Dying, false, false, 400, "RequestTimeout", "", Expired),
        (Dying, false, false, 503, "SlowDown", "", Busy),
        (Fresh, false, false, 403, "SignatureDoesNotMatch", "", Signature),
        (Old, false, false, 403, "SignatureDoesNotMatch", "", SignatureV2),
        (Old, true, false, 403, "SignatureDoesNotMatch", "", Signature),
        (
            Fresh,
            false,
            false,
            403,
            "AccessDenied",
            "</Message><HeadersNotSigned>x-amz-acl</HeadersNotSigned>",
            Signature,
        ),
        (Fresh, false, false, 403, "RequestTimeTooSkewed", "", ClockSkew),
        (Fresh, false, false, 400, "EntityTooLarge", "", TooLarge),
        (Fresh, false, false, 413, "", "", TooLarge),
        (Fresh, false, false, 400, "BadDigest", "", Damaged),
        (Fresh, false, false, 400, "RequestTimeout", "", Busy),
        (Fresh, false, false, 408, "", "", Busy),
        (Fresh, false, false, 429, "", "", Busy),
        (Fresh, false, false, 500, "InternalError", "", Busy),
        (Fresh, false, false, 503, "SlowDown", "", Busy),
        (Fresh, false, false, 404, "NoSuchBucket", "", Refused),
        (Fresh, false, false, 411, "MissingContentLength", "", Refused),
        (Fresh, false, false, 412, "PreconditionFailed", "", Refused),
        (Fresh, false, true, 412, "PreconditionFailed", "", MayHaveLanded),
    ];
    for (link, omit_content_type, tried_before, status, code, message, wanted) in rows {
        let query = if link == Old { v2(600.0) } else { v4(600, "host") };
        let fault = Fault::status(status, &xml(code, message)).await;
        let target = target(&fault.url(&query));
        let meanwhile = || Calendar::off_by(if link == Dying { 600 } else { 0 });
        let told = told_while(&target, &photo(1000), omit_content_type, tried_before, meanwhile).await;
        let got = *told.last().unwrap();
        assert_eq!(got, Progress::Failed(wanted), "{link:?} {status} {code} {message}");
    }
}

#[wasm_bindgen(inline_js = r"
const { send } = XMLHttpRequest.prototype;
/** Lets every request count a body that the browser repeats, as WebKit does after the connection ended. */
export function repeat_bodies() {
    XMLHttpRequest.prototype.send = function (body) {
        const { upload } = this;
        const progress = { loaded: 1.5 * body.size, total: body.size };
        upload.addEventListener('load', () => upload.dispatchEvent(new ProgressEvent('progress', progress)));
        send.call(this, body);
    };
}
export function send_bodies_once() { XMLHttpRequest.prototype.send = send; }
")]
extern "C" {
    fn repeat_bodies();
    fn send_bodies_once();
}

#[wasm_bindgen_test]
async fn a_photo_whose_body_the_browser_repeated_may_have_landed() {
    repeat_bodies();
    let fault = Fault::status(412, &xml("PreconditionFailed", "")).await;
    let got = outcome(&target(&fault.url(&v4(600, "host"))), false, false).await;
    send_bodies_once();
    assert_eq!(got, Progress::Failed(UploadFailure::MayHaveLanded));
}

#[wasm_bindgen_test]
async fn every_success_is_done() {
    for status in [200, 201, 204] {
        let fault = Fault::status(status, "").await;
        let told = told(&target(&fault.url(&v4(600, "host"))), &photo(1000), false, false).await;
        assert_eq!(told, [Progress::Sent { sent: 1000, total: 1000 }, Progress::Done], "{status}");
    }
}

#[wasm_bindgen_test]
async fn an_upload_without_an_answer_is_a_network_failure() {
    let programs = [
        json!({ "answers": [{ "cut": 0 }] }),
        json!({ "answers": [{ "cut": 500 }] }),
        json!({ "answers": [{ "status": 200, "cors": false }] }),
        json!({ "answers": [{ "status": 403, "body": xml("AccessDenied", "Request has expired"), "cors": false }] }),
        json!({ "answers": [{ "status": 200 }], "allow": "x-nothing" }),
    ];
    for program in programs {
        let fault = Fault::programmed(program.clone()).await;
        let got = outcome(&target(&fault.url(&v4(600, "host"))), false, false).await;
        assert_eq!(got, Progress::Failed(UploadFailure::Network), "{program}");
    }
    let fault = Fault::answering(json!([{ "cut": 0 }])).await;
    let target = target(&fault.url(&v4(600, "host")));
    let told = told_while(&target, &photo(1000), false, false, || Calendar::off_by(600)).await;
    assert_eq!(told.last(), Some(&Progress::Failed(UploadFailure::Network)), "expired or not, it is a network failure");
}

#[wasm_bindgen_test]
async fn sending_all_bytes_is_not_success() {
    let fault = Fault::answering(json!([{ "status": 403, "body": xml("AccessDenied", "Request has expired") }])).await;
    let told = told(&target(&fault.url(&v4(600, "host"))), &photo(1000), false, false).await;
    let wanted = [Progress::Sent { sent: 1000, total: 1000 }, Progress::Failed(UploadFailure::Expired)];
    assert_eq!(told, wanted);
}
