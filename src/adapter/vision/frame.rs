//! A picture that can be transferred to another thread ([`TransferableImage`]), and the wait for the camera's next
//! frame ([`next_frame`]), and the worker's answers ([`Listening`]). The browser's calls are in `pictures.js`.

use std::fmt;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlVideoElement, Worker};

use crate::adapter::canvas::{Canvas, Picture};
use crate::adapter::js::object;

#[wasm_bindgen(module = "/src/adapter/pictures.js")]
extern "C" {
    fn picture(source: &JsValue, is_video: bool, width: Option<f64>) -> Promise;
    #[wasm_bindgen(js_name = nextFrame)]
    fn shown(video: &HtmlVideoElement) -> Promise;
    fn send(worker: &Worker, picture: &JsValue, frame: &JsValue) -> bool;

    #[wasm_bindgen(js_name = Listening)]
    type JsListening;
    #[wasm_bindgen(constructor, js_class = Listening)]
    fn new(worker: &Worker, tell: &Closure<dyn Fn(JsValue)>) -> JsListening;
    #[wasm_bindgen(method)]
    fn stop(this: &JsListening);

    type Picked;
    #[wasm_bindgen(method)]
    fn close(this: &Picked);
}

/// Pixels of the longest side of what is analysed of a frame: the detector needs 128, and the measures of the face need no
/// more than this, which gives the oval 198 to 264 pixels across. A photo is analysed in full size.
const SIDE: u32 = 480;

/// The share of a picture that is analysed, if nothing is cut off.
pub(super) const WHOLE: (f64, f64) = (1.0, 1.0);

/// A picture: the camera's own frame without a copy, or a copy. Its memory is freed on drop, unless it was transferred
/// before.
pub(super) struct TransferableImage(JsValue);

impl TransferableImage {
    /// Takes the video's current frame. A copy is scaled down until the analysed part has as many pixels as needed. Returns
    /// `None` without one.
    pub(super) async fn of_video(video: &HtmlVideoElement) -> Option<Self> {
        let shown = Picture::Video(video);
        Self::of(video, true, scaled(shown.whole(), shown.share())).await
    }

    /// Copies the canvas, scaled down to as many pixels as needed.
    pub(super) async fn of_canvas(canvas: &Canvas) -> Option<Self> {
        Self::of(canvas.picture().as_js(), false, scaled(canvas.picture().size(), WHOLE)).await
    }

    /// Decodes a photo made here, which is upright.
    pub(super) async fn of_blob(photo: &Blob) -> Option<Self> {
        Self::of(photo, false, None).await
    }

    async fn of(source: &JsValue, is_video: bool, width: Option<f64>) -> Option<Self> {
        let image = JsFuture::from(picture(source, is_video, width)).await.ok()?;
        // Not `then_some`, which would make and drop one.
        image.is_object().then(|| Self(image))
    }

    /// Sends a share of the picture's width and height, in its middle, to the worker. `at` is the time of a camera frame.
    /// Returns whether the browser could.
    pub(super) fn send(&self, worker: &Worker, at: Option<f64>, (across, down): (f64, f64)) -> bool {
        let frame = at.map_or(JsValue::UNDEFINED, |at| {
            object(&[("side", SIDE.into()), ("at", at.into()), ("across", across.into()), ("down", down.into())])
        });
        send(worker, &self.0, &frame)
    }
}

impl Drop for TransferableImage {
    fn drop(&mut self) {
        self.0.unchecked_ref::<Picked>().close();
    }
}

/// Returns the width of a bitmap in whose middle this share has at most [`SIDE`] pixels on its longest side, if the picture
/// has more.
fn scaled((width, height): (u32, u32), share: (f64, f64)) -> Option<f64> {
    let longest = (f64::from(width) * share.0).max(f64::from(height) * share.1);
    (longest > f64::from(SIDE)).then(|| (f64::from(width) * f64::from(SIDE) / longest).round())
}

/// Waits until the video shows another frame. A hidden page shows none.
pub(super) async fn next_frame(video: &HtmlVideoElement) {
    // The promise is never rejected.
    let _ = JsFuture::from(shown(video)).await;
}

/// Listens to a worker until it is dropped.
pub(super) struct Listening {
    listening: JsListening,
    _tell: Closure<dyn Fn(JsValue)>,
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening").finish_non_exhaustive()
    }
}

impl Listening {
    /// `tell` is called with each answer, and with `undefined` if the worker's script fails.
    pub(super) fn start(worker: &Worker, tell: impl Fn(JsValue) + 'static) -> Self {
        let tell = Closure::new(tell);
        Self { listening: JsListening::new(worker, &tell), _tell: tell }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.listening.stop();
    }
}
