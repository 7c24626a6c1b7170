//! One upload of a photo to S3 ([`Upload`]) over `XMLHttpRequest`, the only API that reports the bytes sent.
//!
//! The meaning of an answer is in [`akiba_protocol::s3`], the destination and its headers are in `target`. The flow
//! decides whether to retry, and when an upload has stalled.

use std::rc::Rc;

use akiba_protocol::UploadFailure;
use akiba_protocol::s3::classify;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FormData, ProgressEvent, XmlHttpRequest};

use self::fields::JPEG;
pub use self::target::Target;

mod fields;
pub mod target;

/// The longest part of S3's answer to read, in UTF-16 units. Its error documents are below one kilobyte.
const LONGEST_ANSWER: u32 = 16_384;

/// The progress of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes were sent. Even with all of them sent, the upload may fail: an expired link takes them, too.
    Sent {
        /// Bytes sent.
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
#[derive(Debug)]
#[must_use = "dropping it aborts the upload"]
pub struct Upload(Transfer);

#[derive(Debug)]
enum Transfer {
    /// The upload is being sent.
    Sending { xhr: XmlHttpRequest, listeners: Vec<EventListener> },
    /// The link had expired before. This is reported a moment later, as an answer would be.
    Over { _told: Timeout },
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
        let xhr = XmlHttpRequest::new().ok()?;
        let listeners = listen(&xhr, target.clone(), omit_content_type, tried_before, on_progress)?;
        let upload = Self(Transfer::Sending { xhr: xhr.clone(), listeners });
        match target.form(photo) {
            Some(form) => post(&xhr, target, &form?),
            None => put(&xhr, target, photo, omit_content_type),
        }
        .ok()?;
        Some(upload)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Transfer::Sending { xhr, listeners } = &mut self.0 {
            listeners.clear();
            // Fails only for a request that was never opened.
            let _ = xhr.abort();
        }
    }
}

/// Sends the photo as the body. Only signed headers and `Content-Type` are allowed.
fn put(xhr: &XmlHttpRequest, target: &Target, photo: &Blob, omit_content_type: bool) -> Result<(), JsValue> {
    xhr.open_with_async("PUT", target.url(), true)?;
    for (name, value) in target.headers() {
        xhr.set_request_header(name, value)?;
    }
    if omit_content_type {
        // Without this header, the browser would send the blob's own type, so the blob is sent without one.
        return xhr.send_with_opt_blob(Some(&photo.slice()?));
    }
    xhr.set_request_header("Content-Type", JPEG)?;
    xhr.send_with_opt_blob(Some(photo))
}

/// Sends a POST policy's form.
fn post(xhr: &XmlHttpRequest, target: &Target, form: &FormData) -> Result<(), JsValue> {
    xhr.open_with_async("POST", target.url(), true)?;
    xhr.send_with_opt_form_data(Some(form))
}

/// Listens to a request until the listeners are dropped.
fn listen(
    xhr: &XmlHttpRequest,
    target: Target,
    omit_content_type: bool,
    tried_before: bool,
    on_progress: impl Fn(Progress) + 'static,
) -> Option<Vec<EventListener>> {
    let on_progress = Rc::new(on_progress);
    let mut listeners = vec![EventListener::new(&xhr.upload().ok()?.into(), "progress", {
        let on_progress = Rc::clone(&on_progress);
        move |event| {
            if let Some(event) = event.dyn_ref::<ProgressEvent>() {
                on_progress(Progress::Sent { sent: event.loaded() as u32, total: event.total() as u32 });
            }
        }
    })];
    let end = Rc::new({
        let xhr = xhr.clone();
        move || {
            let status = xhr.status().unwrap_or(0);
            on_progress(match classify(status, &body(&xhr), target.sent(omit_content_type, tried_before)) {
                Ok(()) => Progress::Done,
                Err(failure) => Progress::Failed(failure),
            });
        }
    });
    // Every request ends with one of these events; all except the first leave the status at 0.
    for name in ["load", "error", "abort", "timeout"] {
        let end = Rc::clone(&end);
        listeners.push(EventListener::new(xhr, name, move |_| end()));
    }
    Some(listeners)
}

/// Returns the beginning of an answer's text.
fn body(xhr: &XmlHttpRequest) -> String {
    let text = xhr.response().ok().and_then(|response| response.dyn_into::<JsString>().ok());
    text.map(|text| text.slice(0, LONGEST_ANSWER).into()).unwrap_or_default()
}
