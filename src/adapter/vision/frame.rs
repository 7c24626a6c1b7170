//! A picture that can be transferred to another thread ([`TransferableImage`]), and the wait for the camera's next
//! frame ([`next_frame`]).

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement, ImageBitmap};

use crate::adapter::canvas::Canvas;
use crate::adapter::js::settled;

/// The interval between frames if the browser does not report them.
const BLIND_FRAME_MS: u32 = 33;

// Not, or not yet, in the stable part of web-sys.
#[wasm_bindgen]
extern "C" {
    type VideoFrame;
    #[wasm_bindgen(constructor, catch)]
    fn new(video: &HtmlVideoElement) -> Result<VideoFrame, JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &VideoFrame);

    type VideoFrameCallbacks;
    #[wasm_bindgen(method, catch, js_name = requestVideoFrameCallback)]
    fn request(this: &VideoFrameCallbacks, callback: &JsValue) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, js_name = cancelVideoFrameCallback)]
    fn cancel(this: &VideoFrameCallbacks, handle: u32);
}

/// A picture. Its memory is freed on drop, unless it was transferred before.
pub(super) enum TransferableImage {
    /// The camera's own frame, without a copy.
    Frame(JsValue),
    /// A copy.
    Bitmap(ImageBitmap),
}

impl TransferableImage {
    /// Takes the video's current frame. Returns `None` without one.
    pub(super) async fn of_video(video: &HtmlVideoElement) -> Option<Self> {
        if frames_know_their_rotation()
            && let Ok(frame) = VideoFrame::new(video)
        {
            return Some(Self::Frame(frame.into()));
        }
        let promise = web_sys::window()?.create_image_bitmap_with_html_video_element(video);
        settled(promise).await.ok().map(Self::Bitmap)
    }

    /// Copies the canvas.
    pub(super) async fn of_canvas(canvas: &Canvas) -> Option<Self> {
        let promise = web_sys::window()?.create_image_bitmap_with_html_canvas_element(canvas.element());
        settled(promise).await.ok().map(Self::Bitmap)
    }

    /// Decodes a photo made here, which is upright.
    pub(super) async fn of_blob(photo: &Blob) -> Option<Self> {
        let promise = web_sys::window()?.create_image_bitmap_with_blob(photo);
        settled(promise).await.ok().map(Self::Bitmap)
    }

    /// Returns the object to send and transfer.
    pub(super) fn as_js(&self) -> &JsValue {
        match self {
            Self::Frame(frame) => frame,
            Self::Bitmap(bitmap) => bitmap,
        }
    }
}

impl Drop for TransferableImage {
    fn drop(&mut self) {
        match self {
            Self::Frame(frame) => frame.unchecked_ref::<VideoFrame>().close(),
            Self::Bitmap(bitmap) => bitmap.close(),
        }
    }
}

/// Whether a `VideoFrame` reports its rotation. Phones send frames as the sensor is mounted and rotate them for
/// display. Browsers whose frames do not report it (<https://github.com/w3c/webcodecs/issues/351>) would have them
/// analysed on their side.
fn frames_know_their_rotation() -> bool {
    Reflect::get(&js_sys::global(), &"VideoFrame".into())
        .and_then(|class| Reflect::get(&class, &"prototype".into()))
        .is_ok_and(|prototype| Reflect::has(&prototype, &"rotation".into()).unwrap_or(false))
}

/// Waits until the video shows another frame. A hidden page shows none.
pub(super) async fn next_frame(video: &HtmlVideoElement) {
    let (sender, shown) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let callback = Closure::<dyn FnMut()>::new(move || {
        if let Some(sender) = sender.borrow_mut().take() {
            // The only error is that nobody waits any more.
            let _ = sender.send(());
        }
    });
    let callbacks: &VideoFrameCallbacks = video.unchecked_ref();
    match callbacks.request(callback.as_ref()) {
        Ok(handle) => {
            let _request = FrameRequest { video, handle, _callback: callback };
            let _ = shown.await;
        }
        Err(_) => TimeoutFuture::new(BLIND_FRAME_MS).await,
    }
}

/// A requested frame callback; cancelled on drop.
struct FrameRequest<'a> {
    video: &'a HtmlVideoElement,
    handle: u32,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for FrameRequest<'_> {
    fn drop(&mut self) {
        self.video.unchecked_ref::<VideoFrameCallbacks>().cancel(self.handle);
    }
}
