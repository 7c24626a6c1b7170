//! One upload of a photo to S3 ([`Upload`]) over `XMLHttpRequest`, the only API that reports the bytes sent.
//!
//! The meaning of an answer is in [`akiba_protocol::s3`], the destination and its headers are in `target`. The flow
//! decides whether to retry, and when an upload has stalled.

use std::fmt;

use akiba_protocol::UploadFailure;
use akiba_protocol::s3::classify;
use gloo_timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

pub use self::target::Target;

mod fields;
pub mod target;

#[wasm_bindgen(module = "/src/adapter/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = Upload)]
    type Request;
    #[wasm_bindgen(constructor, js_class = Upload)]
    fn new(tell: &Closure<dyn Fn(f64, f64, Option<String>)>) -> Request;
    #[wasm_bindgen(method)]
    fn send(this: &Request, url: &str, pairs: &Array, is_form: bool, photo: &Blob, longest: u32) -> bool;
    #[wasm_bindgen(method)]
    fn abort(this: &Request);
}

/// The longest part of S3's answer to read, in UTF-16 units. Its error documents are below one kilobyte.
const LONGEST_ANSWER: u32 = 16_384;

/// The progress of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes were sent. Even with all of them sent, the upload may fail: an expired link takes them, too.
    Sent {
        /// Bytes sent: more than in total if the browser itself repeats a body whose connection ended, as WebKit does.
        sent: u32,
        /// Bytes in total.
        total: u32,
    },
    /// S3 stored the photo. This is the last call.
    Done,
    /// S3 did not store the photo. This is the last call.
    Failed(UploadFailure),
}

/// An upload in flight. Dropping it aborts it and ends all calls of `on_progress`.
#[must_use = "dropping it aborts the upload"]
pub struct Upload(Transfer);

enum Transfer {
    /// The upload is being sent.
    Sending { request: Request, _tell: Closure<dyn Fn(f64, f64, Option<String>)> },
    /// The link had expired before. This is reported a moment later, as an answer would be.
    Over { _told: Timeout },
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").finish_non_exhaustive()
    }
}

impl Upload {
    /// Sends a photo. `omit_content_type` concerns a `PUT` only. `tried_before` says that this link was tried before.
    ///
    /// `on_progress` is never called before this function returns. An expired link is not tried; this is
    /// [`UploadFailure::Over`]. Returns `None` if the browser refuses to send.
    pub fn start(
        target: &Target,
        photo: &Blob,
        omit_content_type: bool,
        tried_before: bool,
        on_progress: impl Fn(Progress) + 'static,
    ) -> Option<Self> {
        if target.is_over() {
            let told = Timeout::new(0, move || on_progress(Progress::Failed(UploadFailure::Over)));
            return Some(Self(Transfer::Over { _told: told }));
        }
        let tell = Closure::new({
            let target = target.clone();
            move |sent: f64, total: f64, answer: Option<String>| {
                on_progress(match answer {
                    None => Progress::Sent { sent: sent as u32, total: total as u32 },
                    // At the end, the first number is the status, and the second one above 0 if the body was repeated. S3 may
                    // then have the photo already.
                    Some(answer) => {
                        match classify(
                            sent as u16,
                            &answer,
                            target.sent(omit_content_type, tried_before || total > 0.0),
                        ) {
                            Ok(()) => Progress::Done,
                            Err(failure) => Progress::Failed(failure),
                        }
                    }
                });
            }
        });
        let (pairs, is_form) = target.pairs(omit_content_type);
        let request = Request::new(&tell);
        let sent = request.send(target.url(), &pairs, is_form, photo, LONGEST_ANSWER);
        // If the browser does not send it, this ends it.
        let upload = Self(Transfer::Sending { request, _tell: tell });
        sent.then_some(upload)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Transfer::Sending { request, .. } = &self.0 {
            request.abort();
        }
    }
}
