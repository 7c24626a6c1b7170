//! A picture that can be transferred to another thread ([`TransferableImage`]), and the wait for the camera's next
//! frame ([`next_frame`]).

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement, ImageBitmap};

use crate::adapter::canvas::{Canvas, Picture};
use crate::adapter::js::settled;

/// The interval between frames if the browser does not report them.
const BLIND_FRAME_MS: u32 = 33;

// Not, or not yet, in the stable part of web-sys, which also has a function for each source of a bitmap.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = createImageBitmap)]
    fn create_image_bitmap(source: &JsValue, options: &JsValue) -> Result<Promise, JsValue>;

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
    /// Takes the video's current frame. A copy is scaled down until the analysed part has this many pixels. Returns `None`
    /// without one.
    pub(super) async fn of_video(video: &HtmlVideoElement, side: u32) -> Option<Self> {
        if frames_know_their_rotation()
            && let Ok(frame) = VideoFrame::new(video)
        {
            return Some(Self::Frame(frame.into()));
        }
        bitmap(video, &scaled((video.video_width(), video.video_height()), Picture::Video(video).share(), side)).await
    }

    /// Copies the canvas, scaled down to this many pixels.
    pub(super) async fn of_canvas(canvas: &Canvas, side: u32) -> Option<Self> {
        bitmap(canvas.element(), &scaled(Picture::Canvas(canvas).size(), (1.0, 1.0), side)).await
    }

    /// Decodes a photo made here, which is upright.
    pub(super) async fn of_blob(photo: &Blob) -> Option<Self> {
        bitmap(photo, &JsValue::UNDEFINED).await
    }

    /// Returns the object to send and transfer.
    pub(super) fn as_js(&self) -> &JsValue {
        match self {
            Self::Frame(frame) => frame,
            Self::Bitmap(bitmap) => bitmap,
        }
    }
}

async fn bitmap(source: &JsValue, options: &JsValue) -> Option<TransferableImage> {
    settled(create_image_bitmap(source, options)).await.ok().map(TransferableImage::Bitmap)
}

/// Returns the options for a bitmap in whose middle this share has at most so many pixels on its longest side. The browser
/// keeps the ratio of the sides. A browser that does not know them makes a larger bitmap, which the worker scales.
fn scaled((width, height): (u32, u32), share: (f64, f64), side: u32) -> JsValue {
    let options = Object::new();
    let longest = (f64::from(width) * share.0).max(f64::from(height) * share.1);
    if longest > f64::from(side) {
        let wanted = (f64::from(width) * f64::from(side) / longest).round();
        // Setting a property of a new object can't fail.
        let _ = Reflect::set(&options, &"resizeWidth".into(), &wanted.into());
        let _ = Reflect::set(&options, &"resizeQuality".into(), &"medium".into());
    }
    options.into()
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
