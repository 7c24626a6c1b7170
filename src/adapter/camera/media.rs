//! The browser's calls for a camera, in `media.js`: as plain JavaScript they take a third of the bytes ([`Media`]).

use std::fmt;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlVideoElement;

use super::choice::{CameraRequest, Device};
use super::error::{Permission, without_frame};
use crate::flow::ErrorCode;

#[wasm_bindgen(module = "/src/adapter/camera/media.js")]
extern "C" {
    #[wasm_bindgen(js_name = isAbsent)]
    pub(super) fn is_absent() -> bool;
    #[wasm_bindgen(js_name = isBlocked)]
    pub(super) fn is_blocked() -> bool;
    pub(super) fn preview() -> HtmlVideoElement;
    #[wasm_bindgen(js_name = cameras)]
    fn list() -> Promise;
    #[wasm_bindgen(js_name = permission)]
    fn query() -> Promise;

    #[wasm_bindgen(js_name = Media)]
    type JsMedia;
    #[wasm_bindgen(constructor, js_class = Media)]
    fn new(video: &HtmlVideoElement, tell: &Closure<dyn Fn(bool)>) -> JsMedia;
    #[wasm_bindgen(method)]
    fn ask(this: &JsMedia, device: Option<&str>, facing: Option<&str>, sized: bool) -> Promise;
    #[wasm_bindgen(method)]
    fn show(this: &JsMedia) -> Promise;
    #[wasm_bindgen(method)]
    fn watch(this: &JsMedia);
    #[wasm_bindgen(method)]
    fn stop(this: &JsMedia);
    #[wasm_bindgen(method, getter)]
    fn ended(this: &JsMedia) -> bool;
    #[wasm_bindgen(method, getter)]
    fn device(this: &JsMedia) -> String;
    #[wasm_bindgen(method, getter)]
    fn label(this: &JsMedia) -> String;
    #[wasm_bindgen(method, getter)]
    fn facing(this: &JsMedia) -> String;

    #[wasm_bindgen(js_name = Frames)]
    type JsFrames;
    #[wasm_bindgen(constructor, js_class = Frames)]
    fn new(video: &HtmlVideoElement, tell: &Closure<dyn Fn(bool, f64, f64)>) -> JsFrames;
    #[wasm_bindgen(method)]
    fn stop(this: &JsFrames);
}

/// Awaits a promise that is never rejected.
async fn answer(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap_or(JsValue::UNDEFINED)
}

/// Returns all cameras; their ids are empty until the person allows the camera. Returns `None` if the browser does not list
/// devices, or not in time.
pub(super) async fn cameras() -> Option<Vec<Device>> {
    let list: Array = answer(list()).await.dyn_into().ok()?;
    let device = |device: JsValue| {
        let device: Array = device.unchecked_into();
        let text = |index| device.get(index).as_string().unwrap_or_default();
        Device { id: text(0), label: text(1) }
    };
    Some(list.iter().map(device).collect())
}

/// Asks the permissions API, if the browser has one that knows cameras.
pub(super) async fn permission() -> Permission {
    Permission::of(answer(query()).await.as_string().as_deref())
}

/// A camera, from the question until it is off. Dropping it turns the camera off, also one that comes later, and empties the
/// video unless another camera is shown there.
pub(super) struct Media {
    media: JsMedia,
    _tell: Closure<dyn Fn(bool)>,
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media").finish_non_exhaustive()
    }
}

impl Media {
    /// `tell` is called once with true if the camera stops by itself, and once with false if the browser shows it only after
    /// a tap.
    pub(super) fn new(video: &HtmlVideoElement, tell: impl Fn(bool) + 'static) -> Self {
        let tell = Closure::new(tell);
        Self { media: JsMedia::new(video, &tell), _tell: tell }
    }

    /// Asks the browser for a camera, once for a `Media`.
    ///
    /// # Errors
    /// The name of its exception.
    pub(super) async fn ask(&self, request: &CameraRequest) -> Result<(), String> {
        let CameraRequest { device, facing, sized } = request;
        answer(self.media.ask(device.as_deref(), *facing, *sized)).await.as_string().map_or(Ok(()), Err)
    }

    /// Shows the camera until there is a frame.
    ///
    /// # Errors
    /// The code for the reason if no frame came.
    pub(super) async fn show(&self) -> Result<(), ErrorCode> {
        answer(self.media.show()).await.as_string().map_or(Ok(()), |cause| Err(without_frame(&cause)))
    }

    /// Listens for the camera's end, and keeps the video playing.
    pub(super) fn watch(&self) {
        self.media.watch();
    }

    /// Whether the camera has stopped.
    pub(super) fn has_ended(&self) -> bool {
        self.media.ended()
    }

    /// Returns the device, with an empty id if the browser does not report it.
    pub(super) fn device(&self) -> Device {
        Device { id: self.media.device(), label: self.media.label() }
    }

    /// Returns the value of `facingMode`; empty if the browser does not report it.
    pub(super) fn facing(&self) -> String {
        self.media.facing()
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.media.stop();
    }
}

/// Watches the frames of a video's camera until it is dropped.
pub(super) struct Frames {
    frames: JsFrames,
    _tell: Closure<dyn Fn(bool, f64, f64)>,
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}

impl Frames {
    /// `tell` is called each second with whether the camera is muted, the video's time and its number of frames. It is called
    /// with NaN for both numbers when the browser mutes or unmutes the camera.
    pub(super) fn new(video: &HtmlVideoElement, tell: impl Fn(bool, f64, f64) + 'static) -> Self {
        let tell = Closure::new(tell);
        Self { frames: JsFrames::new(video, &tell), _tell: tell }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.frames.stop();
    }
}
