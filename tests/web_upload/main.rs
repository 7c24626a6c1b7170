//! The upload in a real browser: each answer of S3, and each request that leaves the page.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy takes only functions with #[test] for tests"
)]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use akiba_selfie::adapter::relay::IssuedLink;
use akiba_selfie::adapter::upload::{Progress, Target, Upload};
use gloo_timers::future::sleep;
use js_sys::{Array, Uint8Array};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Blob, BlobPropertyBag};

pub mod answers;
mod calendar;
// The client is compiled into two test targets, and Cargo looks for a plain `mod` beside each one.
#[path = "../support/fault.rs"]
mod fault;
pub mod in_flight;
pub mod links;
pub mod policy;

wasm_bindgen_test_configure!(run_in_browser);

/// This many bytes, labelled as a JPEG.
pub(crate) fn photo(bytes: u32) -> Blob {
    let kind = BlobPropertyBag::new();
    kind.set_type("image/jpeg");
    let content = Uint8Array::new_with_length(bytes);
    content.fill(b'x', 0, bytes);
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&content), &kind).unwrap()
}

/// A relay's reply with this link.
pub(crate) fn reply(url: &str, fields: Option<Value>) -> IssuedLink {
    let reply = json!({
        "identifier": "1", "signed_link": url, "s3_key": "k", "selfie_filename": "f.jpg", "fields": fields
    });
    IssuedLink::read(&js_sys::JSON::parse(&reply.to_string()).unwrap()).unwrap()
}

/// The target of a plain `PUT` to this link.
pub(crate) fn target(url: &str) -> Target {
    Target::from_reply(&reply(url, None)).unwrap()
}

/// The current time in the format of a link: `20261123T080000Z`.
fn amz_date() -> String {
    let text = String::from(js_sys::Date::new_0().to_iso_string());
    text.chars().filter(|letter| !"-:".contains(*letter)).take(15).chain(['Z']).collect()
}

/// The query of a V4 link that was signed just now.
pub(crate) fn v4(lasts: u32, headers: &str) -> String {
    let signed = headers.replace(';', "%3B");
    format!("/k.jpg?X-Amz-Date={}&X-Amz-Expires={lasts}&X-Amz-SignedHeaders={signed}&X-Amz-Signature=0", amz_date())
}

/// The query of a V2 link that expires in this many seconds.
pub(crate) fn v2(left: f64) -> String {
    let ends = (js_sys::Date::now() / 1000.0 + left) as i64;
    format!("/k.jpg?AWSAccessKeyId=A&Expires={ends}&Signature=abc%3D")
}

/// An error document of S3.
pub(crate) fn xml(code: &str, message: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

/// Returns all progress of an upload, until it ends.
pub(crate) async fn told(target: &Target, photo: &Blob, omit_content_type: bool, tried_before: bool) -> Vec<Progress> {
    told_while(target, photo, omit_content_type, tried_before, || ()).await
}

/// The same, with a value held from the start of the upload until it ends.
pub(crate) async fn told_while<T>(
    target: &Target,
    photo: &Blob,
    omit_content_type: bool,
    tried_before: bool,
    started: impl FnOnce() -> T,
) -> Vec<Progress> {
    let told = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&told);
    let upload =
        Upload::start(target, photo, omit_content_type, tried_before, move |progress| keep.borrow_mut().push(progress))
            .unwrap();
    let _meanwhile = started();
    for _ in 0..1000 {
        if matches!(told.borrow().last(), Some(Progress::Done | Progress::Failed(_))) {
            sleep(Duration::from_millis(20)).await;
            drop(upload);
            return told.take();
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("no end within 10 seconds: {:?}", told.take());
}

/// Returns how an upload of a small photo ends.
pub(crate) async fn outcome(target: &Target, omit_content_type: bool, tried_before: bool) -> Progress {
    *told(target, &photo(1000), omit_content_type, tried_before).await.last().unwrap()
}
