//! One upload of a photo to S3 ([`Upload`]) over `XMLHttpRequest`, which alone tells how many bytes have left.
//!
//! What an answer means stands in [`akiba_protocol::s3`], where it goes and with which headers in `target`; whether to
//! try again, and when an upload has stalled, is the flow's decision.

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

/// The longest part of S3's answer that is read, in UTF-16 units. Its error documents are below one kilobyte.
const LONGEST_ANSWER: u32 = 16_384;

/// How an upload goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes have left. All of them having left is no success: a dead link takes them, too.
    Sent {
        /// Bytes that have left.
        sent: u32,
        /// Bytes in all.
        total: u32,
    },
    /// S3 has the photo. Nothing comes after this.
    Done,
    /// S3 does not have it. Nothing comes after this.
    Failed(UploadFailure),
}

/// An upload in flight. Dropping it ends it, and then nothing more is told of it.
#[derive(Debug)]
#[must_use = "dropping it aborts the upload"]
pub struct Upload(Transfer);

#[derive(Debug)]
enum Transfer {
    /// Bytes are on their way.
    Sending { xhr: XmlHttpRequest, listeners: Vec<EventListener> },
    /// The link was over before; that is told in a moment, as an answer would be.
    Over { _told: Timeout },
}

impl Upload {
    /// Sends a photo. `plain` leaves `Content-Type` out of a `PUT`; `again` says that this link was tried before.
    ///
    /// `on_progress` is never called before this returns. A link that is over is not tried: that is
    /// [`UploadFailure::Over`]. `None` where the browser refuses to send at all.
    pub fn start(
        target: &Target,
        photo: &Blob,
        plain: bool,
        again: bool,
        on_progress: impl Fn(Progress) + 'static,
    ) -> Option<Self> {
        if target.is_over() {
            let told = Timeout::new(0, move || on_progress(Progress::Failed(UploadFailure::Over)));
            return Some(Self(Transfer::Over { _told: told }));
        }
        let xhr = XmlHttpRequest::new().ok()?;
        let listeners = listen(&xhr, target.clone(), plain, again, on_progress)?;
        let upload = Self(Transfer::Sending { xhr: xhr.clone(), listeners });
        match target.form(photo) {
            Some(form) => post(&xhr, target, &form?),
            None => put(&xhr, target, photo, plain),
        }
        .ok()?;
        Some(upload)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Transfer::Sending { xhr, listeners } = &mut self.0 {
            listeners.clear();
            // Fails only on a request that was never opened.
            let _ = xhr.abort();
        }
    }
}

/// Sends the photo as the body. Only headers that are signed, and `Content-Type`, may go with it.
fn put(xhr: &XmlHttpRequest, target: &Target, photo: &Blob, plain: bool) -> Result<(), JsValue> {
    xhr.open_with_async("PUT", target.url(), true)?;
    for (name, value) in target.headers() {
        xhr.set_request_header(name, value)?;
    }
    if plain {
        // A blob's own type would be sent in place of the header, so it goes as a blob without one.
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
    plain: bool,
    again: bool,
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
            on_progress(match classify(status, &body(&xhr), target.sent(plain, again)) {
                Ok(()) => Progress::Done,
                Err(failure) => Progress::Failed(failure),
            });
        }
    });
    // A browser ends a request in one of these ways; all but the first leave the status at 0.
    for name in ["load", "error", "abort", "timeout"] {
        let end = Rc::clone(&end);
        listeners.push(EventListener::new(xhr, name, move |_| end()));
    }
    Some(listeners)
}

/// The beginning of an answer's text.
fn body(xhr: &XmlHttpRequest) -> String {
    let text = xhr.response().ok().and_then(|response| response.dyn_into::<JsString>().ok());
    text.map(|text| text.slice(0, LONGEST_ANSWER).into()).unwrap_or_default()
}
